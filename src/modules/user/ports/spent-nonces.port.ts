/**
 * Nonces that have paid for a registration, remembered until they would have expired anyway. A restart may forget them: what
 * can then be replayed is work that was done, never a registration, since its name and key are taken.
 */
export abstract class SpentNonces {
  /** True for the first caller alone, however many spend the same nonce at once. False too for a nonce that has expired. */
  abstract spend(nonce: string, expiresAt: number): Promise<boolean>;
}

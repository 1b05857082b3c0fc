export interface TopUpStart {
  readonly topUpId: string;
  readonly amount: number;
  readonly currency: string;
}

export interface WithdrawalStart {
  readonly withdrawalId: string;
  readonly amount: number;
  readonly currency: string;
  /** In words that the provider understands. */
  readonly destination: string;
}

export interface StartedTopUp {
  /** Paid already: nothing will be called back. */
  readonly settled: boolean;
  /** The page on which to pay. */
  readonly payAt?: string;
}

export interface StartedWithdrawal {
  readonly settled: boolean;
}

export interface ReceivedCallback {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes as they came. */
  readonly body: Uint8Array;
}

/** Who pays in and out in the world. An authentic callback is a `ProviderCallback` of the protocol. */
export abstract class PaymentProvider {
  /**
   * Idempotent by id, here and at the provider: to be repeated until it succeeds. Throws PROVIDER_UNAVAILABLE when it is not
   * known whether the provider has it; it may have.
   */
  abstract startTopUp(topUp: TopUpStart): Promise<StartedTopUp>;
  /** The same. Once it has returned, the provider will call back, however late. */
  abstract startWithdrawal(withdrawal: WithdrawalStart): Promise<StartedWithdrawal>;
  /**
   * The id of the event when the provider has signed exactly these bytes just now; looks at nothing else. Throws
   * CALLBACK_INVALID, or NOT_FOUND for a provider that never calls back.
   */
  abstract authenticate(callback: ReceivedCallback): string;
}

/** Compares public values; not in constant time, so never for secrets. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** Overwrites secrets. Best effort: an engine may have moved or copied them before. */
export function wipeBytes(secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

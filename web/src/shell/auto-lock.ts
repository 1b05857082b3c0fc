/** Whether nobody has touched the page for so long that the passphrase is asked for; 0 minutes: never. */
export function isLockDue(lastTouchAt: number, now: number, minutes: number): boolean {
  return minutes > 0 && now - lastTouchAt >= minutes * 60_000;
}

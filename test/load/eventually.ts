import { setTimeout as wait } from 'node:timers/promises';

const PATIENCE_MS = 60_000;

/** Resolves as soon as it is so; fails with the sentence when it does not come to it within a minute. */
export async function eventually(isSo: () => boolean, what: string, seen = (): string => ''): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`it never was: ${what} ${seen()}`);
    await wait(1);
  }
}

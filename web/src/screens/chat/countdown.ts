import type { Message } from '../../../../sdk/index.js';

export interface Countdown {
  readonly seconds: number;
  /** Of its life, from 1 to 0, in as many steps as can be seen. */
  readonly left: number;
  /** It was read: what it has left is short, and counts for everybody. */
  readonly isBurning: boolean;
}

const STEPS = 60;
const ALIVE: readonly Message['state'][] = ['accepted', 'delivered', 'read'];

/** Undefined while nothing burns: what waits in the outbox, failed, or is gone. `now`: the server's time. */
export function countdownOf({ state, acceptedAt, readAt, burnAt }: Message, now: number): Countdown | undefined {
  if (burnAt === undefined || !ALIVE.includes(state)) return undefined;
  const from = readAt ?? acceptedAt ?? now;
  const rest = Math.max(0, burnAt - now);
  const left = Math.min(1, rest / Math.max(1, burnAt - from));
  return { seconds: Math.ceil(rest / 1_000), left: Math.ceil(left * STEPS) / STEPS, isBurning: readAt !== undefined };
}

/** A text key under `chat.` and its number. */
export function spanOf(seconds: number): { readonly unit: 'seconds' | 'minutes' | 'hours'; readonly count: number } {
  if (seconds < 100) return { unit: 'seconds', count: seconds };
  if (seconds < 3_600) return { unit: 'minutes', count: Math.ceil(seconds / 60) };
  return { unit: 'hours', count: Math.round(seconds / 3_600) };
}

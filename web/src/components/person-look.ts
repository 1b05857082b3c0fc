import type { AvatarColour } from '../../../src/protocol/payloads/user.payloads.js';

export const COLOURS = [
  ...(['red', 'orange', 'amber', 'green', 'teal'] as const),
  ...(['blue', 'indigo', 'purple', 'pink'] as const),
] satisfies readonly AvatarColour[];
const PATTERNS = 6;

/** How somebody, or a group, is told apart at a glance. Never without the name in words. */
export interface Look {
  /** One of the colours that `--person-<colour>` exists for. */
  readonly colour: AvatarColour;
  /** 0 to 5. */
  readonly pattern: number;
}

/**
 * The same for an id on every device. A group, and a person who has chosen no colour, get one by their id: grey is what the
 * server calls everybody at first, and friends who look alike are what this is against.
 */
export function lookOf(id: string, chosen?: string): Look {
  const number = numberOf(id);
  const colour = COLOURS.find((one) => one === chosen) ?? COLOURS[Math.floor(number / PATTERNS) % COLOURS.length];
  return { colour: colour ?? 'grey', pattern: number % PATTERNS };
}

/** FNV-1a. */
function numberOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

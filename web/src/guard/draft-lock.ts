/** That something was copied out of a conversation. What it was is not kept, only enough to know it again. */
export interface Copied {
  readonly conversationId: string;
  readonly print: number;
  readonly length: number;
  readonly at: number;
}

/** The message itself is gone by then. */
const LIFE_MS = 60 * 60_000;
/** “ok” is in every conversation. */
const SHORTEST = 4;

export function copiedFrom(conversationId: string, text: string, at: number): Copied | undefined {
  const copied = flat(text);
  if (copied.length < SHORTEST) return undefined;
  return { conversationId, print: printOf(copied), length: copied.length, at };
}

/** Pasted here, copied in another conversation. Also with something before and behind it. */
export function isFromElsewhere(copied: Copied, conversationId: string, pasted: string, now: number): boolean {
  if (copied.conversationId === conversationId || now - copied.at > LIFE_MS) return false;
  const text = flat(pasted);
  for (let at = 0; at + copied.length <= text.length; at++) {
    if (printOf(text.slice(at, at + copied.length)) === copied.print) return true;
  }
  return false;
}

const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** 53 bits of two FNV-1a hashes: what was copied cannot be read from it, and two texts hardly ever share it. */
function printOf(text: string): number {
  let [low, high] = [0x811c9dc5, 0x01234567];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + at), 0x01000193);
  }
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0);
}

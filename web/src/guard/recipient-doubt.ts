export interface Recipient {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  readonly name: string;
}

/** What this page knows of the person's own writing. Messages burn, so it knows little that is older than an hour. */
export interface WritingHistory {
  readonly now: number;
  /** Anybody wrote anything in this conversation, ever. */
  readonly isBegun: boolean;
  /** The last own message in this conversation. */
  readonly lastWrittenAt?: number;
  /** Where the last own message went, on this page. */
  readonly before?: Pick<Recipient, 'conversationId' | 'kind'>;
}

export type Doubt =
  | { readonly kind: 'first' }
  | { readonly kind: 'longAgo' }
  | { readonly kind: 'groupAfterDirect' }
  | { readonly kind: 'similarName'; readonly name: string };

export const LONG_MS = 30 * 60_000;

/**
 * Why this may be the wrong recipient. Names and the kind are looked at only when a message goes elsewhere than the one
 * before it: who is asked at every message does not read the question.
 */
export function doubtsAbout(recipient: Recipient, others: readonly Recipient[], history: WritingHistory): Doubt[] {
  const { now, isBegun, lastWrittenAt = -Infinity, before } = history;
  const doubts: Doubt[] = [];
  if (!isBegun) doubts.push({ kind: 'first' });
  else if (now - lastWrittenAt >= LONG_MS) doubts.push({ kind: 'longAgo' });
  if (before?.conversationId === recipient.conversationId) return doubts;
  if (recipient.kind === 'group' && before?.kind === 'direct') doubts.push({ kind: 'groupAfterDirect' });
  const similar = others.find(
    (other) => other.conversationId !== recipient.conversationId && isSimilar(recipient, other),
  );
  if (similar) doubts.push({ kind: 'similarName', name: similar.name });
  return doubts;
}

function isSimilar(one: Recipient, other: Recipient): boolean {
  const [name, otherName] = [plain(one.name), plain(other.name)];
  const longest = Math.max([...name].length, [...otherName].length);
  if (name === '' || otherName === '') return false;
  // Of two characters each, as Chinese names are, half would be another name.
  const allowed = longest <= 2 ? 0 : longest <= 5 ? 1 : 2;
  return editDistance([...name], [...otherName], allowed) <= allowed;
}

/** Case, accents, spaces and signs are what the eye passes over. */
function plain(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** Insertions, deletions and replacements, and neighbours that changed places. Anything above `most` is `most + 1`. */
function editDistance(one: readonly string[], other: readonly string[], most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let twoBefore: number[] = [];
  let before = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const now = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const replaced = (before[column - 1] ?? Infinity) + (isSame ? 0 : 1);
      const swapped = isSwapped ? (twoBefore[column - 2] ?? Infinity) + 1 : Infinity;
      now.push(Math.min((before[column] ?? Infinity) + 1, (now[column - 1] ?? Infinity) + 1, replaced, swapped));
    }
    [twoBefore, before] = [before, now];
  }
  return Math.min(before[other.length] ?? Infinity, most + 1);
}

import type { Message } from '../../../../sdk/index.js';

export interface FoundText {
  readonly message: Message;
  /** Around what was looked for; absent for what was not read yet: reading is what starts a burn. */
  readonly snippet?: { readonly before: string; readonly match: string; readonly after: string };
}

const AROUND = 24;
const MOST = 50;

/** Case and width do not matter: `ＡＢ` is `ab`. */
const plain = (text: string): string => text.normalize('NFKC').toLowerCase();

export function isMatch(text: string, query: string): boolean {
  return plain(text).includes(plain(query.trim()));
}

/** In what is alive at `now`, the latest first. */
export function searchTexts(messages: readonly Message[], query: string, now: number): FoundText[] {
  const wanted = query.trim();
  if (wanted === '') return [];
  const alive = messages.filter(
    ({ text, burnAt = Infinity }) => text !== undefined && burnAt > now && isMatch(text, wanted),
  );
  return alive
    .sort((one, other) => (other.acceptedAt ?? Infinity) - (one.acceptedAt ?? Infinity) || 0)
    .slice(0, MOST)
    .map((message) => ({ message, ...(isSeen(message) && { snippet: snippetOf(message.text ?? '', wanted) }) }));
}

const isSeen = ({ direction, readAt }: Message): boolean => direction === 'out' || readAt !== undefined;

function snippetOf(text: string, wanted: string): NonNullable<FoundText['snippet']> {
  const at = text.toLowerCase().indexOf(wanted.toLowerCase());
  // Of another width: shown from its beginning.
  if (at < 0) return { before: '', match: '', after: text.slice(0, 2 * AROUND) };
  const end = at + wanted.length;
  const from = Math.max(0, at - AROUND);
  return {
    before: `${from > 0 ? '…' : ''}${text.slice(from, at)}`,
    match: text.slice(at, end),
    after: `${text.slice(end, end + AROUND)}${text.length > end + AROUND ? '…' : ''}`,
  };
}

import type { GroupMember } from '../../../../sdk/index.js';

type Member = Pick<GroupMember, 'userId' | 'username' | 'isSelf'>;

const AT_NAME = /(?<![\w@])@([a-z_][a-z0-9_]*)/g;
/** Being written, right before the cursor. */
const BEGUN = /(?<![\w@])@([a-z0-9_]*)$/;

/** Whom a text to a group mentions: `@name` of another member. Anything else with an @ is text. */
export function mentionsIn(text: string, members: readonly Member[]): string[] {
  const names = new Set(Array.from(text.matchAll(AT_NAME), ([, name]) => name));
  return members.filter(({ isSelf, username }) => !isSelf && names.has(username)).map(({ userId }) => userId);
}

export interface TextPart {
  readonly text: string;
  /** `@name` of somebody who was meant. */
  readonly isMention: boolean;
}

/** A text in parts, so that mentions of these names can stand out. */
export function partsOf(text: string, usernames: readonly string[]): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const found of text.matchAll(AT_NAME)) {
    if (!usernames.includes(found[1] ?? '')) continue;
    parts.push({ text: text.slice(end, found.index), isMention: false }, { text: found[0], isMention: true });
    end = found.index + found[0].length;
  }
  return [...parts, { text: text.slice(end), isMention: false }].filter((part) => part.text !== '');
}

/** What may complete the name before the cursor. */
export function candidatesAt<M extends Member>(text: string, cursor: number, members: readonly M[]): M[] {
  const begun = BEGUN.exec(text.slice(0, cursor))?.[1];
  if (begun === undefined) return [];
  return members.filter(({ isSelf, username }) => !isSelf && username.startsWith(begun));
}

/** The text with the name completed, and the cursor behind it. */
export function completed(
  text: string,
  cursor: number,
  username: string,
): { readonly text: string; readonly cursor: number } {
  const before = `${text.slice(0, cursor).replace(BEGUN, '')}@${username} `;
  return { text: before + text.slice(cursor).replace(/^[a-z0-9_]* ?/, ''), cursor: before.length };
}

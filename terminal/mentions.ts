import type { GroupMember } from '../sdk/index.js';

const AT_NAME = /(?<![\w@])@([a-z_][a-z0-9_]*)/g;

/** Whom a text to a group mentions: `@name` of another member. Anything else with an @ is text. */
export function mentionsIn(text: string, members: readonly GroupMember[]): string[] {
  const names = new Set(Array.from(text.matchAll(AT_NAME), ([, name]) => name));
  return members.filter(({ isSelf, username }) => !isSelf && names.has(username)).map(({ userId }) => userId);
}

/** The text with each `@name` of this name made to stand out. */
export function emphasise(text: string, name: string, emphasis: (mention: string) => string): string {
  return text.replace(AT_NAME, (mention, mentioned) => (mentioned === name ? emphasis(mention) : mention));
}

import { Refusal } from './refusal.js';

/** Splits at blanks; "what is in quotes" is one word. */
export function words(text: string): string[] {
  if ((text.match(/"/g) ?? []).length % 2 === 1) throw new Refusal('A quotation mark is missing.');
  return Array.from(text.matchAll(/"([^"]*)"|([^\s"]+)/g), ([, quoted, plain]) => quoted ?? plain ?? '');
}

/** The first word, and what follows. */
export function firstWord(text: string): readonly [string, string] {
  const [, first = '', rest = ''] = /^(\S*)\s*([^]*)$/.exec(text) ?? [];
  return [first, rest];
}

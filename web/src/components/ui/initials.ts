const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Scripts in which one character is a word. */
const ONE_IS_A_WORD = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** One or two characters, as people see characters: of the first and the last word; of a Chinese name the first. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s_]+/).filter((word) => word !== '');
  const [first = '', last = ''] = [words.at(0), words.length > 1 ? words.at(-1) : ''];
  if (ONE_IS_A_WORD.test(first)) return firstOf(first);
  return (firstOf(first) + firstOf(last)).toUpperCase();
}

function firstOf(word: string): string {
  for (const { segment } of GRAPHEMES.segment(word)) return segment;
  return '';
}

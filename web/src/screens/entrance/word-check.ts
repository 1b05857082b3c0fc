/** Two places, from 1 and in order, whose words are asked for. */
export function placesToAsk(words: number, random: () => number = Math.random): readonly [number, number] {
  const first = Math.floor(random() * words);
  const second = (first + 1 + Math.floor(random() * (words - 1))) % words;
  return first < second ? [first + 1, second + 1] : [second + 1, first + 1];
}

/** Case and blanks around it do not matter. */
export const isWord = (typed: string, word: string | undefined): boolean => typed.trim().toLowerCase() === word;

/** The place of the word that the SDK does not know; undefined when something else is wrong with the words. */
export function unknownWordPlace(message: string): number | undefined {
  const [, place] = /^word (\d+),/.exec(message) ?? [];
  return place === undefined ? undefined : Number(place);
}

import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';

const WORD_COUNT = 24;
const WORDS = new Set(wordlist);

/** Words that are no recovery key. The message says what to look at and repeats no word but the unknown one. */
export class RecoveryWordsError extends Error {
  override readonly name = 'RecoveryWordsError';
  readonly code = 'BAD_RECOVERY_WORDS';
}

/** The 32-byte seed as 24 English words (BIP-39: the seed is the entropy, the last word holds a checksum of 8 bits). */
export function recoveryWordsOf(seed: Uint8Array): string {
  return entropyToMnemonic(seed, wordlist);
}

/**
 * The seed back. Case, line breaks and repeated spaces do not matter.
 * @throws RecoveryWordsError for a wrong count, an unknown word (which, and where), or a checksum that does not fit.
 */
export function seedOfRecoveryWords(text: string): Uint8Array {
  const words = text
    .normalize('NFKD')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const unknown = words.findIndex((word) => !WORDS.has(word));
  if (unknown !== -1) {
    throw new RecoveryWordsError(`word ${unknown + 1}, "${words[unknown]}", is not one of the recovery words`);
  }
  if (words.length !== WORD_COUNT) {
    throw new RecoveryWordsError(`a recovery key has ${WORD_COUNT} words, not ${words.length}`);
  }
  try {
    return mnemonicToEntropy(words.join(' '), wordlist);
  } catch {
    throw new RecoveryWordsError('these words do not belong together; one is wrong or two are swapped');
  }
}

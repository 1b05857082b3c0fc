import { wordlist } from '@scure/bip39/wordlists/english.js';
import { beginsWithIban, isCardNumber, isResidentId } from './numbers.js';

/** What a text seems to hold. Never the text itself. */
export type SensitiveKind =
  'card' | 'iban' | 'privateKey' | 'recoveryWords' | 'token' | 'password' | 'oneTimeCode' | 'residentId' | 'phone';

type Rule = (text: string) => boolean;

const SEED_WORDS = new Set(wordlist);
/** The shortest recovery phrase there is. That a sentence has so many of the 2,048 words in a row hardly happens. */
const SEED_LENGTH = 12;

const KEYS = [
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/,
  /\bAGE-SECRET-KEY-1[0-9A-Z]{20,}/,
  /\b[xyz]prv[1-9A-HJ-NP-Za-km-z]{80,}/,
  /(?:private|secret)[ _-]?key\W{0,5}(?:0x)?[0-9a-f]{64}\b/i,
  /(?:私钥|密钥)\W{0,5}(?:0x)?[0-9a-f]{64}\b/i,
];

const TOKENS = [
  /\bsk-(?=[\w-]*\d)[\w-]{20,}/,
  /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}/,
  /\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36,}/,
  /\bgithub_pat_[A-Za-z0-9_]{40,}/,
  /\bgl(?:pat|dt|rt)-[A-Za-z0-9_-]{20,}/,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bAIza[0-9A-Za-z_-]{35}/,
  /\bya29\.[0-9A-Za-z_-]{20,}/,
  /\bLTAI[0-9A-Za-z]{12,24}\b/,
  /\bAKID[0-9A-Za-z]{32}\b/,
  /\b(?:npm|hf)_[A-Za-z0-9]{30,}/,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/,
  /\bBearer [\w.~+/-]{20,}/i,
];

const PASSWORD_NAME = String.raw`(?:\b(?:password|passwd|pwd|passphrase|passcode)\b|密码|密碼|口令)`;
/** Written as one: `password: …`. Or said, and then it looks like one, with a digit or a sign in it: not “password is wrong”. */
const PASSWORDS = [
  new RegExp(PASSWORD_NAME + String.raw`[ \t]*[:=：][ \t]*[!-~]{4,}`, 'i'),
  new RegExp(PASSWORD_NAME + String.raw`[ \t]*(?:is|are|是|为|為)[ \t]*(?=[!-~]*[\d@#$%^&*_+=][!-~]*)[!-~]{6,}`, 'i'),
];
const CODE =
  /(?:verification code|one[- ]time (?:code|password)|security code|\bOTP\b|验证码|驗證碼|动态码|校验码)\D{0,12}(?<!\d)\d{4,8}(?!\d)/i;

const MOBILE = /(?<![\d.])(?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\.?\d)/;
/** A date or a security code may stand beside a card number. */
const DIGITS = /(?<![\w.])\d(?:[ -]?\d){11,30}(?![\w.]*\d)/g;
const IBAN_LIKE = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}/g;
const RESIDENT = /(?<![\w.])[1-9]\d{16}[\dX](?!\w)/gi;

const hasSome =
  (patterns: readonly RegExp[]): Rule =>
  (text) =>
    patterns.some((pattern) => pattern.test(text));

const RULES: Readonly<Record<SensitiveKind, Rule>> = {
  card: (text) => Array.from(text.matchAll(DIGITS), ([found]) => found).some(hasCardNumber),
  iban: (text) => bare(text.toUpperCase(), IBAN_LIKE).some(beginsWithIban),
  privateKey: hasSome(KEYS),
  recoveryWords: hasRecoveryWords,
  token: hasSome(TOKENS),
  password: hasSome(PASSWORDS),
  oneTimeCode: (text) => CODE.test(text),
  residentId: (text) => bare(text.toUpperCase(), RESIDENT).some(isResidentId),
  phone: (text) => MOBILE.test(text),
};

/** Judged on this device and nowhere else. A finding names its kind; rather nothing than a false alarm. */
export function sensitiveKinds(text: string): SensitiveKind[] {
  const found = (Object.keys(RULES) as SensitiveKind[]).filter((kind) => RULES[kind](text));
  // An identity number may pass for a card's.
  return found.filter((kind) => kind !== 'card' || !found.includes('residentId'));
}

function bare(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), ([found]) => found.replace(/[ -]/g, ''));
}

/** Numbered lists too: `1. abandon 2. ability …`. */
function hasRecoveryWords(text: string): boolean {
  let inARow = 0;
  for (const word of text.toLowerCase().split(/[\s,.;:()\d]+/)) {
    if (word === '') continue;
    inARow = SEED_WORDS.has(word) ? inARow + 1 : 0;
    if (inARow >= SEED_LENGTH) return true;
  }
  return false;
}

/** Any of the neighbouring groups, joined. */
function hasCardNumber(digits: string): boolean {
  const groups = digits.split(/[ -]/);
  return groups.some((_, from) => {
    let joined = '';
    return groups.slice(from).some((group) => isCardNumber((joined += group)));
  });
}

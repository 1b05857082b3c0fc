import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ERRORS } from '../../../src/protocol/errors.js';
import { CLIENT_ERRORS } from '../../../sdk/ashwire-error.js';
import { STORAGE_ERRORS } from '../../../sdk/storage/storage-error.js';

const LOCALES = ['en', 'zh-CN'] as const;
type Locale = (typeof LOCALES)[number];

const folder = (locale: Locale): URL => new URL(`./${locale}/`, import.meta.url);
const areasOf = (locale: Locale): string[] => readdirSync(folder(locale)).sort();
const AREAS = areasOf('en');

describe('the languages', () => {
  it('have the same areas', () => expect(areasOf('zh-CN')).toEqual(AREAS));

  it.each(AREAS)('say the same things in %s', (area) => {
    const [english, chinese] = LOCALES.map((locale) => textsOf(locale, area)) as [Texts, Texts];
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, text] of english) expect([key, wordsToFill(chinese.get(key))]).toEqual([key, wordsToFill(text)]);
  });

  it.each(LOCALES.flatMap((locale) => AREAS.map((area) => [locale, area] as const)))(
    'leave nothing empty in %s/%s',
    (locale, area) => {
      for (const [key, text] of textsOf(locale, area)) expect([key, text.trim() === '']).toEqual([key, false]);
    },
  );
});

describe('what components say', () => {
  const keysOf = (area: string): string[] =>
    [...textsOf('en', area).keys()].map((key) => `${area.slice(0, -5)}.${key}`);
  const known = new Set(AREAS.flatMap(keysOf));
  const source = new URL('../', import.meta.url);
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(isSource);

  it.each(files)('is there: %s', (file) => {
    const code = readFileSync(new URL(file, source), 'utf8');
    const keys = Array.from(code.matchAll(/\bt\(\s*'([^']+)'/g), ([, key = '']) => key);
    expect(keys.filter((key) => !known.has(key))).toEqual([]);
  });
});

describe('errors', () => {
  it.each(LOCALES)('have a sentence for every code in %s, and no other', (locale) => {
    const codes = [ERRORS, CLIENT_ERRORS, STORAGE_ERRORS].flatMap((errors) => Object.keys(errors));
    expect([...textsOf(locale, 'errors.json').keys()].sort()).toEqual(codes.sort());
  });
});

function isSource(file: string): boolean {
  return /\.(vue|ts)$/.test(file) && !file.endsWith('.spec.ts');
}

type Texts = Map<string, string>;

function textsOf(locale: Locale, area: string): Texts {
  return new Map(flat(JSON.parse(readFileSync(new URL(area, folder(locale)), 'utf8')), ''));
}

function flat(value: unknown, path: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, path === '' ? key : `${path}.${key}`));
}

/** The names in braces, each once: a language may need one of them twice, or in another order. */
function wordsToFill(text = ''): string[] {
  return [...new Set(Array.from(text.matchAll(/\{(\w+)\}/g), ([, name = '']) => name))].sort();
}

import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SEPARATOR = ' · ';

const testFiles = ['src', 'sdk', 'test', 'terminal'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(spec|e2e|contract)\.ts$/.test(name))
    .map((name) => join(folder, name)),
);
// Titles stand in the sources as they are shown, but for the quotes around them.
const sources = testFiles.map((file) => readFileSync(file, 'utf8').replaceAll("\\'", "'"));

const rows = readFileSync('docs/promises.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!promise)[^-]/.test(line))
  .map((line) => {
    const [, promise = '', tests = ''] = line.split('|').map((cell) => cell.trim());
    return { promise, titles: tests.split(SEPARATOR) };
  });

const isTitle = (title: string): boolean =>
  ["'", '"', '`'].some((quote) => sources.some((source) => source.includes(`${quote}${title}${quote}`)));

describe('docs/promises.md', () => {
  it('has promises', () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  it.each(rows)('names tests that exist: $promise', ({ titles }) => {
    expect(titles.filter((title) => !isTitle(title))).toEqual([]);
  });

  it('would notice a title that does not exist', () => {
    expect(isTitle(['a title', 'that nobody wrote'].join(' '))).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SEPARATOR = ' · ';
const FOLDERS = ['test/e2e', 'sdk', 'src/modules/payment'];

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(spec|e2e|contract)\.ts$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8')),
);

const rows = readFileSync('docs/bad-inputs.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!input)[^-]/.test(line))
  .map((line) => {
    const [, input = '', , tests = ''] = line.split('|').map((cell) => cell.trim());
    return { input, titles: tests.split(SEPARATOR) };
  });

describe('docs/bad-inputs.md', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(80);
  });

  it.each(rows)('names tests that exist: $input', ({ titles }) => {
    expect(titles.filter((title) => !sources.some((source) => source.includes(`'${title}'`)))).toEqual([]);
  });
});

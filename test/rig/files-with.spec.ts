import { describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesWith, formsOf } from './files-with.js';

const MARK = 'canaryCanaryCanaryCanary';
const PIECE = 64 * 1024;

describe('The search for leftovers', () => {
  it('finds a text in every form, also across the pieces of a file, and nothing where it is not', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ashwire-leftovers-'));
    try {
      mkdirSync(join(directory, 'within'));
      writeFileSync(join(directory, 'none'), Buffer.alloc(3 * PIECE, 'canary'));
      writeFileSync(join(directory, 'empty'), '');
      const forms = formsOf(MARK);
      const files = forms.map((form, index) => {
        const file = join(directory, 'within', String(index));
        writeFileSync(file, Buffer.concat([Buffer.alloc(PIECE - 5), form, Buffer.alloc(PIECE)]));
        return file;
      });
      expect(await filesWith([directory, '/nowhere'], forms)).toEqual(files);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

import { expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const FOLDER = 'dist/web';
const BUDGET_BYTES = 350_000;
/** What is on the screen first, besides the page's own script. */
const FIRST_SCREENS = ['src/screens/chat/NoChat.vue'];

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

it('loads at most 350 kB of compressed JavaScript before the chat list is there, the worker included', () => {
  const manifest = JSON.parse(readFileSync(join(FOLDER, '.vite', 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  const loaded = new Set<string>();
  const load = (name: string): void => {
    const chunk = manifest[name];
    if (!chunk) throw new Error(`the build has no ${name}`);
    if (loaded.has(chunk.file)) return;
    loaded.add(chunk.file);
    chunk.imports?.forEach(load);
  };
  ['index.html', ...FIRST_SCREENS].forEach(load);
  const workers = readdirSync(join(FOLDER, 'assets')).filter((file) => /^host\.worker-.*\.js$/.test(file));
  expect(workers.length).toBeGreaterThan(0);
  // A browser loads one of them: the shared worker, or the plain one where there are no shared ones.
  const sizes = new Map([...loaded].map((file) => [file, compressedSize(file)]));
  const worker = Math.max(...workers.map((file) => compressedSize(join('assets', file))));
  const total = [...sizes.values()].reduce((sum, size) => sum + size, worker);
  if (total > BUDGET_BYTES) throw new Error(`${total} bytes: worker ${worker}, ${JSON.stringify([...sizes])}`);
});

const compressedSize = (file: string): number => gzipSync(readFileSync(join(FOLDER, file)), { level: 9 }).length;

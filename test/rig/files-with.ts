import { createReadStream, type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Which of the files, or files of the directories, have any of the patterns in them, read byte by byte. What is gone meanwhile has none. */
export async function filesWith(places: readonly string[], patterns: readonly Buffer[]): Promise<string[]> {
  const found: string[] = [];
  for (const place of places) {
    for (const file of await filesOf(place)) if (await contains(file, patterns)) found.push(file);
  }
  return found;
}

/** A text, what it decodes to as base64url, and both in two-byte characters: how stores might keep it. */
export const formsOf = (text: string): Buffer[] => [
  Buffer.from(text),
  Buffer.from(text, 'utf16le'),
  Buffer.from(text, 'base64url'),
];

async function filesOf(place: string): Promise<string[]> {
  const status = await stat(place).catch(() => undefined);
  if (!status) return [];
  if (status.isFile()) return [place];
  if (!status.isDirectory()) return [];
  const within: Dirent[] = await readdir(place, { withFileTypes: true }).catch(() => []);
  const files = await Promise.all(within.map(({ name }) => filesOf(join(place, name))));
  return files.flat();
}

async function contains(file: string, patterns: readonly Buffer[]): Promise<boolean> {
  const overlap = Math.max(...patterns.map(({ length }) => length)) - 1;
  let end = Buffer.alloc(0);
  try {
    for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
      const bytes = Buffer.concat([end, piece]);
      if (patterns.some((pattern) => bytes.includes(pattern))) return true;
      end = bytes.subarray(Math.max(0, bytes.length - overlap));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return false;
}

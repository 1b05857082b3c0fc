import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';

const READ_STEP = 16 * 1024 * 1024;

type Memory = Awaited<ReturnType<typeof open>>;

/** Whether the text is anywhere in the writable memory of a process. Linux only. */
export async function memoryContains(pid: number, text: string): Promise<boolean> {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .filter((line) => / rw/.test(line));
  const memory = await open(`/proc/${pid}/mem`, 'r');
  try {
    for (const map of maps) {
      const [start = 0, end = 0] = (map.split(' ')[0] ?? '').split('-').map((address) => parseInt(address, 16));
      if (await rangeContains(memory, start, end, text)) return true;
    }
    return false;
  } finally {
    await memory.close();
  }
}

async function rangeContains(memory: Memory, start: number, end: number, text: string): Promise<boolean> {
  // V8 keeps text as Latin-1 or UTF-16.
  const patterns = [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le')];
  for (let at = start; at < end; at += READ_STEP) {
    const buffer = Buffer.alloc(Math.min(READ_STEP + text.length * 2, end - at));
    try {
      await memory.read(buffer, 0, buffer.length, at);
    } catch {
      return false;
    }
    if (patterns.some((pattern) => buffer.includes(pattern))) return true;
  }
  return false;
}

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { transformSync } from '@swc/core';

const STORAGE_SOURCES = join(process.cwd(), 'sdk/storage');
const PROGRAM = `
import { openSqliteStorage } from './adapters/sqlite-storage.js';
const storage = await openSqliteStorage(process.argv[2]);
for (let batch = 1; ; batch++) {
  const value = new TextEncoder().encode(batch + ':' + 'x'.repeat(20000));
  await storage.commit([{ put: 'left', value }, { put: 'right', value }]);
  console.log(batch);
}`;

export interface Writer {
  /** Resolves when that many batches were acknowledged. */
  wrote(batches: number): Promise<void>;
  /** SIGKILL; resolves with the last acknowledged batch. */
  kill(): Promise<number>;
}

/** A process that writes to a storage without end. It runs the sources, compiled into a folder of its own. */
export async function startWriter(directory: string): Promise<Writer> {
  const program = compileStorage();
  const child = spawn(process.execPath, [join(program, 'writer.js'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let last = 0;
  let waiting: { batches: number; resolve: () => void } | undefined;
  createInterface(child.stdout).on('line', (line) => {
    last = Number(line);
    if (waiting !== undefined && last >= waiting.batches) waiting.resolve();
  });
  await new Promise<void>((resolve) => child.once('spawn', resolve));
  return {
    wrote: (batches) =>
      last >= batches
        ? Promise.resolve()
        : Promise.race([
            new Promise<void>((resolve) => (waiting = { batches, resolve })),
            exited.then(() => Promise.reject(new Error('the writer ended by itself'))),
          ]),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(program, { recursive: true });
      return last;
    },
  };
}

function compileStorage(): string {
  const program = mkdtempSync(join(tmpdir(), 'ashwire-writer-'));
  mkdirSync(join(program, 'adapters'));
  symlinkSync(join(process.cwd(), 'node_modules'), join(program, 'node_modules'));
  writeFileSync(join(program, 'package.json'), '{"type":"module"}');
  for (const folder of ['.', 'adapters']) {
    for (const file of readdirSync(join(STORAGE_SOURCES, folder))) {
      if (!/^[a-z-]+(\.port)?\.ts$/.test(file)) continue;
      const source = readFileSync(join(STORAGE_SOURCES, folder, file), 'utf8');
      const { code } = transformSync(source, {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
      });
      writeFileSync(join(program, folder, file.replace(/\.ts$/, '.js')), code);
    }
  }
  writeFileSync(join(program, 'writer.js'), PROGRAM);
  return program;
}

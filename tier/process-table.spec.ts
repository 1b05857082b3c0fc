import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessTable, runningSince } from './process-table.js';

describe('ProcessTable', () => {
  let folder: string;
  let table: ProcessTable;
  const launch = (...command: string[]) => ({
    ...{ command, environment: { PATH: '/usr/bin:/bin' }, directory: folder, logFile: join(folder, 'log') },
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ashwire-table-'));
    table = new ProcessTable(join(folder, 'run'));
  });
  afterEach(async () => {
    await table.stop('one', 'SIGKILL');
    rmSync(folder, { recursive: true });
  });

  it('knows a process that another table started, starts it once, and ends it', async () => {
    table.start('one', launch('sleep', '60'));
    const pid = table.pid('one');
    const other = new ProcessTable(join(folder, 'run'));
    other.start('one', launch('sleep', '60'));
    expect(other.pid('one')).toBe(pid);
    await other.stop('one', 'SIGTERM');
    expect(table.pid('one')).toBeUndefined();
    expect(runningSince(pid ?? 0)).toBeUndefined();
  });

  it('never takes somebody else for it who has its pid now', async () => {
    const stranger = spawn('sleep', ['60']);
    const file = join(folder, 'run', 'one.json');
    const startedAt = runningSince(stranger.pid ?? 0) ?? 0;
    writeFileSync(file, JSON.stringify({ pid: stranger.pid, startedAt: startedAt - 1 }));
    expect(table.pid('one')).toBeUndefined();
    await table.stop('one', 'SIGKILL');
    expect(runningSince(stranger.pid ?? 0)).toBe(startedAt);
    stranger.kill('SIGKILL');
  });

  it('ends children too by SIGKILL, and lets the first one end them by SIGTERM', async () => {
    const child = `trap 'echo a child was asked' TERM; while :; do sleep 0.05; done`;
    const script = `(${child}) & child=$!; trap 'echo asked; sleep 0.2; kill -9 $child; exit 0' TERM; echo $child; wait`;
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      rmSync(join(folder, 'log'), { force: true });
      table.start('one', launch('sh', '-c', script));
      while (!/\d\n/.test(logged())) await new Promise((resolve) => setTimeout(resolve, 10));
      const pid = Number(logged().trim());
      await table.stop('one', signal);
      while (runningSince(pid) !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(logged()).toBe(`${pid}\n${signal === 'SIGTERM' ? 'asked\n' : ''}`);
    }
  });

  it('breaks the lock of a starter that has died', () => {
    writeFileSync(join(folder, 'run', 'one.json.lock'), '999999999');
    table.start('one', launch('sleep', '60'));
    expect(table.pid('one')).toBeDefined();
  });

  function logged(): string {
    try {
      return readFileSync(join(folder, 'log'), 'utf8');
    } catch {
      return '';
    }
  }
});

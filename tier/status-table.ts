import type { Health } from './health.js';
import type { Tier } from './tier.js';

export interface StatusRow {
  readonly process: string;
  readonly machine: string;
  readonly pid: string;
  readonly role: string;
  readonly health: string;
}

export async function statusOf(tier: Tier): Promise<StatusRow[]> {
  return Promise.all(
    tier.processes.map(async ({ name, machine, pid }) => ({
      process: name,
      machine: `${machine} ${tier.layout.addressOf(machine)}`,
      ...(pid === undefined ? ended(tier.isHeld(name)) : described(pid, await tier.healthOf(name))),
    })),
  );
}

const ended = (isHeld: boolean): Omit<StatusRow, 'process' | 'machine'> => ({
  pid: '-',
  role: '',
  health: isHeld ? 'down, held' : 'down',
});

const described = (pid: number, { role, problem }: Health): Omit<StatusRow, 'process' | 'machine'> => ({
  pid: String(pid),
  role,
  health: problem === undefined ? 'ok' : `not healthy: ${problem}`,
});

const COLUMNS = ['process', 'machine', 'pid', 'role', 'health'] as const;

/** In columns, with their names above. */
export function table(rows: readonly StatusRow[]): string {
  const header = Object.fromEntries(COLUMNS.map((column) => [column, column])) as unknown as StatusRow;
  const all = [header, ...rows];
  const widths = COLUMNS.map((column) => Math.max(...all.map((row) => row[column].length)));
  return all
    .map((row) => COLUMNS.map((column, at) => row[column].padEnd(widths[at] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The nodes of the application have it to themselves. */
export const APPLICATION_CORE = 0;
/** Everything else: the clients, and the stores. */
export const OTHER_CORE = 1;

/** All threads of a process, and whatever it starts from now on. */
export function pin(pid: number, core: number): void {
  const { status, error, stderr } = spawnSync('taskset', ['-acp', String(core), String(pid)]);
  if (error) throw new Error('taskset is missing: this bench needs the Debian package util-linux');
  if (status !== 0) throw new Error(`taskset: ${stderr.toString()}`);
}

/** Clients and stores, and all that is started from here, onto one core; the application's nodes have another. */
export function separateCores(): void {
  if (availableParallelism() <= OTHER_CORE) throw new Error('This bench needs two cores.');
  pin(process.pid, OTHER_CORE);
}

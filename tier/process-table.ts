import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

interface Entry {
  readonly pid: number;
  /** In ticks since this machine started: a pid with another one belongs to somebody else by now. */
  readonly startedAt: number;
}

export interface Launch {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly logFile: string;
}

const STOP_WITHIN_MS = 15_000;
const TO_ALL: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGSTOP', 'SIGCONT'];

/**
 * Processes by name, in files, so that whoever comes later knows them: each leads a process group of its own and outlives who
 * started it. Two that start the same one at once start it once.
 */
export class ProcessTable {
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Undefined if it does not run. */
  pid(name: string): number | undefined {
    const entry = this.read(name);
    return entry && runningSince(entry.pid) === entry.startedAt ? entry.pid : undefined;
  }

  start(name: string, launch: Launch): void {
    this.alone(name, () => {
      if (this.pid(name) === undefined) this.write(name, spawnDetached(launch));
    });
  }

  /** Nothing happens if it does not run. */
  signal(name: string, signal: NodeJS.Signals): void {
    const pid = this.pid(name);
    if (pid !== undefined) send(pid, signal);
  }

  /** Ends it and waits until it is gone; SIGKILL for one that takes too long. */
  async stop(name: string, signal: NodeJS.Signals): Promise<void> {
    const pid = this.pid(name);
    if (pid === undefined) return;
    send(pid, signal);
    for (const insistAt = Date.now() + STOP_WITHIN_MS; this.pid(name) !== undefined;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (Date.now() > insistAt) send(pid, 'SIGKILL');
    }
  }

  private read(name: string): Entry | undefined {
    try {
      return JSON.parse(readFileSync(this.file(name), 'utf8')) as Entry;
    } catch {
      return undefined;
    }
  }

  private write(name: string, pid: number): void {
    const startedAt = runningSince(pid);
    if (startedAt === undefined) return;
    writeFileSync(`${this.file(name)}.new`, JSON.stringify({ pid, startedAt } satisfies Entry));
    renameSync(`${this.file(name)}.new`, this.file(name));
  }

  /** Skips the work if another process is at it. A lock that its holder did not outlive is broken. */
  private alone(name: string, work: () => void): void {
    const lock = `${this.file(name)}.lock`;
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
    } catch {
      if (runningSince(holderOf(lock)) !== undefined) return;
      writeFileSync(lock, String(process.pid));
    }
    try {
      work();
    } finally {
      rmSync(lock, { force: true });
    }
  }

  private file(name: string): string {
    return `${this.folder}/${name}.json`;
  }
}

function holderOf(lock: string): number {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return 0;
  }
}

function spawnDetached({ command: [program = '', ...args], environment, directory, logFile }: Launch): number {
  for (const folder of [directory, dirname(logFile)]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(program, args, {
      cwd: directory,
      env: { ...environment },
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.once('error', () => undefined);
    child.unref();
    if (child.pid === undefined) throw new Error(`${program} cannot be started.`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

/** When the process began; undefined if there is none or only its exit code is left. */
export function runningSince(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; the third field follows it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}

/** What cannot be handled goes to the whole group, the rest to its leader, who knows how to end the others. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(TO_ALL.includes(signal) ? -pid : pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

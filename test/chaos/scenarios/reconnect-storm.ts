import { readFileSync } from 'node:fs';
import { memoryOf } from '../../rig/nodes.js';
import { RawPerson } from '../../rig/raw-person.js';
import { allOnline, RoamingClient } from '../../rig/roaming-client.js';
import { LIMITS } from '../../../src/protocol/limits.js';

export interface StormSite {
  readonly url: string;
  /** Of the process that everybody is connected to. */
  pid(): number;
  /** Ends it by SIGKILL, starts it again, and resolves when it listens. */
  killAndLaunch(): Promise<void>;
}

export interface ReconnectStorm {
  readonly clients: number;
  /** From the moment at which the server listened again until the last client was online. */
  readonly everybodyBackMs: number;
  /** The most that came in one half second of it. */
  readonly busiestHalfSecond: number;
  readonly memoryBeforeMb: number;
  readonly memoryAfterMb: number;
  /** Of one processor, once everybody was back. */
  readonly idleCpuShare: number;
}

const REGISTERING_AT_ONCE = 20;
const WATCH_MS = 2_000;
const CLOCK_TICKS = 100;

/** The server dies under a crowd and comes back: so does the crowd. */
export async function reconnectStorm(site: StormSite, size: number, withinMs = 120_000): Promise<ReconnectStorm> {
  const clients = await crowdOf(site.url, size);
  try {
    for (const client of clients) client.start();
    await allOnline(clients, withinMs);
    await untilQuiet(site.pid());
    const memoryBeforeMb = memoryOf(site.pid());
    await site.killAndLaunch();
    const listensAt = performance.now();
    await allOnline(clients, withinMs);
    const backAt = clients.map(({ onlineAt }) => (onlineAt.at(-1) ?? 0) - listensAt);
    const idleCpuShare = await untilQuiet(site.pid());
    return {
      clients: clients.length,
      everybodyBackMs: Math.max(...backAt),
      busiestHalfSecond: Math.max(
        ...backAt.map((at) => backAt.filter((other) => other >= at && other < at + 500).length),
      ),
      memoryBeforeMb,
      memoryAfterMb: memoryOf(site.pid()),
      idleCpuShare,
    };
  } finally {
    for (const client of clients) client.stop();
  }
}

/** As many connections for each account as one may have. */
async function crowdOf(url: string, size: number): Promise<RoamingClient[]> {
  const people: RawPerson[] = [];
  const needed = Math.ceil(size / LIMITS.socketsPerUser);
  while (people.length < needed) {
    const some = Math.min(REGISTERING_AT_ONCE, needed - people.length);
    people.push(...(await Promise.all(Array.from({ length: some }, () => RawPerson.register(url)))));
  }
  return Array.from({ length: size }, (_, index) => new RoamingClient(url, people[index % needed] as RawPerson, ''));
}

/** Resolves with the share of a processor that the process takes, once that is little or does not become less. */
async function untilQuiet(pid: number): Promise<number> {
  for (let tries = 10, last = Infinity; ; tries--) {
    const before = cpuSecondsOf(pid);
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
    last = Math.min(last, (cpuSecondsOf(pid) - before) / (WATCH_MS / 1_000));
    if (last < 0.1 || tries === 0) return last;
  }
}

/** User and system time so far. Linux only. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

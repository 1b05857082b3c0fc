import { storedIn, registerPair } from '../../rig/raw-pair.js';
import { allOnline, RoamingClient } from '../../rig/roaming-client.js';

export interface RollingSite {
  /** In front of all nodes. */
  readonly url: string;
  /** Each ends the node by SIGTERM, starts it again, and resolves when it is ready. */
  readonly restarts: readonly (() => Promise<void>)[];
}

export interface RollingRestart {
  readonly clients: number;
  readonly accepted: number;
  /** Accepted and not in the log, or not told to somebody in the conversation. */
  readonly lost: string[];
  /** In the log more than once. */
  readonly twice: string[];
  /** In another order than their sender sent them. */
  readonly disordered: string[];
  /** Of each client, beyond the first connection. */
  readonly reconnects: number[];
  /** Of each restart, how many clients came back in each half second from its beginning on. */
  readonly histograms: number[][];
}

export interface RollingRestartOptions {
  readonly pairs: number;
  readonly everyMs?: number;
  readonly onlineWithinMs?: number;
}

const BUCKET_MS = 500;
const REGISTERING_AT_ONCE = 10;

/** All nodes are restarted one after the other while everybody sends; then every message is looked for. */
export async function rollingRestart(site: RollingSite, options: RollingRestartOptions): Promise<RollingRestart> {
  const { pairs, everyMs = 250, onlineWithinMs = 60_000 } = options;
  const clients = await clientsOf(site.url, pairs);
  try {
    for (const client of clients) client.start();
    await allOnline(clients, onlineWithinMs);
    for (const client of clients) client.startSending(everyMs);
    const histograms: number[][] = [];
    for (const restart of site.restarts) {
      const begunAt = performance.now();
      await restart();
      await allOnline(clients, onlineWithinMs);
      histograms.push(histogramOf(clients, begunAt));
    }
    await Promise.all(clients.map((client) => client.finishSending()));
    await Promise.all(clients.map((client) => client.catchUp()));
    return { ...(await compared(clients)), histograms };
  } finally {
    for (const client of clients) client.stop();
  }
}

async function clientsOf(url: string, pairs: number): Promise<RoamingClient[]> {
  const clients: RoamingClient[] = [];
  while (clients.length < 2 * pairs) {
    const some = Math.min(REGISTERING_AT_ONCE, pairs - clients.length / 2);
    const registered = await Promise.all(Array.from({ length: some }, () => registerPair(url)));
    for (const { people, conversationId } of registered) {
      clients.push(...people.map((person) => new RoamingClient(url, person, conversationId)));
    }
  }
  return clients;
}

function histogramOf(clients: readonly RoamingClient[], begunAt: number): number[] {
  const histogram: number[] = [];
  for (const at of clients.flatMap(({ onlineAt }) => onlineAt).filter((each) => each > begunAt)) {
    const bucket = Math.floor((at - begunAt) / BUCKET_MS);
    histogram[bucket] = (histogram[bucket] ?? 0) + 1;
  }
  return Array.from(histogram, (count) => count ?? 0);
}

async function compared(clients: readonly RoamingClient[]): Promise<Omit<RollingRestart, 'histograms'>> {
  const found = { lost: [] as string[], twice: [] as string[], disordered: [] as string[] };
  for (const conversationId of new Set(clients.map((client) => client.conversationId))) {
    const both = clients.filter((client) => client.conversationId === conversationId);
    const [one] = both as [RoamingClient];
    const socket = await one.person.connect();
    const log = await storedIn(socket, conversationId);
    one.person.disconnect();
    found.twice.push(...log.filter((id, place) => log.indexOf(id) !== place));
    for (const { accepted } of both) {
      found.lost.push(...accepted.filter((id) => !log.includes(id) || both.some(({ told }) => !told.has(id))));
      const places = accepted.map((id) => log.indexOf(id));
      found.disordered.push(...accepted.filter((_, index) => index > 0 && places[index]! < places[index - 1]!));
    }
  }
  return {
    ...found,
    clients: clients.length,
    accepted: clients.reduce((sum, { accepted }) => sum + accepted.length, 0),
    reconnects: clients.map(({ onlineAt }) => onlineAt.length - 1),
  };
}

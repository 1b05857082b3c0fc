import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, type RedisProcess, RedisServers } from '../../../../test/rig/redis-servers.js';
import { SystemClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import { RedisMessageStore } from './redis-message.store.js';
import { appendTo, type Unfenced } from '../spec/append.fixture.js';

const NAMESPACE = 'failover:';
const CANARY = 'canary'.repeat(20);
const ids = new RandomIds();
const [alice, bob] = [ids.next(), ids.next()];
const message = (conversationId: string): Unfenced => ({
  ...{ conversationId, senderId: alice, senderDeviceId: ids.next(), clientMessageId: ids.next() },
  ...{ epoch: 1, currentEpoch: 1, ciphertext: CANARY, burnAfterReadSeconds: 30, strictestBurnSeconds: 30 },
  recipients: [bob],
});

let servers: RedisServers;
let store: RedisMessageStore;
beforeAll(async () => {
  servers = await RedisServers.trio();
  store = new RedisMessageStore(await servers.connect(NAMESPACE), new SystemClock(), ids, 3_600_000);
});
afterAll(() => servers.close());

const primary = (): RedisProcess => {
  const found = servers.redis.find((process) => servers.roleOf(process) === 'master');
  if (!found) throw new Error('there is no primary');
  return found;
};
/** Those of nodes. */
const connectionsTo = (process: RedisProcess): number =>
  servers
    .ask(process, 'client', 'list', 'type', 'normal')
    .split('\n')
    .filter((line) => line && !/ name=sentinel| cmd=client/.test(line)).length;
/** All three agree again. */
const whole = () =>
  eventually(() => {
    const linked = servers.ask(primary(), 'info', 'replication').split('state=online').length - 1;
    return linked === 2 ? Promise.resolve() : Promise.reject(new Error(`${linked} replicas follow`));
  }, 20_000);

/** Sends as a client does: again under the same id until it is acknowledged. Returns the sequence of each. */
async function sendAll(
  conversationId: string,
  count: number,
  during: () => Promise<void>,
): Promise<Map<string, number>> {
  const acknowledged = new Map<string, number>();
  const send = async (): Promise<void> => {
    const sent = message(conversationId);
    const { seq } = await eventually(() => appendTo(store, sent), 15_000);
    acknowledged.set(sent.clientMessageId, seq);
  };
  const half = Array.from({ length: count }, send);
  await during();
  await Promise.all([...half, ...Array.from({ length: count }, send)]);
  return acknowledged;
}

async function expectAll(conversationId: string, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const { entries, headSeq } = await eventually(() => store.list(conversationId, bob, 0, 1_000));
  expect(headSeq).toBe(acknowledged.size);
  expect(new Map(entries.map(({ clientMessageId, seq }) => [clientMessageId, seq]))).toEqual(
    new Map([...acknowledged].toSorted(([, a], [, b]) => a - b)),
  );
  expect(entries.every(({ ciphertext }) => ciphertext === CANARY)).toBe(true);
}

describe('RedisMessageStore on a primary, two replicas and three Sentinels', () => {
  it('acknowledges nothing that only the primary has, and finds it when it is sent again', async () => {
    const conversationId = ids.next();
    const sent = message(conversationId);
    const replicas = servers.redis.filter((process) => process !== primary());
    for (const replica of replicas) replica.signal('SIGSTOP');
    await expect(appendTo(store, sent)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    for (const replica of replicas) replica.signal('SIGCONT');
    await eventually(() => appendTo(store, sent));
    await expect(appendTo(store, sent)).resolves.toMatchObject({ seq: 1, duplicate: true });
    await expectAll(conversationId, new Map([[sent.clientMessageId, 1]]));
  });

  it('goes on within 10 seconds of the death of the primary, with all that was acknowledged, once each', async () => {
    await whole();
    const [conversationId, before] = [ids.next(), ids.next()];
    const early = await sendAll(before, 50, () => Promise.resolve());
    let goneAt = 0;
    const acknowledged = await sendAll(conversationId, 50, async () => {
      await primary().kill();
      goneAt = Date.now();
    });
    expect(Date.now() - goneAt).toBeLessThan(10_000);
    await expectAll(before, early);
    await expectAll(conversationId, acknowledged);
  });

  it('lets the dead primary come back as an empty replica', async () => {
    const old = servers.redis.find((process) => servers.roleOf(process) === '');
    const keys = servers.ask(primary(), 'dbsize');
    old?.start();
    await whole();
    expect(old && servers.roleOf(old)).toBe('slave');
    expect(old && servers.ask(old, 'dbsize')).toBe(keys);
  });

  it('is not wiped by a primary that comes back empty before anybody has missed it', async () => {
    await whole();
    const [conversationId, before] = [ids.next(), ids.next()];
    const early = await sendAll(before, 50, () => Promise.resolve());
    const acknowledged = await sendAll(conversationId, 50, async () => {
      const old = primary();
      await old.kill();
      old.start();
    });
    await expectAll(before, early);
    await expectAll(conversationId, acknowledged);
    await whole();
  });

  it('leaves a primary that was replaced while it hangs, before it could answer with what was', async () => {
    await whole();
    const conversationId = ids.next();
    const [first, second] = [message(conversationId), message(conversationId)];
    await eventually(() => appendTo(store, first));
    await eventually(() => store.list(conversationId, bob, 0, 1));
    const old = primary();
    const nodesAt = connectionsTo(old);
    old.signal('SIGSTOP');
    try {
      // Another node finds the new primary. This one has nothing under way that would tell it.
      const others = await servers.connect(NAMESPACE);
      await eventually(() => appendTo(new RedisMessageStore(others, new SystemClock(), ids, 3_600_000), second));
      const next = servers.redis.find((process) => process !== old && servers.roleOf(process) === 'master');
      await eventually(() => {
        const both = next ? connectionsTo(next) : 0;
        return both === 2 * nodesAt ? Promise.resolve() : Promise.reject(new Error(`${both}, not twice ${nodesAt}`));
      });
      // A connection counts there before its handshake has ended.
      const { entries } = await eventually(() => store.list(conversationId, bob, 0, 10));
      const sent = [first.clientMessageId, second.clientMessageId];
      expect(entries.map(({ clientMessageId }) => clientMessageId)).toEqual(sent);
    } finally {
      old.signal('SIGCONT');
    }
  });

  it('has left no byte of a message in any file, after all these copies', () => {
    const files = readdirSync(servers.directory, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    expect(files.map(({ name }) => name).toSorted()).toEqual(['password', ...Array<string>(3).fill('sentinel.conf')]);
    const contents = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
    const said = [...servers.redis, ...servers.sentinels].map(({ output }) => output);
    expect([...contents, ...said].filter((text) => text.includes('canary'))).toEqual([]);
  });

  it.each([
    ['save', ''],
    ['appendonly', 'no'],
    ['maxmemory-policy', 'noeviction'],
    ['slowlog-log-slower-than', '-1'],
    ['latency-monitor-threshold', '0'],
    ['crash-log-enabled', 'no'],
    ['min-replicas-to-write', '1'],
    ['min-replicas-max-lag', '2'],
    ['repl-diskless-sync', 'yes'],
    ['repl-diskless-sync-delay', '0'],
    ['repl-diskless-load', 'swapdb'],
    ['repl-backlog-size', '268435456'],
    ['replica-serve-stale-data', 'no'],
  ])('runs with %s %s', (setting, value) => {
    for (const process of servers.redis) {
      expect(servers.ask(process, 'config', 'get', setting).trim().split('\n')).toEqual([
        setting,
        ...(value ? [value] : []),
      ]);
    }
  });

  it.each(['MONITOR', 'SAVE', 'BGSAVE', 'BGREWRITEAOF', 'DEBUG'])('knows no %s', (command) => {
    for (const process of servers.redis) expect(servers.ask(process, command)).toMatch(/unknown command|not allowed/);
  });
});

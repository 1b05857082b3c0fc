import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { useRedis } from '../../../../test/rig/use-redis.js';
import type { RedisConnections } from '../../../platform/redis/redis-connections.js';
import { LIMITS } from '../../../protocol/limits.js';
import { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import { describeMessageStoreContract } from '../ports/message.store.contract.js';
import { describeMessageStoreFenceContract } from '../ports/message.store.fence.contract.js';
import { describeMessageStoreGroupsContract } from '../ports/message.store.groups.contract.js';
import { itKeepsTheModel } from '../ports/message.store.model.contract.js';
import { LogKeys } from './redis-log.keys.js';
import { CLAIM } from './redis-due.scripts.js';
import { RedisMessageStore } from './redis-message.store.js';
import { appendTo, type Unfenced } from '../spec/append.fixture.js';

const redis = useRedis();
const create = (lifeMs = 3_600_000) => {
  const clock = new ManualClock();
  return Promise.resolve({ clock, store: new RedisMessageStore(redis(), clock, new RandomIds(), lifeMs) });
};

describeMessageStoreContract(create);
describeMessageStoreFenceContract(create);
describeMessageStoreGroupsContract(create);

describe('RedisMessageStore', () => {
  itKeepsTheModel(create);

  const ids = new RandomIds();
  const [alice, bob] = [ids.next(), ids.next()];
  const message = (conversationId: string): Unfenced => ({
    ...{ conversationId, senderId: alice, senderDeviceId: ids.next(), clientMessageId: ids.next() },
    ...{ epoch: 1, currentEpoch: 1, ciphertext: 'sealed', burnAfterReadSeconds: 30, strictestBurnSeconds: 30 },
    recipients: [bob],
  });
  const nodes = (count: number, clock = new ManualClock()) => {
    const shared = redis();
    const stores = Array.from({ length: count }, () => new RedisMessageStore(shared, clock, ids, 3_600_000));
    return { clock, shared, stores: stores as [RedisMessageStore, RedisMessageStore, ...RedisMessageStore[]] };
  };
  const keysIn = async ({ commands, namespace }: RedisConnections): Promise<string[]> =>
    (await commands.run('KEYS', `${namespace}*`)) as string[];

  it('is one log for all nodes', async () => {
    const { stores } = nodes(3);
    const sent = message(ids.next());
    const answers = await Promise.all(stores.map((store) => appendTo(store, sent)));
    expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    const more = await Promise.all(stores.map((store) => appendTo(store, message(sent.conversationId))));
    expect(more.map(({ seq }) => seq).toSorted()).toEqual([2, 3, 4]);
    expect(new Set([...answers, ...more].map(({ incarnation }) => incarnation)).size).toBe(1);
  });

  it('gives each burned message to one of several reapers at the same time, while others send and read', async () => {
    const { stores, shared, clock } = nodes(4);
    const [first, second] = stores;
    const conversations = Array.from({ length: 60 }, () => ids.next());
    const taken: string[] = [];
    const drain = async (store: RedisMessageStore): Promise<void> => {
      for (let batches = await store.takeDue(25); batches.length > 0; batches = await store.takeDue(25)) {
        expect(batches.flatMap(({ messages }) => messages).length).toBeLessThanOrEqual(25);
        for (const { conversationId, messages } of batches) {
          taken.push(...messages.map(({ seq }) => `${conversationId}:${seq}`));
        }
      }
    };
    const sendAndRead = async (conversationId: string, n: number): Promise<void> => {
      const { seq, incarnation } = await appendTo(first, message(conversationId));
      if (n % 2 === 0) await second.markRead({ conversationId, incarnation, userId: bob, seqs: [seq] }, true);
    };
    for (let round = 0; round < 4; round += 1) {
      const reaping = stores.map(drain);
      await Promise.all([...conversations.map(sendAndRead), ...reaping]);
      clock.advance(31_000);
    }
    clock.advance(LIMITS.messageLifeMs);
    await Promise.all(stores.map(drain));
    expect(taken).toHaveLength(240);
    expect(new Set(taken).size).toBe(240);
    clock.advance(LIMITS.holeLifeMs + 60_000);
    await Promise.all(stores.map(drain));
    expect((await keysIn(shared)).filter((key) => !key.includes('{'))).toEqual([]);
  });

  it('burns what a reaper took and never finished, after a while', async () => {
    const { stores, shared, clock } = nodes(2);
    await appendTo(stores[0], message(ids.next()));
    clock.advance(LIMITS.messageLifeMs);
    for (const key of new LogKeys(shared.namespace).indexes()) {
      await shared.commands.script(CLAIM, [key], [clock.now(), clock.now() + 10_000, 100]);
    }
    expect(await stores[1].takeDue(10)).toEqual([]);
    clock.advance(10_000);
    expect(await stores[1].takeDue(10)).toHaveLength(1);
  });

  it('mentions again what it sends after another node has reaped', async () => {
    const { stores, clock } = nodes(2);
    const conversationId = ids.next();
    for (let round = 0; round < 3; round += 1) {
      await appendTo(stores[0], message(conversationId));
      clock.advance(LIMITS.messageLifeMs);
      expect(await stores[1].takeDue(10)).toMatchObject([{ messages: [{ seq: round + 1, reason: 'expired' }] }]);
    }
  });

  it('deletes the ciphertext with the burning, and lets every key run out by itself', async () => {
    const { stores, shared } = nodes(1);
    const [store] = stores;
    const conversationId = ids.next();
    const { incarnation } = await appendTo(store, message(conversationId));
    await appendTo(store, { ...message(conversationId), notAfter: new ManualClock().now() + 1_000 });
    await appendTo(store, message(conversationId));
    await store.takeDue(1);
    const text = (seq: number) => `${shared.namespace}{${conversationId}}:text:${seq}`;
    const leftOf = async (key: string) => Number(await shared.commands.run('PTTL', key));
    expect(await leftOf(text(1))).toBeGreaterThan(LIMITS.messageLifeMs);
    expect(await leftOf(text(2))).toBeLessThanOrEqual(11_000);
    await store.markRead({ conversationId, incarnation, userId: bob, seqs: [1] }, true);
    expect(await leftOf(text(1))).toBeLessThanOrEqual(40_000);
    for (const key of await keysIn(shared)) {
      expect(await leftOf(key)).toBeGreaterThan(0);
      expect(await leftOf(key)).toBeLessThanOrEqual(LIMITS.messageLifeMs + LIMITS.holeLifeMs + 3_600_000);
    }
    await store.burn({ conversationId, incarnation, userId: alice, seqs: [1, 2] });
    expect((await keysIn(shared)).filter((key) => key.includes('text'))).toEqual([text(3)]);
    await store.remove(conversationId);
    expect((await keysIn(shared)).filter((key) => key.includes(conversationId))).toEqual([]);
  });

  it('shows what Redis has removed as burned', async () => {
    const { stores, shared } = nodes(1);
    const conversationId = ids.next();
    await appendTo(stores[0], message(conversationId));
    await shared.commands.run('DEL', `${shared.namespace}{${conversationId}}:text:1`);
    const [entry] = (await stores[0].list(conversationId, bob, 0, 1)).entries;
    expect(entry).toMatchObject({ burned: 'expired' });
    expect(entry).not.toHaveProperty('ciphertext');
    expect((await stores[0].list(conversationId, alice, 0, 1)).entries[0]).not.toHaveProperty('burned');
  });

  it('counts what is unread of a user over all nodes before it refuses for it', async () => {
    const { stores } = nodes(2);
    const [one, two] = stores;
    const ciphertext = 'x'.repeat(48_000);
    const fitting = Math.floor(LIMITS.unreadBytesPerUser / ciphertext.length);
    const conversationId = ids.next();
    const send = () => appendTo(one, { ...message(conversationId), ciphertext });
    const sent = [];
    for (let i = 0; i < fitting; i += 1) sent.push(await send());
    await expect(send()).rejects.toMatchObject({ code: 'UNREAD_LIMIT' });
    const [first] = sent;
    const at = { conversationId, incarnation: first?.incarnation ?? '', userId: bob, seqs: [1] };
    await two.markRead(at, true);
    await expect(send()).resolves.toMatchObject({ seq: fitting + 1 });
  });
});

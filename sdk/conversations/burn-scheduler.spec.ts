import { describe, expect, it } from '@jest/globals';
import type { AshwireClientEvents } from '../client-events.js';
import { MemoryStorage } from '../storage/adapters/memory-storage.js';
import type { MessageRecord } from '../store/records.js';
import { ClientStore, KINDS } from '../store/client-store.js';
import { ManualLocalClock } from '../time/manual-local-clock.fixture.js';
import { ServerClock } from '../time/server-clock.js';
import { TypedEmitter } from '../typed-emitter.js';
import { BurnScheduler } from './burn-scheduler.js';
import { TOMBSTONE_MS } from './message-life.js';
import { MessageLog } from './message-log.js';

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

async function open(...messages: readonly Partial<MessageRecord>[]) {
  const local = new ManualLocalClock();
  const store = new ClientStore(MemoryStorage.open());
  const events = new TypedEmitter<AshwireClientEvents>();
  const told: string[] = [];
  events.on('message-state', ({ id, state, text }) => told.push(`${id} ${state} ${text ?? '-'}`));
  const log = new MessageLog(store, events);
  const scheduler = new BurnScheduler(log, new ServerClock(local), (error) => told.push(String(error)));
  await log.create({
    ...{ conversationId: 'c', kind: 'direct', members: ['p'], incarnation: 'i', cursor: 0 },
    ...{ ownBurnAfterReadSeconds: 30, burnAfterReadSeconds: 30, lastActivityAt: 0 },
  });
  const now = local.now();
  for (const message of messages) {
    const full = {
      ...{ conversationId: 'c', direction: 'in', senderId: 'p', order: 1, queuedAt: now, text: 'canary' },
      ...{ state: 'delivered', burnAfterReadSeconds: 30, id: 'm', ...message },
      burnAt: now + (message.burnAt ?? 0),
    } as MessageRecord;
    await store.commit(store.put(KINDS.message, full));
  }
  return { local, store, log, scheduler, told };
}

describe('BurnScheduler', () => {
  it('burns at the start what became due while the client was closed', async () => {
    const { scheduler, log, told } = await open({ id: 'old', burnAt: -1 }, { id: 'young', burnAt: 5_000 });
    await scheduler.start();
    expect(told).toEqual(['old expired -']);
    expect((await log.find('c', 'old'))?.text).toBeUndefined();
    expect((await log.find('c', 'young'))?.text).toBe('canary');
    scheduler.stop();
  });

  it('burns on time, also when a burn time moves closer, and forgets the rest after two hours', async () => {
    const { scheduler, log, local, told } = await open({ id: 'a', burnAt: 60_000 });
    await scheduler.start();
    await log.change('c', async (change) => {
      const message = (await change.find('a')) as MessageRecord;
      change.save({ ...message, state: 'read', readAt: local.now(), burnAt: local.now() + 1_000 });
    });
    local.advance(999);
    await settle();
    expect(told.at(-1)).toBe('a read canary');
    local.advance(6);
    await settle();
    expect(told.at(-1)).toBe('a burned -');
    local.advance(TOMBSTONE_MS);
    await scheduler.sweep();
    expect(await log.find('c', 'a')).toBeUndefined();
    scheduler.stop();
  });

  it('burns after a sleep in which its timer stood still', async () => {
    const { scheduler, log, local } = await open({ id: 'a', burnAt: 60_000 });
    await scheduler.start();
    local.step(61_000);
    await scheduler.sweep();
    expect((await log.find('c', 'a'))?.state).toBe('expired');
    scheduler.stop();
  });

  it('brings nothing back that belonged to a conversation that is gone', async () => {
    const { scheduler, log } = await open({ id: 'a', burnAt: -1 });
    await log.remove('c');
    await scheduler.start();
    expect(await log.all()).toEqual([]);
    scheduler.stop();
  });
});

import { expect, it } from '@jest/globals';
import { useRedis } from '../../../../test/rig/use-redis.js';
import type { CommandBatch } from '../../../platform/redis/command-batch.js';
import type { RedisConnections } from '../../../platform/redis/redis-connections.js';
import { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import { appendTo } from '../spec/append.fixture.js';
import { SETTLE } from './redis-due.scripts.js';
import { RedisMessageStore } from './redis-message.store.js';

const redis = useRedis();
const ids = new RandomIds();

/** The same connections, where something happens before the index is told that a log was reaped. */
function interrupted(shared: RedisConnections, interrupt: () => Promise<void>): RedisConnections {
  const script: CommandBatch['script'] = async (each, keys, args) => {
    if (each === SETTLE) await interrupt();
    return shared.commands.script(each, keys, args);
  };
  const commands = Object.create(shared.commands, { script: { value: script } }) as CommandBatch;
  return Object.create(shared, { commands: { value: commands } }) as RedisConnections;
}

it('still mentions what was read after its log was reaped and before the index knew of that', async () => {
  const [alice, bob, conversationId] = [ids.next(), ids.next(), ids.next()];
  const interrupts: (() => Promise<void>)[] = [];
  const connections = interrupted(redis(), async () => interrupts.pop()?.());
  const store = new RedisMessageStore(connections, new ManualClock(), ids, 3_600_000);
  const sendAndRead = async (): Promise<void> => {
    const { incarnation, seq } = await appendTo(store, {
      ...{ conversationId, senderId: alice, senderDeviceId: ids.next(), clientMessageId: ids.next() },
      ...{ epoch: 1, currentEpoch: 1, ciphertext: 'sealed', burnAfterReadSeconds: 0, strictestBurnSeconds: 0 },
      recipients: [bob],
    });
    await store.markRead({ conversationId, incarnation, userId: bob, seqs: [seq] }, true);
  };
  await sendAndRead();
  interrupts.push(sendAndRead);
  expect(await store.takeDue(10)).toMatchObject([{ messages: [{ seq: 1 }] }, { messages: [{ seq: 2 }] }]);
});

import { describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import { describeMessageStoreContract } from '../ports/message.store.contract.js';
import { describeMessageStoreFenceContract } from '../ports/message.store.fence.contract.js';
import { describeMessageStoreGroupsContract } from '../ports/message.store.groups.contract.js';
import { itKeepsTheModel } from '../ports/message.store.model.contract.js';
import { InMemoryMessageStore } from './in-memory-message.store.js';
import { appendTo } from '../spec/append.fixture.js';

const create = (lifeMs = 3_600_000) => {
  const clock = new ManualClock();
  return { clock, store: new InMemoryMessageStore(clock, new RandomIds(), lifeMs, 500) };
};

describeMessageStoreContract(() => Promise.resolve(create()));
describeMessageStoreFenceContract(() => Promise.resolve(create()));
describeMessageStoreGroupsContract(() => Promise.resolve(create()));

describe('InMemoryMessageStore', () => {
  itKeepsTheModel(() => Promise.resolve(create()));

  it('takes a shorter life from the profile and never a longer one', async () => {
    const ids = new RandomIds();
    const [alice, bob] = [ids.next(), ids.next()];
    const message = {
      conversationId: ids.next(),
      senderId: alice,
      senderDeviceId: ids.next(),
      clientMessageId: ids.next(),
      epoch: 1,
      ciphertext: 'sealed',
      burnAfterReadSeconds: 0,
      strictestBurnSeconds: 0,
      recipients: [bob],
      currentEpoch: 1,
    };
    const short = create(1_000);
    expect((await appendTo(short.store, message)).burnAt).toBe(short.clock.now() + 1_000);
    const long = create(7_200_000);
    expect((await appendTo(long.store, message)).burnAt).toBe(long.clock.now() + 3_600_000);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { AshwireClientEvents } from '../client-events.js';
import { MemoryStorage } from '../storage/adapters/memory-storage.js';
import { ClientStore, KINDS } from '../store/client-store.js';
import type { MessageRecord, SessionRecord } from '../store/records.js';
import { ManualLocalClock } from '../time/manual-local-clock.fixture.js';
import { ServerClock } from '../time/server-clock.js';
import { TypedEmitter } from '../typed-emitter.js';
import { MessageLog } from './message-log.js';
import { SessionSettlement } from './session-settlement.js';

const clock = new ServerClock(new ManualLocalClock());

/** An accepted message of epoch 1 for the devices b1 and c1, after somebody else's reset to these devices. */
async function settled(kind: 'direct' | 'group', deviceIds: readonly string[]): Promise<MessageRecord[]> {
  const store = new ClientStore(MemoryStorage.open());
  const log = new MessageLog(store, new TypedEmitter<AshwireClientEvents>());
  await log.create({
    ...{ conversationId: 'c', kind, members: deviceIds, incarnation: 'i', cursor: 0 },
    ...{ ownBurnAfterReadSeconds: 30, burnAfterReadSeconds: 30, lastActivityAt: 0 },
  });
  const now = clock.now();
  const message: MessageRecord = {
    ...{ id: 'm', conversationId: 'c', direction: 'out', senderId: 's', order: 1, queuedAt: now, state: 'accepted' },
    ...{ seq: 1, incarnation: 'i', acceptedAt: now, burnAt: now + 9, burnAfterReadSeconds: 30, text: 'x' },
    envelope: { epoch: 1, ciphertext: 'sealed', burnAfterReadSeconds: 30, deviceIds: ['b1', 'c1'] },
  };
  await store.commit(store.put(KINDS.message, message));
  const session: SessionRecord = {
    ...{ conversationId: 'c', epoch: 2, state: 's', ownDeviceId: 'a', ownIdentityKey: 'k', doneThrough: 2 },
    ...{ resetEpoch: 2, peerResetEpoch: 2, roster: deviceIds },
    members: deviceIds.map((deviceId) => ({ userId: deviceId, deviceId, identityKey: 'k' })),
  };
  await new SessionSettlement(log, clock).afterReset(session);
  return log.list('c');
}

describe('what becomes of a message after a reset', () => {
  it('is sent again to the devices that it was for, to no longer life, and shown once', async () => {
    const [again, first] = (await settled('group', ['b1', 'c1'])).sort((left) => (left.state === 'queued' ? -1 : 1));
    expect(again).toMatchObject({ state: 'queued', text: 'x', replaces: 'm', notAfter: clock.now() + 9 });
    expect(first).toMatchObject({
      id: 'm',
      state: 'failed',
      failure: { code: 'SESSION_RESET', replacedBy: again?.id },
    });
    expect(first?.text).toBeUndefined();
    // Others in the group may be reading the first one.
    expect(first?.owedReceipts).toBeUndefined();
  });

  it('is sent again when somebody who has left does not get it, and never to a newcomer or another device', async () => {
    expect(await settled('group', ['b1'])).toHaveLength(2);
    for (const deviceIds of [
      ['b1', 'c1', 'newcomer'],
      ['b1', 'c2'],
      ['b1', 'd1'],
    ])
      expect(await settled('group', deviceIds)).toMatchObject([{ id: 'm', state: 'accepted', text: 'x' }]);
  });

  it('is recalled where it was, between two', async () => {
    const messages = await settled('direct', ['b1']);
    expect(messages.find(({ id }) => id === 'm')?.owedReceipts).toEqual(['burn']);
    expect(await settled('direct', ['b2'])).toMatchObject([{ state: 'failed', failure: { code: 'DEVICE_REPLACED' } }]);
  });
});

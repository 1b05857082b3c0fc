import { describe, expect, it } from '@jest/globals';
import type { MessageRecord } from '../store/records.js';
import {
  accepted,
  afterDue,
  burned,
  byPlace,
  clampedBurnAt,
  dueAt,
  readHere,
  TOMBSTONE_MS,
  withMemberReceipt,
  withReceipts,
} from './message-life.js';

const MINUTE = 60_000;
const now = 1_000_000_000;
const message = (change: Partial<MessageRecord> = {}): MessageRecord => ({
  ...{ id: 'm', conversationId: 'c', direction: 'out', senderId: 's', order: 1, queuedAt: now },
  ...{ state: 'queued', text: 'secret', burnAfterReadSeconds: 30 },
  ...change,
});
const answer = { incarnation: 'i', seq: 4, acceptedAt: now, burnAt: now + 60 * MINUTE };

describe('the life of a message', () => {
  it('is never longer than an hour, whatever the server says', () => {
    expect(clampedBurnAt(now + 99 * MINUTE, now, now)).toBe(now + 60 * MINUTE);
    expect(clampedBurnAt(now + 99 * MINUTE, now + 99 * MINUTE, now)).toBe(now + 60 * MINUTE);
    expect(accepted(message(), { ...answer, burnAt: now + 61 * MINUTE }, now).burnAt).toBe(now + 60 * MINUTE);
  });

  it('does not start anew when it is sent again', () => {
    const again = message({ notAfter: now + MINUTE, acceptedAt: now - MINUTE });
    expect(accepted(again, answer, now)).toMatchObject({
      state: 'accepted',
      burnAt: now + MINUTE,
      acceptedAt: now - MINUTE,
    });
  });

  it('goes forward only: a late receipt takes nothing back', () => {
    const read = message({ state: 'read', readAt: now, deliveredAt: now, burnAt: now + 5 });
    expect(withReceipts(read, { deliveredAt: now + 9, burnAt: now + MINUTE })).toMatchObject({
      state: 'read',
      deliveredAt: now,
      burnAt: now + 5,
    });
    expect(withReceipts(message({ state: 'accepted' }), { readAt: now, burnAt: now })).toMatchObject({
      state: 'read',
      deliveredAt: now,
    });
  });

  it('is delivered and read in a group when the last recipient who is still there says so', () => {
    const receipts = [{ userId: 'b' }, { userId: 'c' }, { userId: 'gone' }];
    const sent = message({ state: 'accepted', burnAt: now + 60 * MINUTE, receipts });
    const members = ['b', 'c', 'newcomer'];
    const one = withMemberReceipt(sent, { userId: 'b', readAt: now, burnAt: now + 60 * MINUTE }, members);
    expect(one).toMatchObject({ state: 'accepted', burnAt: now + 60 * MINUTE });
    expect(one.receipts).toEqual([{ userId: 'b', deliveredAt: now, readAt: now }, { userId: 'c' }, { userId: 'gone' }]);
    const both = withMemberReceipt(one, { userId: 'c', deliveredAt: now + 1, burnAt: now + 60 * MINUTE }, members);
    expect(both).toMatchObject({ state: 'delivered', deliveredAt: now + 1 });
    expect(both.readAt).toBeUndefined();
    const all = withMemberReceipt(both, { userId: 'c', readAt: now + 2, burnAt: now + MINUTE }, members);
    expect(all).toMatchObject({ state: 'read', readAt: now + 2, burnAt: now + MINUTE });
    const strange = withMemberReceipt(sent, { userId: 'newcomer', readAt: now, burnAt: now + MINUTE }, members);
    expect(strange.receipts).toEqual(receipts);
  });

  it('takes the receipts of a group from the log', () => {
    const sent = message({ state: 'accepted', burnAt: now, receipts: [{ userId: 'b' }, { userId: 'c' }] });
    const told = withReceipts(sent, { burnAt: now, receipts: [{ userId: 'b', deliveredAt: 5 }] });
    expect(told).toMatchObject({ state: 'accepted', receipts: [{ userId: 'b', deliveredAt: 5 }, { userId: 'c' }] });
  });

  it('burns after the stricter of the message and the conversation', () => {
    const incoming = message({ direction: 'in', state: 'delivered', burnAt: now + 60 * MINUTE });
    expect(readHere(incoming, 10, now)).toMatchObject({ state: 'read', burnAt: now + 10_000, owedReceipts: ['read'] });
    expect(readHere(incoming, 99, now).burnAt).toBe(now + 30_000);
    expect(readHere({ ...incoming, burnAt: now + 1 }, 99, now).burnAt).toBe(now + 1);
  });

  it('leaves nothing of the text', () => {
    const full = message({
      seq: 1,
      incarnation: 'i',
      envelope: { epoch: 1, ciphertext: 'sealed', burnAfterReadSeconds: 1, deviceIds: ['d'] },
    });
    const left = burned(full, 'read', now);
    expect(JSON.stringify(left)).not.toMatch(/secret|sealed/);
    expect(left).toMatchObject({ id: 'm', seq: 1, state: 'burned', forgetAt: now + TOMBSTONE_MS });
    expect(afterDue(left, now + TOMBSTONE_MS)).toBeUndefined();
  });

  it('tells "expired unread" from "burned"', () => {
    expect(burned(message({ state: 'accepted' }), 'expired', now).state).toBe('expired');
    expect(burned(message({ state: 'read', readAt: now }), 'expired', now).state).toBe('burned');
  });

  it('fails what could not be sent within an hour', () => {
    const due = dueAt(message());
    expect(due).toBe(now + 60 * MINUTE);
    expect(afterDue(message(), due)).toMatchObject({ state: 'failed', failure: { code: 'MESSAGE_EXPIRED' } });
  });

  it('is sorted by the log, and what waits comes last', () => {
    const sorted = [
      message({ id: 'q', order: 0 }),
      message({ id: 'b', acceptedAt: 5, seq: 2 }),
      message({ id: 'a', acceptedAt: 5, seq: 1 }),
    ].sort(byPlace);
    expect(sorted.map(({ id }) => id)).toEqual(['a', 'b', 'q']);
  });
});

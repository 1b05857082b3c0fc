import { describe, expect, it } from '@jest/globals';
import type { Message } from '../sdk/index.js';
import { countdown, describeMessage, describeState, printable } from './message-line.js';

const message = (changes: Partial<Message>): Message => ({
  id: 'i',
  conversationId: 'c',
  direction: 'out',
  senderId: 's',
  state: 'queued',
  burnAfterReadSeconds: 30,
  ...changes,
});
const loud = (mention: string): string => `${mention}!`;

describe('a message on the terminal', () => {
  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [1, '1 s'],
    [30_000, '30 s'],
    [3_600_000, '60 min'],
  ])('counts %d ms down as %s', (milliseconds, text) => {
    expect(countdown(milliseconds)).toBe(text);
  });

  it.each<[Partial<Message>, string]>([
    [{ state: 'queued' }, 'queued'],
    [{ state: 'accepted', burnAt: 60_000 }, 'accepted, burns in 60 s'],
    [{ state: 'accepted', direction: 'in', burnAt: 60_000 }, 'new, burns in 60 s'],
    [{ state: 'delivered', burnAt: 60_000 }, 'delivered, burns in 60 s'],
    [{ state: 'read', burnAt: 12_000 }, 'read, burns in 12 s'],
    [{ state: 'burned' }, 'burned'],
    [{ state: 'expired' }, 'expired unread'],
    [{ state: 'failed', failure: { code: 'NOT_FOUND' } }, 'not sent: NOT_FOUND'],
    [{ state: 'unreadable' }, 'cannot be read on this device'],
  ])('says %j as %s', (changes, text) => {
    expect(describeState(message(changes), 0)).toBe(text);
  });

  it.each<[Message['state'], readonly string[], string]>([
    ['accepted', ['bob'], 'accepted, read by bob, burns in 9 s'],
    ['delivered', ['bob', 'carol'], 'delivered, read by bob, carol, burns in 9 s'],
    ['read', ['bob', 'carol'], 'read by bob, carol, burns in 9 s'],
  ])('says of one that is %s and read by %j: %s', (state, readBy, text) => {
    expect(describeState(message({ state, burnAt: 9_000 }), 0, readBy)).toBe(text);
  });

  it('shows text that it does not trust as text', () => {
    expect(printable('a\u001b[2Jb\u202ec\nd')).toBe('a\\u{1b}[2Jb\\u{202e}c\\u{a}d');
    expect(printable('👩‍💻 ok')).toBe('👩‍💻 ok');
    const shown = { message: message({ text: 'x\u0007' }), sender: 'bob', readBy: [] };
    expect(describeMessage(shown, 0, loud)).toBe('bob: x\\u{7}  [queued]');
  });

  it('makes a mention of oneself stand out, and of nobody else', () => {
    const said = { message: message({ text: '@alice, @bob' }), sender: 'bob', readBy: [] };
    expect(describeMessage({ ...said, mentioned: 'alice' }, 0, loud)).toBe('bob: @alice!, @bob  [queued]');
    expect(describeMessage(said, 0, loud)).toBe('bob: @alice, @bob  [queued]');
  });

  it('shows money as a card, and nothing of what was burned', () => {
    const card = '[transfer 8.88 CNY "a\u001bb", paid]';
    const paid = { message: message({ state: 'read' }), sender: 'bob', readBy: [], card };
    expect(describeMessage(paid, 0, loud)).toBe('bob: [transfer 8.88 CNY "a\\u{1b}b", paid]  [read]');
    expect(describeMessage({ message: message({ state: 'burned' }), sender: 'bob', readBy: [] }, 0, loud)).toBe(
      'bob:  [burned]',
    );
  });
});

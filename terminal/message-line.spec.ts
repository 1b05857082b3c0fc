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

  it('shows text that it does not trust as text', () => {
    expect(printable('a\u001b[2Jb\u202ec\nd')).toBe('a\\u{1b}[2Jb\\u{202e}c\\u{a}d');
    expect(printable('👩‍💻 ok')).toBe('👩‍💻 ok');
    expect(describeMessage(message({ text: 'x\u0007' }), 'bob', 0)).toBe('bob: x\\u{7}  [queued]');
  });
});

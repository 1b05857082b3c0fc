import { describe, expect, it } from '@jest/globals';
import type { Message } from '../../../../sdk/index.js';
import { rowsOf } from './log-rows.js';

const HOUR = 3_600_000;
const dayOf = (at: number): string => String(Math.floor(at / (24 * HOUR)));
const message = (id: string, senderId: string, acceptedAt?: number, more: Partial<Message> = {}): Message => ({
  ...{ id, conversationId: 'c', direction: 'in', senderId, state: 'delivered', burnAfterReadSeconds: 30, text: id },
  ...(acceptedAt !== undefined && { acceptedAt }),
  ...more,
});
const shape = (...messages: Message[]): string[] =>
  rowsOf(messages, 25 * HOUR, dayOf).map(
    ({ message: { id }, day, isFirst, isLast }) =>
      `${day === undefined ? '' : 'day '}${isFirst ? '(' : ''}${id}${isLast ? ')' : ''}`,
  );

describe('rowsOf', () => {
  it('puts together what one person sent in a row', () => {
    expect(shape(message('a', 'p', 1), message('b', 'p', 2), message('c', 'q', 3), message('d', 'p', 4))).toEqual([
      ...['day (a', 'b)', '(c)', '(d)'],
    ]);
  });

  it('begins anew with a day, and after a pause', () => {
    const late = 24 * HOUR - 1;
    expect(shape(message('a', 'p', late), message('b', 'p', late + 1), message('c', 'p', late + HOUR))).toEqual([
      ...['day (a)', 'day (b)', '(c)'],
    ]);
  });

  it('takes what waits for sent now', () => {
    expect(shape(message('a', 'p', 25 * HOUR - 1), message('b', 'p'))).toEqual(['day (a', 'b)']);
  });

  it('leaves out what failed and was sent again, or taken away', () => {
    const failed = (code: 'SESSION_RESET' | 'RATE_LIMITED' | 'MESSAGE_EXPIRED', more: Partial<Message> = {}) =>
      ({ state: 'failed', failure: { code }, ...more }) as Partial<Message>;
    const { text: _, ...emptied } = message('taken', 'p', 3, failed('RATE_LIMITED'));
    const { text: __, ...expired } = message('old', 'p', 4, failed('MESSAGE_EXPIRED'));
    const repeated = failed('SESSION_RESET', { failure: { code: 'SESSION_RESET', replacedBy: 'x' } });
    const shown = shape(
      message('shown', 'p', 1, failed('RATE_LIMITED')),
      message('again', 'p', 2, repeated),
      emptied,
      expired,
    );
    expect(shown).toEqual(['day (shown', 'old)']);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Message } from '../../../../sdk/index.js';
import { isMatch, searchTexts } from './search-texts.js';

const message = (text: string | undefined, more: Partial<Message> = {}): Message => ({
  ...{
    id: String(text),
    conversationId: 'c',
    direction: 'out',
    senderId: 'p',
    state: 'read',
    burnAfterReadSeconds: 30,
  },
  ...{ acceptedAt: 1, burnAt: 100 },
  ...(text !== undefined && { text }),
  ...more,
});
const found = (query: string, ...messages: Message[]): (string | undefined)[] =>
  searchTexts(messages, query, 50).map(({ message: { text } }) => text);

describe('the search in what is alive', () => {
  it('finds by case and width alike, the latest first', () => {
    const messages = [message('Lunch at noon'), message('ＬＵＮＣＨ?', { acceptedAt: 2 }), message('dinner')];
    expect(found(' lunch ', ...messages)).toEqual(['ＬＵＮＣＨ?', 'Lunch at noon']);
    expect(isMatch('Ålice', 'ålI')).toBe(true);
  });

  it('finds nothing for nothing, and nothing that is gone or due', () => {
    expect(found('  ', message('a'))).toEqual([]);
    expect(found('a', message(undefined), message('a', { burnAt: 50 }))).toEqual([]);
  });

  it('shows what is around, but not of a message that nobody has read', () => {
    const long = message(`${'x'.repeat(40)} the needle ${'y'.repeat(40)}`);
    const [seen] = searchTexts([long], 'NEEDLE', 50);
    expect(seen?.snippet).toEqual({
      ...{ before: `…${'x'.repeat(19)} the `, match: 'needle', after: ` ${'y'.repeat(23)}…` },
    });
    const unread = message('the needle', { direction: 'in', state: 'delivered' });
    expect(searchTexts([unread], 'needle', 50)).toEqual([{ message: unread }]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { contentOf, decodePayload, encodePayload, payloadOf } from './payload.js';

const ids = Array.from({ length: 7 }, (_, index) => String(index).repeat(22));

describe('mentions', () => {
  it('are inside the payload, and of members only', () => {
    const payload = { type: 'text', text: '@both', mentions: ids.slice(0, 3) } as const;
    const arrived = decodePayload(encodePayload(payload));
    expect(arrived).toEqual(payload);
    expect(contentOf(arrived, ids.slice(1, 3))).toEqual({ text: '@both', mentions: ids.slice(1, 3) });
    expect(contentOf(arrived, [])).toEqual({ text: '@both' });
  });

  it('are at most five ids, whatever somebody else has put there', () => {
    const sealed = (mentions: unknown) =>
      new TextEncoder().encode(JSON.stringify({ type: 'text', text: 'x', mentions }));
    expect(decodePayload(sealed([...ids, ids[0], 7, null, 'short']))).toMatchObject({ mentions: ids.slice(0, 5) });
    for (const odd of ['x', {}, [], ['__proto__'], 7, null])
      expect(decodePayload(sealed(odd))).toEqual({ type: 'text', text: 'x' });
  });

  it('go along when a message is sealed anew', () => {
    expect(payloadOf({ text: 'x', mentions: [ids[0] as string], replaces: 'r' })).toEqual({
      ...{ type: 'text', text: 'x', mentions: [ids[0]], replaces: 'r' },
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeBase64Url, encodeBase64Url } from './base64url.js';
import { decodeFields, encodeFields, integerOfField, textOfField } from './length-prefixed.js';
import { decodeMessageContent, encodeMessageContent, type MessageContent } from './message-content.js';
import { MAX_PAYLOAD_BYTES, PADDED_LENGTHS, padPayload, unpadPayload } from './padding.js';

describe('base64url', () => {
  it('agrees with Node for any bytes, and comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = encodeBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(decodeBase64Url(text)).toEqual(bytes);
      }),
    );
  });

  it.each(['A', 'AA==', 'A+', 'A/AA', 'AB', 'AAB', 'A A', 'AAAA\n', 'ÄAAA'])('refuses %j', (text) => {
    expect(() => decodeBase64Url(text)).toThrow(RangeError);
  });
});

describe('length-prefixed fields', () => {
  it('come back, and have one encoding', () => {
    const bytes = encodeFields('a', 12, Uint8Array.of(1, 2));
    const [text, number, raw] = decodeFields(bytes, 3);
    expect([textOfField(text), integerOfField(number), raw]).toEqual(['a', 12, Uint8Array.of(1, 2)]);
    expect(encodeFields('ab', 'c')).not.toEqual(encodeFields('a', 'bc'));
  });

  it('refuse cut, missing and extra bytes, bad UTF-8 and numbers in other forms', () => {
    const bytes = encodeFields('abc', 'def');
    expect(() => decodeFields(bytes.subarray(0, -1), 2)).toThrow('cut off');
    expect(() => decodeFields(bytes, 3)).toThrow('missing');
    expect(() => decodeFields(bytes, 1)).toThrow('follow');
    expect(() => textOfField(Uint8Array.of(0xff))).toThrow('UTF-8');
    for (const text of ['01', '-1', '1.0', '1e3', ' 1', '', '9007199254740993']) {
      expect(() => integerOfField(new TextEncoder().encode(text))).toThrow('number');
    }
  });
});

describe('padding', () => {
  it('gives one of six lengths, and the payload comes back', () => {
    for (const length of [0, 1, 252, 253, 508, 509, 1020, 2044, 4092, 4093, MAX_PAYLOAD_BYTES]) {
      const payload = new Uint8Array(length).fill(7);
      const padded = padPayload(payload);
      expect(PADDED_LENGTHS).toContain(padded.length);
      expect(unpadPayload(padded)).toEqual(payload);
    }
    expect(padPayload(new Uint8Array(252))).toHaveLength(256);
    expect(padPayload(new Uint8Array(253))).toHaveLength(512);
  });

  it('refuses too much', () => {
    expect(() => padPayload(new Uint8Array(MAX_PAYLOAD_BYTES + 1))).toThrow('8188');
  });

  it('refuses what it did not make', () => {
    const padded = padPayload(Uint8Array.of(1));
    const dirty = padded.slice();
    dirty[255] = 1;
    const tooLong = padded.slice();
    tooLong[0] = 255;
    const notSmallest = new Uint8Array(512);
    notSmallest[3] = 1;
    for (const bad of [dirty, tooLong, notSmallest, new Uint8Array(0), new Uint8Array(255), padded.subarray(1)]) {
      expect(() => unpadPayload(bad)).toThrow(expect.objectContaining({ code: 'BAD_MESSAGE' }));
    }
  });
});

describe('message content', () => {
  const content: MessageContent = {
    version: 1,
    conversationId: 'direct:a:b',
    clientMessageId: 'm-1',
    burnAfterReadSeconds: 30,
    kind: 'content',
  };

  it('comes back', () => {
    expect(decodeMessageContent(encodeMessageContent(content))).toEqual(content);
  });

  it('refuses values out of range', () => {
    for (const bad of [{ burnAfterReadSeconds: 3601 }, { burnAfterReadSeconds: 0.5 }, { conversationId: '' }]) {
      expect(() => encodeMessageContent({ ...content, ...bad })).toThrow('out of range');
    }
  });

  it('refuses another version, another kind, another domain, and cut or longer bytes', () => {
    const good = ['ashwire/message-content', 1, 'c', 'm', 30, 'content'] as const;
    expect(decodeMessageContent(encodeFields(...good))).toBeDefined();
    const bytes = encodeFields(...good);
    const bad = [
      encodeFields(good[0], 2, ...good.slice(2)),
      encodeFields(...good.slice(0, 5), 'reaction'),
      encodeFields('other', ...good.slice(1)),
      encodeFields(...good.slice(0, 4), '030', 'content'),
      encodeFields(...good, ''),
      bytes.subarray(0, -1),
      new Uint8Array(),
    ];
    for (const bytesOf of bad) {
      expect(() => decodeMessageContent(bytesOf)).toThrow(expect.objectContaining({ code: 'BAD_MESSAGE' }));
    }
  });
});

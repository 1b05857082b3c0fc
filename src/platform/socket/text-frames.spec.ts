import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { textFrames } from './text-frames.js';

/** RFC 6455 read backwards: the texts of unmasked, final text frames. */
function textsOf(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    expect(bytes[at]).toBe(0x81);
    const short = bytes.readUInt8(at + 1);
    const [length, header] =
      short < 126
        ? [short, 2]
        : short === 126
          ? [bytes.readUInt16BE(at + 2), 4]
          : [Number(bytes.readBigUInt64BE(at + 2)), 10];
    texts.push(bytes.subarray(at + header, at + header + length).toString('utf8'));
    at += header + length;
  }
  return texts;
}

const message = (data: string) => ({ type: 'message', data });

describe('textFrames', () => {
  it.each([0, 124, 125, 65_534, 65_535, 70_000])('frames a text of %d characters', (length) => {
    const frames = textFrames([message('a'.repeat(length))]);
    expect(textsOf(frames as Buffer)).toEqual([`4${'a'.repeat(length)}`]);
  });

  it('frames any texts, one after the other', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(texts, (all) => {
        const expected = all.map((text) => Buffer.from(`4${text}`).toString());
        expect(textsOf(textFrames(all.map(message)) as Buffer)).toEqual(expected);
      }),
    );
  });

  it('knows the packets of engine.io by their first character', () => {
    const frames = textFrames([{ type: 'open', data: '{}' }, { type: 'ping' }, message('2["event"]')]);
    expect(textsOf(frames as Buffer)).toEqual(['0{}', '2', '42["event"]']);
  });

  it('leaves binary data and unknown packets to engine.io', () => {
    expect(textFrames([message('2'), { type: 'message', data: Buffer.from('x') }])).toBeNull();
    expect(textFrames([{ type: 'constructor' }, { type: 'upgrade' }])).toBeNull();
  });
});

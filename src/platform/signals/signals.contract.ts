import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RandomIds } from '../../shared/ids.js';
import type { Signals } from './signals.port.js';

export interface SignalsUnderTest {
  readonly one: Signals;
  /** Of another node where the adapter knows several, otherwise the same. */
  readonly other: Signals;
  close(): Promise<void>;
}

/** What all Signals do. */
export function describeSignalsContract(create: () => Promise<SignalsUnderTest>): void {
  describe('Signals', () => {
    const ids = new RandomIds();
    let rig: SignalsUnderTest;
    beforeEach(async () => {
      rig = await create();
    });
    afterEach(() => rig.close());

    const arrival = async (seen: readonly string[], count: number): Promise<void> => {
      for (const end = Date.now() + 5_000; seen.length < count;) {
        if (Date.now() > end) throw new Error(`${seen.length} of ${count} signals within 5 s`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };

    it('has run the handlers of the own node when it returns', () => {
      const seen: string[] = [];
      rig.one.on('subject', (key) => seen.push(`first ${key}`));
      rig.one.on('subject', (key) => seen.push(`second ${key}`));
      rig.one.on('another', (key) => seen.push(key));
      rig.one.send('subject', 'a');
      expect(seen).toEqual(['first a', 'second a']);
    });

    it('reaches the other node, once and in order', async () => {
      const seen: string[] = [];
      const keys = Array.from({ length: 50 }, () => ids.next());
      rig.other.on('subject', (key) => seen.push(key));
      for (const key of keys) rig.one.send('subject', key);
      await arrival(seen, keys.length);
      rig.one.send('subject', 'after');
      await arrival(seen, keys.length + 1);
      expect(seen).toEqual([...keys, 'after']);
    });

    it('keeps topics apart, and carries keys of any text', async () => {
      const seen: string[] = [];
      rig.other.on('one topic', (key) => seen.push(`1 ${key}`));
      rig.other.on('another', (key) => seen.push(`2 ${key}`));
      for (const key of ['', ' ', 'a\nb', '"', '\u{1F511}']) rig.one.send('one topic', key);
      rig.one.send('unheard', 'x');
      rig.one.send('another', 'y');
      await arrival(seen, 6);
      expect(seen).toEqual(['1 ', '1  ', '1 a\nb', '1 "', '1 \u{1F511}', '2 y']);
    });

    it('comes back to the sender no second time', async () => {
      const seen: string[] = [];
      const answered: string[] = [];
      rig.one.on('question', (key) => seen.push(key));
      rig.one.on('answer', (key) => answered.push(key));
      rig.other.on('question', () => rig.other.send('answer', 'heard'));
      rig.one.send('question', 'a');
      await arrival(answered, 1);
      expect(seen).toEqual(['a']);
    });
  });
}

import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../shared/clock.js';
import { InProcessSignals } from '../signals/adapters/in-process-signals.js';
import { ProcessCache } from './process-cache.js';

class Line extends InProcessSignals {
  cut(): void {
    this.missed();
  }
}

interface Version {
  readonly of: string;
  readonly version: number;
}

describe('ProcessCache', () => {
  let clock: ManualClock;
  let signals: Line;
  let versions: Map<string, number>;
  let reads: string[][];
  /** What a reading waits for, once it has seen the store. */
  let gates: (() => void)[] | undefined;
  let failure: Error | undefined;

  const load = async (keys: readonly string[]): Promise<ReadonlyMap<string, Version>> => {
    reads.push([...keys]);
    const seen = keys.flatMap((key): [string, Version][] => {
      const version = versions.get(key);
      return version === undefined ? [] : [[key, { of: key, version }]];
    });
    if (gates) await new Promise<void>((open) => gates?.push(open));
    if (failure) throw failure;
    return new Map(seen);
  };
  const open = (random = 0, maxSize = 100) =>
    new ProcessCache<Version>(load, signals, clock, () => random, { topic: 'thing', maxSize });
  const letThrough = (): void => gates?.splice(0).forEach((gate) => gate());

  beforeEach(() => {
    [clock, signals, versions] = [new ManualClock(), new Line(), new Map([['a', 1]])];
    [reads, gates, failure] = [[], undefined, undefined];
  });

  it('reads once, however many ask at the same time, and then answers without a promise', async () => {
    const cache = open();
    expect(cache.peek('a')).toBeUndefined();
    const answers = await Promise.all([cache.get('a'), cache.get('a'), cache.getMany(['a', 'a'])]);
    expect(answers).toEqual([
      { of: 'a', version: 1 },
      { of: 'a', version: 1 },
      new Map([['a', { of: 'a', version: 1 }]]),
    ]);
    expect(cache.peek('a')).toEqual({ of: 'a', version: 1 });
    expect(reads).toEqual([['a']]);
  });

  it('reads together what is not known of many', async () => {
    versions.set('b', 2).set('c', 3);
    const cache = open();
    await cache.get('a');
    const found = await cache.getMany(['a', 'b', 'c', 'd']);
    expect([...found.keys()].toSorted()).toEqual(['a', 'b', 'c']);
    expect(reads).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it.each([
    [0, 300_000],
    [1, 600_000],
  ])('keeps a value five minutes and up to as long again by chance (%d)', async (random, life) => {
    const cache = open(random);
    await cache.get('a');
    clock.advance(life - 1);
    expect(cache.peek('a')).toBeDefined();
    clock.advance(1);
    expect(cache.peek('a')).toBeUndefined();
    await cache.get('a');
    expect(reads).toHaveLength(2);
  });

  it('remembers for a moment what does not exist, and lets it push out nothing that does', async () => {
    const cache = open(0, 2);
    await cache.get('a');
    for (let n = 0; n < 50; n += 1) expect(await cache.get(`none${n}`)).toBeNull();
    expect(cache.peek('a')).toBeDefined();
    const before = reads.length;
    expect(await cache.get('none49')).toBeNull();
    expect(reads).toHaveLength(before);
    clock.advance(5_000);
    versions.set('none49', 1);
    expect(await cache.get('none49')).toMatchObject({ version: 1 });
  });

  it('forgets a key when a signal says so, a thing that did not exist too, and everything after a gap', async () => {
    const cache = open();
    await cache.getMany(['a', 'b']);
    versions.set('a', 2).set('b', 1);
    expect(cache.peek('a')).toMatchObject({ version: 1 });
    signals.send('thing', 'a');
    cache.changed('b');
    expect(await cache.getMany(['a', 'b'])).toMatchObject(
      new Map([
        ['a', { version: 2 }],
        ['b', { version: 1 }],
      ]),
    );
    versions.set('a', 3);
    signals.send('other', 'a');
    expect(await cache.get('a')).toMatchObject({ version: 2 });
    signals.cut();
    expect(await cache.get('a')).toMatchObject({ version: 3 });
  });

  it('keeps no failure', async () => {
    const cache = open();
    failure = new Error('away');
    await expect(Promise.all([cache.get('a'), cache.get('a')])).rejects.toThrow('away');
    failure = undefined;
    expect(await cache.get('a')).toMatchObject({ version: 1 });
    expect(reads).toHaveLength(2);
  });

  it.each(['a signal', 'a gap'])('gives nobody who asks after %s what was read before it', async (what) => {
    gates = [];
    const cache = open();
    const before = cache.get('a');
    versions.set('a', 2);
    if (what === 'a gap') signals.cut();
    else cache.changed('a');
    const after = cache.get('a');
    letThrough();
    await new Promise((resolve) => setImmediate(resolve));
    letThrough();
    expect(await after).toMatchObject({ version: 2 });
    expect(await before).toMatchObject({ version: 2 });
    expect(cache.peek('a')).toMatchObject({ version: 2 });
    expect(reads).toHaveLength(2);
  });

  it('gives nobody who asks after it came to be that it does not exist', async () => {
    gates = [];
    const cache = open();
    const before = cache.get('new');
    versions.set('new', 1);
    cache.changed('new');
    letThrough();
    await new Promise((resolve) => setImmediate(resolve));
    letThrough();
    expect(await before).toMatchObject({ version: 1 });
  });

  it('answers nobody with less than was committed and announced when he asked, whatever comes in which order', async () => {
    const step = fc.record({
      do: fc.constantFrom('ask', 'change', 'let through', 'turn'),
      key: fc.constantFrom('a', 'b'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        [versions, gates] = [
          new Map([
            ['a', 1],
            ['b', 1],
          ]),
          [],
        ];
        const cache = open();
        const answers: Promise<void>[] = [];
        for (const { do: what, key } of steps) {
          if (what === 'ask') {
            const least = versions.get(key) ?? 0;
            answers.push(cache.get(key).then((found) => expect(found?.version).toBeGreaterThanOrEqual(least)));
          } else if (what === 'change') {
            versions.set(key, (versions.get(key) ?? 0) + 1);
            cache.changed(key);
          } else if (what === 'let through') letThrough();
          else await new Promise((resolve) => setImmediate(resolve));
        }
        letThrough();
        gates = undefined;
        await Promise.all(answers);
      }),
    );
  });
});

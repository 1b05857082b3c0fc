import { expect, it } from '@jest/globals';
import { ManualClock } from '../../../shared/clock.js';
import { ExpiringMap } from './expiring-map.js';

it('holds no more than its capacity, and nothing that has expired once something is put', () => {
  const clock = new ManualClock();
  const map = new ExpiringMap<number>(clock, 100);
  for (let i = 0; i < 1_000; i++) map.set(String(i), i, clock.now() + 10);
  expect(map.size).toBe(100);
  expect([map.get('899'), map.get('900'), map.take('999'), map.get('999')]).toEqual([undefined, 900, 999, undefined]);
  clock.advance(10);
  expect(map.get('950')).toBeUndefined();
  map.set('new', 1, clock.now() + 10);
  expect(map.size).toBe(1);
});

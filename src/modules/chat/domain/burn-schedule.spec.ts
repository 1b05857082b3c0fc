import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BurnSchedule } from './burn-schedule.js';

const takeAll = (schedule: BurnSchedule<number>, now: number, limit: number): number[] => {
  const all: number[] = [];
  for (let part = schedule.take(now, limit); part.length > 0; part = schedule.take(now, limit)) all.push(...part);
  return all;
};

describe('BurnSchedule', () => {
  it('gives every item once: none early, all at most one slot late, whatever the limit and the clock', () => {
    const slotMs = 500;
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: -2_000, max: 20_000 }) }),
      fc.record({ move: fc.integer({ min: -500, max: 10_000 }), limit: fc.integer({ min: 1, max: 5 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let now = 1_000_000;
        const schedule = new BurnSchedule<number>(slotMs, now);
        const dueAt: number[] = [];
        const taken = new Set<number>();
        for (const action of steps) {
          if ('add' in action) {
            schedule.add(dueAt.length, now + action.add);
            dueAt.push(now + action.add);
            continue;
          }
          now += action.move;
          for (const item of takeAll(schedule, now, action.limit)) {
            if (taken.has(item) || (dueAt[item] ?? Infinity) > now) return false;
            taken.add(item);
          }
        }
        for (const item of takeAll(schedule, now + 1_000_000, 3)) taken.add(item);
        return taken.size === dueAt.length;
      }),
    );
  });

  it('is at most one slot late', () => {
    const schedule = new BurnSchedule<number>(500, 0);
    schedule.add(1, 700);
    expect(schedule.take(999, 10)).toEqual([]);
    expect(schedule.take(1_000, 10)).toEqual([1]);
  });
});

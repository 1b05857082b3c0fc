import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ManualClock } from '../../shared/clock.js';
import type { Lease } from './lease.port.js';

export interface LeaseRig {
  /** Of two processes on one database. */
  readonly one: Lease;
  readonly other: Lease;
  readonly clock: ManualClock;
  close(): Promise<void>;
}

export function describeLeaseContract(create: () => Promise<LeaseRig>): void {
  describe('Lease', () => {
    let rig: LeaseRig;
    beforeEach(async () => {
      rig = await create();
    });
    afterEach(() => rig.close());

    const done = (): Promise<string> => Promise.resolve('done');
    /** Holds until the returned function is called. */
    const holdOpen = async (lease: Lease, forMs: number): Promise<() => Promise<string | undefined>> => {
      let finish: () => void = () => undefined;
      const end = new Promise<string>((resolve) => (finish = () => resolve('first')));
      let held: Promise<string | undefined> = Promise.resolve(undefined);
      await new Promise<void>((begun) => {
        held = lease.hold('job', forMs, () => {
          begun();
          return end;
        });
      });
      return () => {
        finish();
        return held;
      };
    };

    it('lets exactly one of many work at once, on two processes', async () => {
      const tries = 20;
      let working = 0;
      let refused = 0;
      let allHaveTried: () => void = () => undefined;
      const tried = new Promise<void>((resolve) => (allHaveTried = resolve));
      const look = (): void => void (working + refused === tries && allHaveTried());
      const work = async (): Promise<string> => {
        working += 1;
        look();
        await tried;
        return 'done';
      };
      const attempt = async (lease: Lease): Promise<void> => {
        if ((await lease.hold('job', 1_000, work)) === undefined) refused += 1;
        look();
      };
      await Promise.all(Array.from({ length: tries }, (_, n) => attempt(n % 2 ? rig.one : rig.other)));
      expect([working, refused]).toEqual([1, tries - 1]);
      expect(await rig.other.hold('job', 1_000, done)).toBe('done');
    });

    it('keeps names apart', async () => {
      const end = await holdOpen(rig.one, 1_000);
      expect(await rig.other.hold('job', 1_000, done)).toBeUndefined();
      expect(await rig.other.hold('another job', 1_000, done)).toBe('done');
      expect(await end()).toBe('first');
    });

    it('passes an error on and gives the lease back', async () => {
      const fails = rig.one.hold('job', 1_000, () => Promise.reject(new RangeError('no')));
      await expect(fails).rejects.toThrow(RangeError);
      expect(await rig.other.hold('job', 1_000, done)).toBe('done');
    });

    it('is taken over when its time is up, not before, and not given back by who lost it', async () => {
      const endFirst = await holdOpen(rig.one, 1_000);
      rig.clock.advance(999);
      expect(await rig.other.hold('job', 1_000, done)).toBeUndefined();
      rig.clock.advance(1);
      const endSecond = await holdOpen(rig.other, 1_000);
      await endFirst();
      expect(await rig.one.hold('job', 1_000, done)).toBeUndefined();
      await endSecond();
      expect(await rig.one.hold('job', 1_000, done)).toBe('done');
    });
  });
}

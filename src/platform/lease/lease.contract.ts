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
      let working = 0;
      let most = 0;
      const work = async (): Promise<string> => {
        most = Math.max(most, (working += 1));
        await new Promise((resolve) => setTimeout(resolve, 20));
        working -= 1;
        return 'done';
      };
      const tries = Array.from({ length: 20 }, (_, n) => (n % 2 ? rig.one : rig.other).hold('job', 1_000, work));
      expect((await Promise.all(tries)).filter((result) => result === 'done')).toHaveLength(1);
      expect(most).toBe(1);
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

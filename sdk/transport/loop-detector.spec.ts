import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Finding, LoopDetector } from './loop-detector.js';

const minutes = (count: number): number => count * 60_000;

describe('LoopDetector', () => {
  it('asks for a beginning anew at the sixth failure in ten minutes, and calls the next six trouble', () => {
    const detector = new LoopDetector();
    const findings = Array.from({ length: 18 }, (_, index) => detector.failed(index * 1_000));
    const five: Finding[] = Array.from({ length: 5 }, () => 'none');
    expect(findings).toEqual([...five, 'resync', ...five, 'trouble', ...five, 'trouble']);
  });

  it('forgets what was long ago, and everything after a success', () => {
    const detector = new LoopDetector();
    for (let at = 0; at < minutes(100); at += minutes(2)) expect(detector.failed(at)).toBe('none');
    for (let round = 0; round < 5; round++) {
      const findings = Array.from({ length: 6 }, (_, index) => detector.failed(minutes(200 + 20 * round) + index));
      expect(findings.at(-1)).toBe('resync');
      detector.succeeded();
    }
  });

  it('never finds anything with fewer than six failures in any ten minutes, nor trouble before a beginning anew', () => {
    const steps = fc.array(fc.oneof(fc.integer({ min: 1, max: minutes(4) }), fc.constant('success' as const)));
    fc.assert(
      fc.property(steps, (sequence) => {
        const detector = new LoopDetector();
        let now = 0;
        let failures: number[] = [];
        let isAnew = false;
        for (const step of sequence) {
          if (step === 'success') {
            detector.succeeded();
            isAnew = false;
            continue;
          }
          now += step;
          failures = [...failures.filter((at) => now - at < minutes(10)), now];
          const finding = detector.failed(now);
          if (failures.length < 6) expect(finding).toBe('none');
          if (finding === 'trouble') expect(isAnew).toBe(true);
          if (finding === 'resync') {
            expect(isAnew).toBe(false);
            isAnew = true;
          }
        }
      }),
    );
  });
});

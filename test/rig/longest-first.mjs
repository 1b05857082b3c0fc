import Sequencer from '@jest/test-sequencer';

/** The suites that take longest, the longest first: beside the last one to end there is nothing left to run. */
const LONGEST = [
  ...['test/mysql/pair-behind.spec.ts', 'test/mysql/pair.spec.ts', 'test/mysql/failover.spec.ts'],
  ...['test/chaos/chaos.e2e.ts', 'test/e2e/reconnect.e2e.ts'],
  ...['test/web/screens.e2e.ts', 'test/e2e/bench.e2e.ts', 'test/e2e/node-life.e2e.ts', 'test/e2e/tier.e2e.ts'],
];

/** Jest knows how long a suite takes when it has run it before. In a fresh clone it starts the largest files first, and some of ours are small. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const found = LONGEST.findIndex((suite) => path.endsWith(suite));
      return found < 0 ? LONGEST.length : found;
    };
    return super.sort(tests).sort((left, right) => place(left) - place(right));
  }
}

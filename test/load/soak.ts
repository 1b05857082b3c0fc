import { AshwireSubject } from './ashwire.subject.js';
import { separateCores } from './cores.js';
import { Cost, type Spent, spentBy } from './cost.js';
import type { Pair } from './pair.js';
import { progress } from './progress.js';
import { Report } from './report.js';
import { TierSite } from './tier.site.js';
import { percentile, saturated, steady } from './traffic.js';

const NODES = 2;
const PAIRS = 200;
const PER_SECOND = 1_000;
const SLICE_S = 30;
const [FIRST, LAST, GROWTH] = ['first', 'last', 'growth a message'];

/** Two nodes under the tier's load for a while: sent, read and burned each second. What grows is seen, garbage collected. */
export class Soak {
  private readonly tier = new AshwireSubject(new TierSite());
  private readonly report: Report;
  private readonly slices: number;

  constructor(minutes: number) {
    if (!(minutes > 0)) throw new Error('--minutes takes a number of minutes');
    this.slices = Math.max(2, Math.round((minutes * 60) / SLICE_S));
    this.report = new Report(`${this.slices} slices of ${SLICE_S} s`, [FIRST, LAST, GROWTH], [LAST, FIRST]);
  }

  get reports(): readonly Report[] {
    return [this.report];
  }

  async run(): Promise<void> {
    separateCores();
    const { tier, slices } = this;
    try {
      await tier.start();
      const pairs = await tier.spread(NODES, PAIRS);
      await saturated(pairs, 100, 5);
      await tier.tidy();
      const first = await this.slice(pairs, [FIRST]);
      let last = first;
      for (let slice = 2; slice <= slices; slice += 1) {
        progress(`slice ${slice} of ${slices}; ${describe(last)}`);
        last = await this.slice(pairs, slice === slices ? [LAST] : []);
      }
      const messages = (slices - 1) * PER_SECOND * SLICE_S;
      for (const [what, bytes] of memoryOf(last)) {
        const before = memoryOf(first).get(what) ?? 0;
        this.report.add(`${what}, bytes`, GROWTH, (bytes - before) / messages);
      }
    } finally {
      await tier.stop();
    }
  }

  private async slice(pairs: readonly Pair[], columns: readonly string[]): Promise<Spent> {
    const { tier, report } = this;
    const before = await spentBy(tier);
    const { messages, latencies } = await steady(pairs, PER_SECOND, SLICE_S, true);
    const cost = new Cost(before, await spentBy(tier), messages);
    const settled = await spentBy(tier, 'settled');
    for (const column of columns) {
      report.add('CPU µs a message', column, cost.nodes);
      for (const [what, value] of cost.ofRedis()) report.add(what, column, value);
      report.add('delivery p99 ms', column, percentile(latencies, 0.99));
      for (const [what, bytes] of memoryOf(settled)) report.add(`${what}, bytes`, column, bytes);
    }
    return settled;
  }
}

const memoryOf = ({ nodes, redis }: Spent): ReadonlyMap<string, number> =>
  new Map([
    ['both nodes, JavaScript heap', nodes.heapBytes],
    ['both nodes, resident', nodes.rssBytes],
    ['Redis primary, in use', redis?.primary.usedBytes ?? 0],
    ['Redis primary, resident', redis?.primary.rssBytes ?? 0],
    ['Redis replica, in use', redis?.replica.usedBytes ?? 0],
  ]);

const describe = (spent: Spent): string =>
  [...memoryOf(spent)].map(([what, bytes]) => `${what} ${(bytes / 1e6).toFixed(1)} MB`).join(', ');

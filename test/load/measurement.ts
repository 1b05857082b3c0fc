import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Cost, spentBy } from './cost.js';
import type { Report } from './report.js';
import type { Subject } from './subject.js';
import { percentile, type Traffic } from './traffic.js';

const SETTLE_MS = 1_500;
const SETTLE_MS_A_MESSAGE = 0.2;

/** Writes what one subject's traffic cost into a column of each report. */
export class Measurement {
  constructor(
    private readonly subject: Subject,
    private readonly columns: readonly (readonly [Report, string])[],
    private readonly profiles?: { readonly directory: string; readonly suffix: string },
  ) {}

  /** Measures the traffic, then its end: read, burned, told to both. */
  async phase(label: string, work: () => Promise<Traffic>): Promise<void> {
    const { subject } = this;
    await this.profile(label, 'start');
    const before = await spentBy(subject);
    const { messages, seconds, latencies } = await work();
    const after = await spentBy(subject);
    await this.profile(label, 'stop');
    const cost = new Cost(before, after, messages);
    this.add(`${label}: CPU µs a message`, cost.nodes);
    for (const [what, value] of cost.ofRedis()) this.add(`${label}: ${what}`, value);
    this.add(`${label}: delivery p50 ms`, percentile(latencies, 0.5));
    this.add(`${label}: delivery p99 ms`, percentile(latencies, 0.99));
    if (label === SATURATED) this.add(`${label}: messages a second`, messages / seconds);
    await this.end(await subject.tidy(), after);
  }

  private async end(messages: number, before: Awaited<ReturnType<typeof spentBy>>): Promise<void> {
    if (messages === 0) return;
    // What burning leaves to the stores is its cost too, and none of the next phase's.
    await wait(Math.min(SETTLE_MS, messages * SETTLE_MS_A_MESSAGE));
    const cost = new Cost(before, await spentBy(this.subject), messages);
    this.add('read in hundreds and burned: CPU µs a message', cost.nodes);
    for (const [what, value] of cost.ofRedis()) this.add(`read in hundreds and burned: ${what}`, value);
  }

  private add(what: string, value: number): void {
    for (const [report, column] of this.columns) report.add(what, column, value);
  }

  private async profile(label: string, what: 'start' | 'stop'): Promise<void> {
    const { subject, profiles } = this;
    if (!profiles) return;
    const file = `${subject.name}-${label}-${profiles.suffix}`.replaceAll(/[^\w-]+/g, '-');
    await subject.nodes.ask(what === 'start' ? 'profile' : { saveProfile: join(profiles.directory, file) });
  }
}

export const SATURATED = 'saturated';

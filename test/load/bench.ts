import { join } from 'node:path';
import { AshwireSubject } from './ashwire.subject.js';
import { measureCrowd } from './crowd.js';
import { measureOperations } from './operations.js';
import type { Pair } from './pair.js';
import { RelaySubject } from './relay.subject.js';
import { Report } from './report.js';
import type { Subject } from './subject.js';
import { saturated, steady, type Traffic } from './traffic.js';

export const PARTS = ['traffic', 'operations', 'crowd'] as const;
export type Part = (typeof PARTS)[number];

export const FULL = {
  rounds: 3,
  pairs: 200,
  rates: [2_000, 8_000],
  seconds: 5,
  perPair: 300,
  crowd: 10_000,
  operations: 5_000,
};

export const SHORT: Settings = {
  rounds: 1,
  pairs: 20,
  rates: [500],
  seconds: 2,
  perPair: 50,
  crowd: 400,
  operations: 200,
};
/** Messages that a pair has under way when saturated. */
const WINDOW = 5;

export type Settings = typeof FULL;

interface Contestant {
  readonly subject: Subject;
  readonly pairs: Pair[];
}

/** Both servers side by side, measured in turn, round by round. */
export class Bench {
  readonly report: Report;
  private readonly ours = new AshwireSubject();
  private readonly bare = new RelaySubject();

  constructor(
    private readonly settings: Settings,
    private readonly parts: readonly Part[],
    private readonly profiles: string | undefined,
  ) {
    this.report = new Report([this.ours.name, this.bare.name]);
  }

  async run(): Promise<void> {
    try {
      await Promise.all([this.ours.start(), this.bare.start()]);
      if (this.parts.includes('traffic')) await this.measureRounds();
      if (this.parts.includes('operations')) {
        progress('lists, logins, groups and money');
        await measureOperations(this.ours, this.settings.operations, this.report);
      }
      if (this.parts.includes('crowd')) await this.measureCrowds();
    } finally {
      await Promise.all([this.ours.stop(), this.bare.stop()]);
    }
  }

  private async measureRounds(): Promise<void> {
    const contestants = [await this.enter(this.bare), await this.enter(this.ours)];
    for (let round = 1; round <= this.settings.rounds; round += 1) {
      progress(`traffic, round ${round} of ${this.settings.rounds}`);
      for (const contestant of contestants) await this.measureTraffic(contestant, round);
      // Neither is always the first.
      contestants.reverse();
    }
  }

  private async enter(subject: Subject): Promise<Contestant> {
    progress(`${subject.name}: ${this.settings.pairs} pairs`);
    const pairs: Pair[] = [];
    while (pairs.length < this.settings.pairs) pairs.push(await subject.pair());
    await saturated(pairs, this.settings.perPair / 2, WINDOW);
    await subject.tidy();
    return { subject, pairs };
  }

  private async measureTraffic({ subject, pairs }: Contestant, round: number): Promise<void> {
    const { report, settings } = this;
    for (const rate of settings.rates) {
      const label = `at ${rate.toLocaleString('en')}/s`;
      const profile = `${subject.name}-${rate}-${round}`;
      const { latencies } = await this.measure(subject, label, profile, () => steady(pairs, rate, settings.seconds));
      report.add(`${label}: delivery p50 ms`, subject.name, percentile(latencies, 0.5));
      report.add(`${label}: delivery p99 ms`, subject.name, percentile(latencies, 0.99));
    }
    const profile = `${subject.name}-saturated-${round}`;
    const work = (): Promise<Traffic> => saturated(pairs, settings.perPair, WINDOW);
    const { messages, seconds } = await this.measure(subject, 'saturated', profile, work);
    report.add('saturated: messages a second', subject.name, messages / seconds);
  }

  /** Measures the traffic, then its end: read, burned, told to both. */
  private async measure(
    subject: Subject,
    label: string,
    profile: string,
    work: () => Promise<Traffic>,
  ): Promise<Traffic> {
    if (this.profiles !== undefined) await subject.process.ask('profile');
    const before = await subject.process.ask('sample');
    const traffic = await work();
    const after = await subject.process.ask('sample');
    if (this.profiles !== undefined) {
      await subject.process.ask({ saveProfile: join(this.profiles, `${profile}.cpuprofile`) });
    }
    this.report.add(
      `${label}: CPU µs a message`,
      subject.name,
      (after.cpuMicros - before.cpuMicros) / traffic.messages,
    );
    const ended = await subject.tidy();
    const tidied = await subject.process.ask('sample');
    if (ended > 0) {
      this.report.add(
        `read in hundreds and burned: CPU µs a message`,
        subject.name,
        (tidied.cpuMicros - after.cpuMicros) / ended,
      );
    }
    return traffic;
  }

  private async measureCrowds(): Promise<void> {
    const { crowd, rounds } = this.settings;
    progress(`accounts for ${crowd} connections`);
    await this.ours.prepareCrowd(crowd);
    for (let round = 1; round <= rounds; round += 1) {
      for (const subject of [this.bare, this.ours]) {
        progress(`${subject.name}: ${crowd} connections, round ${round} of ${rounds}`);
        await measureCrowd(subject, crowd, this.report);
      }
    }
  }
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(sorted.length * share)] ?? NaN;

const progress = (what: string): void => console.error(`… ${what}`);

import { AshwireSubject } from './ashwire.subject.js';
import { measureCrowd } from './crowd.js';
import { EmbeddedSite } from './embedded.site.js';
import { Measurement, SATURATED } from './measurement.js';
import { measureOperations } from './operations.js';
import type { Pair } from './pair.js';
import { progress } from './progress.js';
import { RelaySubject } from './relay.subject.js';
import { Report } from './report.js';
import type { Subject } from './subject.js';
import { saturated, steady } from './traffic.js';

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
  private readonly report: Report;
  private readonly ours = new AshwireSubject(new EmbeddedSite());
  private readonly bare = new RelaySubject();

  constructor(
    private readonly settings: Settings,
    private readonly parts: readonly Part[],
    private readonly profiles: string | undefined,
  ) {
    const names = [this.ours.name, this.bare.name] as const;
    this.report = new Report('medians', names, names);
  }

  get reports(): readonly Report[] {
    return [this.report];
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
    const pairs = await subject.spread(1, this.settings.pairs);
    await saturated(pairs, this.settings.perPair / 2, WINDOW);
    await subject.tidy();
    return { subject, pairs };
  }

  private async measureTraffic({ subject, pairs }: Contestant, round: number): Promise<void> {
    const { report, settings, profiles } = this;
    const profile = profiles === undefined ? undefined : { directory: profiles, suffix: String(round) };
    const measurement = new Measurement(subject, [[report, subject.name]], profile);
    for (const rate of settings.rates) {
      await measurement.phase(`at ${rate.toLocaleString('en')}/s`, () => steady(pairs, rate, settings.seconds));
    }
    await measurement.phase(SATURATED, () => saturated(pairs, settings.perPair, WINDOW));
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

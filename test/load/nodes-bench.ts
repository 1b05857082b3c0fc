import { AshwireSubject } from './ashwire.subject.js';
import { separateCores } from './cores.js';
import { measureCrowd } from './crowd.js';
import { EmbeddedSite } from './embedded.site.js';
import { Measurement, SATURATED } from './measurement.js';
import type { Pair } from './pair.js';
import { progress } from './progress.js';
import { RedisPair } from './redis-pair.js';
import { RelaySubject } from './relay.subject.js';
import { Report } from './report.js';
import type { Subject } from './subject.js';
import { saturated, steady } from './traffic.js';
import { TierSite } from './tier.site.js';

export const FULL_NODES = {
  /** Up and down again, so that a machine that drifts treats all alike. */
  sizes: [1, 2, 4, 8, 4, 2, 1],
  rounds: 2,
  pairs: 200,
  rate: 2_000,
  /** Sent, read and burned a second, each: what the tier is sized by. */
  lives: 1_000,
  seconds: 4,
  perPair: 120,
  /** Messages that each node has seen before it is measured, for its compiler. */
  warmUp: 10_000,
  crowd: 3_000,
};

export const SHORT_NODES: NodesSettings = {
  sizes: [1, 2],
  rounds: 1,
  pairs: 10,
  rate: 500,
  lives: 200,
  seconds: 1,
  perPair: 50,
  warmUp: 200,
  crowd: 0,
};

export type NodesSettings = typeof FULL_NODES;

/** What all subjects are compared at. */
const COMPARED = 2;
const WINDOW = 5;

/** The tier of several nodes beside a relay of several nodes, and beside the servers of one node. */
export class NodesBench {
  private readonly tier = new AshwireSubject(new TierSite());
  private readonly relay = new RelaySubject(new RedisPair(), true);
  private readonly embedded = new AshwireSubject(new EmbeddedSite(true));
  private readonly bare = new RelaySubject(undefined, true);
  private readonly alone = [this.embedded, this.bare];
  private readonly all: readonly Subject[] = [this.tier, ...this.alone, this.relay];
  private readonly comparison: Report;
  private readonly growth: ReadonlyMap<Subject, Report>;
  private readonly pairs = new Map<Subject, Pair[]>();

  constructor(
    private readonly settings: NodesSettings,
    private readonly profiles: string | undefined,
  ) {
    const { tier, relay } = this;
    const names = this.all.map(({ name }) => name);
    this.comparison = new Report(`${COMPARED} nodes`, names, [tier.name, relay.name]);
    const sizes = [...new Set(settings.sizes)].map(String);
    const ends = [sizes.at(-1) ?? '', sizes[0] ?? ''] as const;
    this.growth = new Map(
      [tier, relay].map((subject) => [subject, new Report(`${subject.name}, nodes:`, sizes, ends)]),
    );
  }

  get reports(): readonly Report[] {
    return [this.comparison, ...this.growth.values()];
  }

  async run(): Promise<void> {
    separateCores();
    try {
      for (const subject of this.all) await subject.start();
      for (const subject of this.alone) await this.enter(subject, 1);
      for (const size of this.settings.sizes) await this.measureSize(size);
      if (this.settings.crowd > 0) for (const subject of this.all) await this.measureIdle(subject);
    } finally {
      await Promise.all(this.all.map((subject) => subject.stop()));
    }
  }

  private async measureSize(size: number): Promise<void> {
    for (const subject of this.growth.keys()) await this.enter(subject, size);
    const subjects = size === COMPARED ? [...this.all] : [...this.growth.keys()];
    for (let round = 1; round <= this.settings.rounds; round += 1) {
      progress(`nodes: ${size}, round ${round} of ${this.settings.rounds}`);
      for (const subject of subjects) await this.measure(subject, size);
      subjects.reverse();
    }
  }

  private async enter(subject: Subject, size: number): Promise<void> {
    const { settings } = this;
    progress(`${subject.name}: ${settings.pairs} pairs, nodes: ${size}`);
    const pairs = await subject.spread(size, settings.pairs);
    this.pairs.set(subject, pairs);
    const perPair = Math.min(Math.ceil((settings.warmUp * size) / pairs.length), 2 * settings.perPair);
    await saturated(pairs, perPair, WINDOW);
    await subject.tidy();
  }

  private async measure(subject: Subject, size: number): Promise<void> {
    const { settings, profiles } = this;
    const { rate, lives, seconds, perPair } = settings;
    const pairs = this.pairs.get(subject) ?? [];
    const profile = profiles === undefined ? undefined : { directory: profiles, suffix: `${size}` };
    const measurement = new Measurement(subject, this.columnsOf(subject, size), profile);
    await measurement.phase(`${shown(rate)}/s`, () => steady(pairs, rate, seconds));
    await measurement.phase(SATURATED, () => saturated(pairs, perPair, WINDOW));
    // The bare relay keeps nothing that could burn.
    if (subject === this.bare) return;
    await measurement.phase(`${shown(lives)}/s sent, read, burned`, () => steady(pairs, lives, seconds, true));
  }

  private columnsOf(subject: Subject, size: number): (readonly [Report, string])[] {
    const growth = this.growth.get(subject);
    const columns: (readonly [Report, string])[] = growth ? [[growth, String(size)]] : [];
    if (size === COMPARED) columns.push([this.comparison, subject.name]);
    return columns;
  }

  private async measureIdle(subject: Subject): Promise<void> {
    const { crowd } = this.settings;
    progress(`${subject.name}: ${crowd} connections`);
    await subject.spread(this.growth.has(subject) ? COMPARED : 1, 0);
    await subject.prepareCrowd(crowd);
    await measureCrowd(subject, crowd, this.comparison);
  }
}

const shown = (rate: number): string => rate.toLocaleString('en');

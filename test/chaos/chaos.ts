import { randomBytes } from 'node:crypto';
import type { Tier } from '../../tier/tier.js';
import { dice, FaultProxy } from '../rig/fault-proxy.js';
import { Crowd } from './crowd.js';
import type { Fault } from './faults/fault.js';
import type { FrontDoor } from './front-door.js';
import { History } from './history.js';
import { filesWith, formsOf } from '../rig/files-with.js';
import type { Outcome } from './outcome.js';
import { ChaosReport } from './report.js';
import { SdkPairs } from './sdk-pairs.js';
import { auditLedger, doorOf, placesOf } from './tier-stage.js';
import { type Phases, runTrial, type TrialSubject } from './trial.js';
import { Workload, type WorkloadSize } from './workload.js';

export interface ChaosSettings {
  readonly size: WorkloadSize;
  /** With the real SDK, besides. */
  readonly sdkPairs: number;
  readonly phases: Omit<Phases, 'holdMs'>;
  readonly seed: number;
}

export const FULL: Omit<ChaosSettings, 'seed'> = {
  size: { pairs: 100, groups: 10, sendsPerSecond: 100, payingPairs: 20, ordersPerSecond: 10 },
  sdkPairs: 4,
  phases: { warmUpMs: 5_000, coolDownMs: 12_000, settleMs: 40_000 },
};

export const SHORT: Omit<ChaosSettings, 'seed'> = {
  size: { pairs: 20, groups: 3, sendsPerSecond: 30, payingPairs: 5, ordersPerSecond: 4 },
  sdkPairs: 1,
  phases: { warmUpMs: 1_500, coolDownMs: 3_000, settleMs: 15_000 },
};

const WHOLE_WITHIN_MS = 60_000;
const MOST_TOLD = 10;

/** Faults one after the other on one tier, each under a load of its own; in the end what is left of the messages is looked for. */
export async function runChaos(tier: Tier, faults: readonly Fault[], settings: ChaosSettings): Promise<ChaosReport> {
  // A multiple of four characters: what it decodes to begins with these bytes wherever it is kept decoded.
  const mark = randomBytes(24).toString('base64url');
  const outcomes: Outcome[] = [];
  for (const [index, fault] of faults.entries()) {
    progress(`${index + 1} of ${faults.length}: ${fault.name}`);
    const attempt = new Attempt(tier, fault, { ...settings, seed: settings.seed + index }, mark);
    const outcome = await attempt.run().catch((error: unknown) => brokenOff(fault, error));
    for (const { rule, what } of outcome.violations.slice(0, MOST_TOLD)) progress(`  ${rule}: ${what}`);
    outcomes.push(outcome);
  }
  progress('what is left of the messages');
  const leftovers = await filesWith(placesOf(tier), formsOf(mark));
  return new ChaosReport(outcomes, leftovers, settings.seed);
}

/** The run itself failed: no fault may stop the ones after it from being tried. */
function brokenOff({ name, story, backFrom }: Fault, error: unknown): Outcome {
  const now = Date.now();
  const what = error instanceof Error ? error.message : String(error);
  const nothing = { history: new History(), window: { from: now, until: now }, marks: [], recovery: undefined };
  const violations = [{ rule: 'broken off', what, at: now }];
  return { fault: name, story, backFrom, ...nothing, violations, audit: 'none', reconnects: 0 };
}

class Attempt {
  private proxy: FaultProxy | undefined;
  private readonly crowd = new Crowd();
  private readonly sample: SdkPairs;

  constructor(
    private readonly tier: Tier,
    private readonly fault: Fault,
    private readonly settings: ChaosSettings,
    private readonly mark: string,
  ) {
    this.sample = new SdkPairs(tier.url, mark);
  }

  async run(): Promise<Outcome> {
    const { tier, fault, settings } = this;
    const { size, phases, seed } = settings;
    try {
      await tier.healthy(WHOLE_WITHIN_MS);
      const door = await this.door();
      if (fault.crowd !== undefined) await this.crowd.gather(door, fault.crowd, dice(seed));
      await this.sample.begin(settings.sdkPairs);
      const workload = new Workload(door, size, seed, this.mark);
      const outcome = await runTrial(workload, this.subject(), { ...phases, holdMs: fault.holdMs });
      return { ...outcome, violations: [...outcome.violations, ...(await this.sample.settle())] };
    } finally {
      await this.sample.end();
      await this.crowd.end();
      await this.proxy?.close();
    }
  }

  private async door(): Promise<FrontDoor> {
    const door = doorOf(this.tier);
    if (!this.fault.needsProxy) return door;
    const to = this.tier.layout.apps.map(({ address }) => address);
    this.proxy = await FaultProxy.start({ to, seed: this.settings.seed });
    return { url: `http://${this.proxy.address}`, registerAt: door.registerAt };
  }

  private subject(): TrialSubject {
    const { tier, fault, proxy, crowd } = this;
    const { name, story, backFrom, backWithinMs } = fault;
    const scene = { tier, ...(proxy && { proxy }) };
    return {
      ...{ fault: name, story, backFrom, ...(backWithinMs !== undefined && { backWithinMs }) },
      inject: (mark) => fault.inject({ ...scene, mark }),
      heal: (mark) => fault.heal({ ...scene, mark }),
      isWhole: async () => {
        await tier.healthy(WHOLE_WITHIN_MS);
        await crowd.whole(WHOLE_WITHIN_MS);
      },
      audit: () => auditLedger(tier),
    };
  }
}

const progress = (what: string): void => void process.stderr.write(`… ${what}\n`);

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Profile } from '../../src/config/config.schema.js';
import { type DeepPartial, merge } from '../../src/config/deep-partial.js';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { LIMITS } from '../../src/protocol/limits.js';
import type { Program } from './measured-process.js';
import type { RedisPair } from './redis-pair.js';

/** What the nodes of a tier stand on, and how one is started. */
export interface Site {
  readonly name: string;
  readonly redis?: RedisPair;
  start(): Promise<void>;
  program(): Program;
  stop(): Promise<void>;
}

const WIDE = { points: 1_000_000_000, perMs: 60_000 };
const WIDE_BUCKET = { burst: 1_000_000_000, perSecond: 1_000_000 };

/** Every rule is checked as always; only the numbers are out of the way, and registering costs no work. */
const WIDE_LIMITS: DeepPartial<Profile> = {
  registration: { proofOfWork: { cost: 1, baseTries: 1, maxTries: 1 } },
  payments: { maxPerDay: LIMITS.paymentAmount, maxPerOrder: LIMITS.paymentAmount },
  limits: {
    registrationPerAddress: WIDE,
    challengePerAddress: WIDE,
    challengePerAccount: WIDE,
    httpPerAddress: WIDE,
    invitationTriesPerUser: WIDE,
    groupsCreatedPerUser: WIDE,
    paymentOrdersPerUser: WIDE,
    messagesPerConversation: WIDE_BUCKET,
    eventsPerSocket: WIDE_BUCKET,
    socketsPerAddress: 20_000,
  },
  logLevel: 'warn',
};

/** The real server, started as `npm start` starts it, with the profile of a tier and a directory of its own. */
export class SiteDirectory {
  readonly path = mkdtempSync(join(tmpdir(), 'ashwire-bench-'));

  constructor(private readonly tier: Profile['tier']) {}

  writeProfile(change: (profile: Record<string, unknown>) => unknown = (profile) => profile): void {
    const profile = parse(readFileSync(join(PACKAGE_ROOT, 'config', `${this.tier}.yaml`), 'utf8')) as object;
    writeFileSync(
      join(this.path, `${this.tier}.yaml`),
      JSON.stringify(change(merge(profile, WIDE_LIMITS) as Record<string, unknown>)),
    );
  }

  program(environment: NodeJS.ProcessEnv, pinned: boolean): Program {
    const own = { ASHWIRE_TIER: this.tier, ASHWIRE_CONFIG_DIR: this.path, ASHWIRE_DATA_DIR: join(this.path, 'data') };
    return { file: MAIN, environment: { ...own, ...environment }, flags: flagsOfStart(), pinned };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const MAIN = new URL('../../src/main.js', import.meta.url);

/** What `npm start` tells Node, before the program. */
function flagsOfStart(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const [, ...words] = scripts.start.split(' ');
  return words.slice(
    0,
    words.findIndex((word) => !word.startsWith('--')),
  );
}

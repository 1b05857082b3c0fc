import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Profile } from '../../src/config/config.schema.js';
import { type DeepPartial, merge } from '../../src/config/deep-partial.js';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { LIMITS } from '../../src/protocol/limits.js';
import { ask, befriend, RawPerson } from '../rig/raw-person.js';
import { freePort } from '../rig/server.js';
import { AshwirePair } from './ashwire-pair.js';
import { atOnce } from './at-once.js';
import { MeasuredProcess } from './measured-process.js';
import type { Pair } from './pair.js';
import type { Subject } from './subject.js';

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
  },
};

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

/** The real server, started as `npm start` starts it, on an empty data directory. */
export class AshwireSubject implements Subject {
  readonly name = 'ashwire';
  process!: MeasuredProcess;
  private readonly paired: RawPerson[] = [];
  private readonly crowd: RawPerson[] = [];
  private readonly pairs: AshwirePair[] = [];
  private readonly directory = mkdtempSync(join(tmpdir(), 'ashwire-bench-'));
  private port: number | undefined;
  private joined = 0;

  constructor() {
    const profile: unknown = parse(readFileSync(join(PACKAGE_ROOT, 'config', 'embedded.yaml'), 'utf8'));
    writeFileSync(join(this.directory, 'embedded.yaml'), JSON.stringify(merge(profile, WIDE_LIMITS)));
  }

  async start(): Promise<void> {
    this.port ??= await freePort();
    const environment = {
      ASHWIRE_TIER: 'embedded',
      ASHWIRE_CONFIG_DIR: this.directory,
      ASHWIRE_DATA_DIR: join(this.directory, 'data'),
      PORT: String(this.port),
    };
    this.process = await MeasuredProcess.start(MAIN, environment, flagsOfStart());
  }

  async pair(): Promise<Pair> {
    const [one, other] = [await RawPerson.register(this.process.url), await RawPerson.register(this.process.url)];
    this.paired.push(one, other);
    const conversationId = await befriend(one, other);
    const [from, to] = [await one.connect(), await other.connect()];
    const welcomed = [{ userId: other.tokens.userId, deviceId: other.deviceId }];
    const reset = { conversationId, baseEpoch: 0, kind: 'reset', welcome: 'welcome', welcomed };
    const { ok } = await ask(from, 'handshake:submit', reset);
    if (!ok) throw new Error('the handshake was refused');
    const pair = new AshwirePair(from, to, conversationId);
    this.pairs.push(pair);
    return pair;
  }

  /** Reads and burns everything. */
  async tidy(): Promise<number> {
    const counts = await Promise.all(this.pairs.map((pair) => pair.read()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** As many accounts as it takes with the sockets that one may have; new ones, whose access tokens last for the part. */
  prepareCrowd(size: number): Promise<void> {
    return atOnce(4, Math.ceil(size / LIMITS.socketsPerUser), async () => {
      this.crowd.push(await RawPerson.register(this.process.url));
    });
  }

  async join(): Promise<void> {
    await (this.crowd[this.joined++ % this.crowd.length] as RawPerson).connect();
  }

  /** The accounts stay. */
  async restart(): Promise<void> {
    await this.leave();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.leave();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async leave(): Promise<void> {
    for (const person of [...this.paired, ...this.crowd]) person.disconnect();
    await this.process.stop();
  }
}

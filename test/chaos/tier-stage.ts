import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Profile } from '../../src/config/config.schema.js';
import type { DeepPartial } from '../../src/config/deep-partial.js';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { Tier } from '../../tier/tier.js';
import { FAKE_TIME } from '../rig/fake-time.js';
import type { FrontDoor } from './front-door.js';

const DISK_BYTES = 1024 * 1024 * 1024;
const DATABASES = ['mysql-1', 'mysql-2'];
/** So that messages expire within a run. */
const LIFE_MS = 20_000;
const WIDE = { points: 1_000_000, perMs: 60_000 };

/** The limits that one client machine with many people would meet are out of the way; those of a person hold. */
const OVERRIDES: DeepPartial<Profile> = {
  registration: { proofOfWork: { cost: 1, baseTries: 1, maxTries: 1 } },
  limits: {
    registrationPerAddress: WIDE,
    challengePerAddress: WIDE,
    httpPerAddress: WIDE,
    invitationTriesPerUser: WIDE,
    paymentOrdersPerUser: WIDE,
    socketsPerAddress: 20_000,
  },
  messages: { lifeMs: LIFE_MS },
  drain: { windowMs: 3_000 },
};

export const clockFile = (directory: string): string => join(directory, 'clock');

/** A tier whose databases have a small disk each and whose second node has a clock that can be set. */
export async function raiseTier(directory: string, suffix: string): Promise<Tier> {
  if (!existsSync(FAKE_TIME)) throw new Error(`${FAKE_TIME} is missing: apt-get install faketime`);
  mkdirSync(directory, { recursive: true });
  writeFileSync(clockFile(directory), '+0\n');
  for (const name of DATABASES) mountDisk(join(directory, name));
  const clock = { LD_PRELOAD: FAKE_TIME, FAKETIME_TIMESTAMP_FILE: clockFile(directory), FAKETIME_CACHE_DURATION: '1' };
  const raised = Tier.up({
    directory,
    suffix,
    separateApps: true,
    restartAfterMs: 1_000,
    overrides: OVERRIDES,
    unlimited: ['10.0.0.0/8'],
    environment: { 'app-2': { ...clock, DONT_FAKE_MONOTONIC: '1' } },
  });
  return raised.catch((error: unknown) => {
    unmountDisks(directory);
    throw error;
  });
}

export async function razeTier(tier: Tier): Promise<void> {
  await tier.down();
  unmountDisks(tier.layout.directory);
}

function unmountDisks(directory: string): void {
  for (const name of DATABASES) execFileSync('umount', [join(directory, name)]);
}

export const doorOf = (tier: Tier): FrontDoor => ({
  url: tier.url,
  registerAt: tier.appUrl('app-1'),
  authority: readFileSync(tier.certificateFile, 'utf8'),
});

/** The last line of the audit; throws with all of it when a row is wrong. */
export async function auditLedger(tier: Tier): Promise<string> {
  const app = tier.planned.find(({ name }) => name === 'app-1');
  const settings = Object.entries(app?.environment ?? {}).map(([name, value]) => `${name}=${value}`);
  const program = [process.execPath, join(PACKAGE_ROOT, 'dist/src/ledger-audit.js'), '--tier', '100k'];
  const said = await tier.exec(app?.machine ?? 1, 'env', [...settings, ...program]);
  return said.trim().split('\n').at(-1) ?? '';
}

/** Every file of every process. */
export const placesOf = (tier: Tier): string[] => [
  ...Object.values(tier.dataDirectories),
  ...tier.processes.map(({ name }) => tier.logFile(name)),
];

function mountDisk(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const options = `size=${DISK_BYTES},mode=0700`;
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'ashwire-chaos', directory]);
}

/** Writes until nothing more fits. */
export function fillDisk(file: string): void {
  const descriptor = openSync(file, 'w');
  for (let size = 1024 * 1024; size >= 512;) if (!fits(descriptor, size)) size /= 2;
  closeSync(descriptor);
}

function fits(descriptor: number, bytes: number): boolean {
  try {
    return writeSync(descriptor, Buffer.alloc(bytes)) === bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

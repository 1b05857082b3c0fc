import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Profile, Secrets } from './config.schema.js';
import type { DeepPartial } from './deep-partial.js';
import { redisPorts } from './impossible-pairs.js';
import { createSecretFile } from './secret-file.js';

type Name = keyof Secrets;
type Found = { -readonly [N in Name]?: string };

interface Kind {
  readonly what: string;
  readonly accepts: (value: string) => boolean;
  /** Absent: somebody else's secret, which cannot be made here. */
  readonly make?: () => string;
}

const RANDOM_KEY: Kind = {
  what: '32 random bytes in base64url',
  accepts: (value) => /^[A-Za-z0-9_-]{43}$/.test(value),
  make: () => randomBytes(32).toString('base64url'),
};

const PASSWORD: Kind = { what: 'a password', accepts: (value) => value !== '' };

const KINDS: Readonly<Record<Name, Kind>> = {
  accessTokenKey: {
    what: 'an Ed25519 private key in PKCS#8 PEM',
    accepts: isEd25519PrivateKey,
    make: () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim(),
  },
  proofOfWorkKey: RANDOM_KEY,
  blindingKey: RANDOM_KEY,
  databasePassword: PASSWORD,
  redisPassword: PASSWORD,
  paymentProviderKey: {
    what: '32 random bytes in base64',
    accepts: (value) => /^[A-Za-z0-9+/]{43}=$/.test(value),
  },
};

export interface SecretsRequest {
  /** Not yet checked. */
  readonly profile: DeepPartial<Profile>;
  readonly environment: NodeJS.ProcessEnv;
  readonly dataDirectory: string;
}

export interface ReadSecrets {
  readonly problems: readonly string[];
  /** To be called only when nothing at all is wrong: on the embedded tier it makes what is missing. */
  readonly complete: () => Secrets;
}

/** Each secret from ASHWIRE_<NAME> or the file named by ASHWIRE_<NAME>_FILE; on the embedded tier else from beside the data. */
export function readSecrets(request: SecretsRequest): ReadSecrets {
  const { profile, environment, dataDirectory } = request;
  const problems: string[] = [];
  const found: Found = {};
  const toMake: Name[] = [];
  for (const name of neededSecrets(profile)) {
    const made =
      profile.tier === 'embedded' && KINDS[name].make !== undefined ? secretPath(dataDirectory, name) : undefined;
    const { value, problem } = readSecret(name, environment, made);
    if (problem !== undefined) problems.push(problem);
    else if (value !== undefined) found[name] = value;
    else toMake.push(name);
  }
  const complete = (): Secrets => {
    for (const name of toMake) found[name] = makeSecret(name, dataDirectory);
    return found as Secrets;
  };
  return { problems, complete };
}

function neededSecrets({ adapters }: DeepPartial<Profile>): Name[] {
  const needed: Name[] = ['accessTokenKey', 'proofOfWorkKey', 'blindingKey'];
  if (adapters?.database?.kind === 'mysql') needed.push('databasePassword');
  if (adapters?.paymentProvider?.kind === 'webhook') needed.push('paymentProviderKey');
  if (redisPorts(adapters).length > 0) needed.push('redisPassword');
  return needed;
}

interface Reading {
  readonly value?: string;
  readonly problem?: string;
}

function readSecret(name: Name, environment: NodeJS.ProcessEnv, madeFile: string | undefined): Reading {
  const variable = `ASHWIRE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
  const inline = environment[variable];
  const file = environment[`${variable}_FILE`];
  if (inline && file) return { problem: `${variable} and ${variable}_FILE are both set; keep one.` };
  if (inline) return checked(name, inline, `The value of ${variable}`);
  if (file) return readFile(name, file, `${variable}_FILE names ${file}`);
  if (madeFile === undefined) {
    return { problem: `The secret ${variable} is missing: set it, or ${variable}_FILE, to ${KINDS[name].what}.` };
  }
  return statSync(madeFile, { throwIfNoEntry: false }) ? readFile(name, madeFile, `The secret is in ${madeFile}`) : {};
}

function readFile(name: Name, file: string, source: string): Reading {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return { problem: `${source}, which is not a file.` };
  // Windows has no such mode bits.
  if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
    return { problem: `${source}, which others on this machine can read; run: chmod 600 ${file}` };
  }
  try {
    return checked(name, readFileSync(file, 'utf8').trim(), `${source}, whose content`);
  } catch (error) {
    return {
      problem: `${source}, which cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    };
  }
}

/** Says what is expected and never what was found. */
function checked(name: Name, value: string, source: string): Reading {
  return KINDS[name].accepts(value) ? { value } : { problem: `${source} is not ${KINDS[name].what}.` };
}

function makeSecret(name: Name, dataDirectory: string): string {
  const kind = KINDS[name];
  if (kind.make === undefined) throw new Error(`${name} cannot be made here.`);
  return createSecretFile(secretPath(dataDirectory, name), kind.make()).trim();
}

function secretPath(dataDirectory: string, name: Name): string {
  return join(
    dataDirectory,
    'secrets',
    name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  );
}

function isEd25519PrivateKey(value: string): boolean {
  try {
    return createPrivateKey(value).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { missingAdapters } from './built-adapters.js';
import { ConfigError } from './config-error.js';
import { profileSchema, type AshwireConfig, type Profile, type Secrets } from './config.schema.js';
import { isTree, merge, type DeepPartial } from './deep-partial.js';
import { impossiblePairs } from './impossible-pairs.js';
import { PACKAGE_ROOT, packageVersion } from './package-root.js';
import { readSecrets, type ReadSecrets } from './secrets.js';
import { parseProfile } from './shape-problems.js';

export interface LoadOptions {
  readonly tier?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly profileDirectory?: string;
  /** Refuses a profile that asks for adapters that do not exist, instead of falling back to something that promises less. */
  readonly mustBeBuilt?: boolean;
  /** For tests: laid over the profile before it is checked. */
  readonly overrides?: DeepPartial<Profile>;
}

/**
 * Reads the profile of a tier (the argument, else ASHWIRE_TIER, else embedded), the few settings that the environment may
 * change (PORT, ASHWIRE_HOST, ASHWIRE_PUBLIC_URL, ASHWIRE_DATA_DIR, ASHWIRE_CONFIG_DIR) and the secrets.
 * @throws ConfigError with everything that is wrong; then nothing was written either.
 */
export function loadConfig(options: LoadOptions = {}): AshwireConfig {
  const environment = options.environment ?? process.env;
  const tier = options.tier ?? (environment['ASHWIRE_TIER'] || 'embedded');
  const tiers: readonly string[] = profileSchema.shape.tier.options;
  if (!tiers.includes(tier)) throw new ConfigError([`There is no tier "${tier}"; there are ${tiers.join(', ')}.`]);

  const folder = options.profileDirectory ?? (environment['ASHWIRE_CONFIG_DIR'] || join(PACKAGE_ROOT, 'config'));
  const file = join(folder, `${tier}.yaml`);
  const fromEnvironment = readEnvironment(environment);
  const data = merge(merge(readProfile(file), fromEnvironment.settings), options.overrides);
  const dataDirectory = resolve(environment['ASHWIRE_DATA_DIR'] || join('data', tier));

  const { profile, problems } = parseProfile(file, data);
  const secrets = readSecrets({ profile: isTree(data) ? data : {}, environment, dataDirectory });
  // Alone: no other mending would make such a profile start.
  const missing = options.mustBeBuilt && profile ? missingAdapters(profile) : [];
  if (missing.length > 0) throw new ConfigError(missing, `The profile ${tier} needs adapters that are not built yet:`);
  const all = [...problems, ...wrongTier(file, tier, data), ...fromEnvironment.problems];
  all.push(...impossiblePairs(data).map((problem) => `${file}: ${problem}`), ...secrets.problems);
  if (profile === undefined || all.length > 0) throw new ConfigError(all);
  return {
    ...profile,
    secrets: completeOnDisk(profile, dataDirectory, secrets),
    dataDirectory,
    version: packageVersion(),
  };
}

function completeOnDisk(profile: Profile, dataDirectory: string, secrets: ReadSecrets): Secrets {
  try {
    if (profile.adapters.database.kind === 'sqlite') mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    return secrets.complete();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ConfigError([`The data directory ${dataDirectory} cannot be used (${code ?? message}).`]);
  }
}

export function readProfile(file: string): unknown {
  if (!existsSync(file)) throw new ConfigError([`The profile ${file} does not exist.`]);
  const document = parseDocument(readFileSync(file, 'utf8'));
  if (document.errors.length > 0) throw new ConfigError(document.errors.map(({ message }) => `${file}: ${message}`));
  return document.toJS();
}

function wrongTier(file: string, tier: string, data: unknown): string[] {
  const named = isTree(data) ? data['tier'] : undefined;
  return typeof named === 'string' && named !== tier
    ? [`${file}: tier is ${named}, but the file is read as ${tier}.`]
    : [];
}

function readEnvironment(environment: NodeJS.ProcessEnv): { settings: DeepPartial<Profile>; problems: string[] } {
  const port = environment['PORT'];
  const host = environment['ASHWIRE_HOST'];
  const publicUrl = environment['ASHWIRE_PUBLIC_URL'];
  const portIsWrong = port ? !/^\d{1,5}$/.test(port) || Number(port) > 65_535 : false;
  const http = {
    ...(port && !portIsWrong && { port: Number(port) }),
    ...(host && { host }),
    ...(publicUrl && { publicUrl }),
  };
  return {
    settings: { http },
    problems: portIsWrong ? [`PORT must be a whole number from 0 to 65535, not "${port}".`] : [],
  };
}

import { join, resolve } from 'node:path';
import { readFileSync, statSync } from 'node:fs';
import { ConfigError } from './config-error.js';
import { profileSchema, type Profile } from './config.schema.js';
import { isTree } from './deep-partial.js';
import { readProfile } from './load-config.js';
import { PACKAGE_ROOT } from './package-root.js';

export type MysqlPlace = Extract<Profile['adapters']['database'], { kind: 'mysql' }>;

export interface DatabaseAccess {
  readonly place: MysqlPlace;
  readonly password: string;
  /** PEM file of those who sign the servers' certificates; undefined without TLS or with the system's. */
  readonly authoritiesFile?: string;
  /** For the programs that are run on it. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Where the database of a tier is, for tools that need nothing else of the configuration, and the password of `account` from
 * ASHWIRE_<ACCOUNT>_PASSWORD or the file that ASHWIRE_<ACCOUNT>_PASSWORD_FILE names.
 * @throws ConfigError
 */
export function readDatabaseAccess(
  account: 'backup' | 'restore',
  tier: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): DatabaseAccess {
  const name = tier ?? (environment['ASHWIRE_TIER'] || '100k');
  if (!(profileSchema.shape.tier.options as readonly string[]).includes(name)) {
    throw new ConfigError([`There is no tier "${name}".`]);
  }
  const folder = environment['ASHWIRE_CONFIG_DIR'] || join(PACKAGE_ROOT, 'config');
  const data = readProfile(join(folder, `${name}.yaml`));
  const adapters = isTree(data) && isTree(data['adapters']) ? data['adapters'] : {};
  const { data: place, error } = profileSchema.shape.adapters.shape.database.safeParse(adapters['database']);
  if (!place) throw new ConfigError([`adapters.database of the profile ${name}: ${error.message}`]);
  if (place.kind !== 'mysql') {
    throw new ConfigError([
      `The database of the tier ${name} is a SQLite file: stop the server and copy its data directory.`,
    ]);
  }
  const authorities = place.tls?.authoritiesFile;
  const dataDirectory = resolve(environment['ASHWIRE_DATA_DIR'] || join('data', name));
  return {
    place,
    environment,
    password: readPassword(`ASHWIRE_${account.toUpperCase()}_PASSWORD`, environment),
    ...(authorities !== undefined && { authoritiesFile: resolve(dataDirectory, authorities) }),
  };
}

function readPassword(variable: string, environment: NodeJS.ProcessEnv): string {
  const file = environment[`${variable}_FILE`];
  if (!file) {
    const password = environment[variable];
    if (password) return password;
    throw new ConfigError([`The password is missing: set ${variable}_FILE to the name of its file, or ${variable}.`]);
  }
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw new ConfigError([`${variable}_FILE names ${file}, which is not a file.`]);
  if ((stat.mode & 0o077) !== 0) {
    throw new ConfigError([`Others on this machine can read ${file}; run: chmod 600 ${file}`]);
  }
  return readFileSync(file, 'utf8').trim();
}

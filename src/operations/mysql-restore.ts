import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Backup, BackupDirectory } from './backup-directory.js';
import { DUMP } from './mysql-backup.js';
import type { MysqlClient } from './mysql-client.js';
import { OperatorError } from './operator-error.js';

/** The server numbers what it takes in itself; the log's own numbers would come too late. */
const NUMBERS = /^(?:\/\*M?!\d+ )?SET @@session\.(?:gtid_\w+|server_id)/i;

export interface RestoreOptions {
  readonly until?: Date;
  /** Instead of the one that was backed up. */
  readonly database?: string;
  /** Drops what is there. */
  readonly force: boolean;
}

/**
 * Brings back the last full backup and what came after it, up to a moment. Everything is verified before the server is touched.
 * Returns the names of the backups.
 */
export async function restore(
  client: MysqlClient,
  directory: BackupDirectory,
  { until, database = client.database, force }: RestoreOptions,
): Promise<string[]> {
  const chain = chainOf(await directory.list(), directory.path, until);
  for (const backup of chain) await directory.verify(backup);
  await makeEmpty(client, database, force);
  const [full, ...increments] = chain;
  if (!full) return [];
  await load(client, full, database);
  for (const increment of increments) await replay(client, increment, { database, ...(until && { until }) });
  return chain.map(({ name }) => name);
}

/** @throws OperatorError where something between is missing */
function chainOf(backups: readonly Backup[], path: string, until: Date | undefined): Backup[] {
  const isEarly = ({ takenAt }: Backup): boolean => until === undefined || new Date(takenAt) <= until;
  const start = backups.findLastIndex((backup) => backup.kind === 'full' && isEarly(backup));
  if (start < 0) {
    throw new OperatorError(`There is no full backup in ${path}${until ? ` from before ${until.toISOString()}` : ''}.`);
  }
  const chain = backups.slice(start, start + 1);
  for (const backup of backups.slice(start + 1)) {
    if (backup.kind === 'full') break;
    const last = chain.at(-1);
    if (backup.after !== last?.upTo) {
      throw new OperatorError(`A backup between ${last?.name ?? ''} and ${backup.name} is missing.`);
    }
    chain.push(backup);
    if (!isEarly(backup)) break;
  }
  return chain;
}

async function makeEmpty(client: MysqlClient, database: string, force: boolean): Promise<void> {
  if (!/^\w+$/.test(database)) throw new OperatorError(`"${database}" is no name for a database.`);
  const tables = await client.value(`COUNT(*) FROM information_schema.tables WHERE table_schema = '${database}'`);
  if (tables !== '0' && !force) {
    throw new OperatorError(
      `The database ${database} has ${tables} tables. Restore into an empty one, or add --force to drop them.`,
    );
  }
  await client.execute(
    `DROP DATABASE IF EXISTS \`${database}\`; CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;`,
  );
}

async function load(client: MysqlClient, { folder }: Backup, database: string): Promise<void> {
  const target = client.run('mariadb', ['--batch', database], true);
  target.output.resume();
  await Promise.all([pipeline(createReadStream(join(folder, DUMP)), createGunzip(), target.input), target.done]);
}

/** The rows of a log, in their transactions. */
async function replay(
  client: MysqlClient,
  { folder, files, after, upTo, database: source }: Backup,
  { until, database }: { readonly until?: Date; readonly database: string },
): Promise<void> {
  if (after === upTo) return;
  const from = [`--start-position=${after}`, `--stop-position=${upTo}`, `--database=${source}`];
  const renamed = source === database ? [] : [`--rewrite-db=${source}->${database}`];
  const stop = until ? [`--stop-datetime=${until.toISOString().slice(0, 19).replace('T', ' ')}`] : [];
  const logs = files.map(({ name }) => join(folder, name));
  const reading = client.run('mariadb-binlog', [...from, ...renamed, ...stop, ...logs], false);
  const target = client.run('mariadb', ['--batch', '--binary-mode', database], true);
  target.output.resume();
  const lines = createInterface({ input: reading.output.setEncoding('latin1'), crlfDelay: Infinity });
  const [warnings] = await Promise.all([reading.done, pipeline(lines, unnumbered, target.input), target.done]);
  if (warnings !== '' && !until) throw new OperatorError(`The backup in ${folder} is not complete: ${warnings}`);
}

async function* unnumbered(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const line of lines) if (!NUMBERS.test(line)) yield Buffer.from(`${line}\n`, 'latin1');
}

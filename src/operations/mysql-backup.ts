import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { BackupDirectory } from './backup-directory.js';
import type { MysqlClient } from './mysql-client.js';
import { OperatorError } from './operator-error.js';

export const DUMP = 'dump.sql.gz';
const POSITION = /SET GLOBAL gtid_slave_pos='([^']+)'/;
const COMPLETED = '-- Dump completed';
/** The position and the last line are in the end of a dump; a row that looks like them is not. */
const END_BYTES = 2_000;

/** Everything as of one moment, read in a snapshot that keeps nobody from writing. Returns the name of the backup. */
export function backUpFully(client: MysqlClient, directory: BackupDirectory): Promise<string> {
  return directory.add('full', async (folder) => {
    const takenAt = await timeOf(client);
    const consistent = ['--single-transaction', '--master-data=2', '--gtid', '--no-tablespaces'];
    const dump = client.run('mariadb-dump', [...consistent, '--hex-blob', '--quick', client.database], true);
    const end = new EndOfStream();
    const file = createWriteStream(join(folder, DUMP), { mode: 0o600 });
    await Promise.all([pipeline(dump.output, end, createGzip(), file), dump.done]);
    const [, upTo] = POSITION.exec(end.text) ?? [];
    if (upTo === undefined || !end.text.includes(COMPLETED)) throw new OperatorError('The dump broke off.');
    return { database: client.database, after: '', upTo, takenAt };
  });
}

/** What was committed since the last backup in the directory, out of the binary log. */
export async function backUpIncrementally(client: MysqlClient, directory: BackupDirectory): Promise<string> {
  const last = (await directory.list()).at(-1);
  if (!last) throw new OperatorError(`There is no backup in ${directory.path} to go on from: make a full one first.`);
  if (last.database !== client.database) {
    throw new OperatorError(`The backups in ${directory.path} are of the database ${last.database}.`);
  }
  return directory.add('incremental', async (folder) => {
    const takenAt = await timeOf(client);
    const upTo = await client.value('@@gtid_binlog_pos');
    const log = client.run(
      'mariadb-binlog',
      [
        ...['--read-from-remote-server', '--raw', '--to-last-log', `--start-position=${last.upTo}`],
        // It does not look into what it copies, so it would miss the position; the copy is read through below.
        '--skip-gtid-strict-mode',
        ...[`--result-file=${folder}/`, await firstLog(client)],
      ],
      true,
    );
    log.output.resume();
    await log.done.catch((error: unknown) => {
      throw new OperatorError(
        `The binary log cannot be read from ${last.upTo} on, where ${last.name} ends; if it does not reach back that far, make a full backup. ${String(error)}`,
      );
    });
    await readThrough(client, folder, last.upTo, upTo);
    return { database: client.database, after: last.upTo, upTo, takenAt };
  });
}

async function readThrough(client: MysqlClient, folder: string, after: string, upTo: string): Promise<void> {
  if (after === upTo) return;
  const logs = (await readdir(folder)).sort().map((name) => join(folder, name));
  const range = [`--start-position=${after}`, `--stop-position=${upTo}`];
  const reading = client.run('mariadb-binlog', [...range, ...logs], false);
  reading.output.resume();
  const warnings = await reading.done;
  if (warnings !== '') throw new OperatorError(`The copy of the binary log is not complete: ${warnings}`);
}

const timeOf = async (client: MysqlClient): Promise<string> =>
  new Date(Number(await client.value('UNIX_TIMESTAMP(NOW(3)) * 1000'))).toISOString();

/** The program wants one; the position says where it really begins. */
async function firstLog(client: MysqlClient): Promise<string> {
  const asked = client.run('mariadb', ['--batch', '--skip-column-names', '--execute=SHOW BINARY LOGS'], true);
  let listed = '';
  for await (const chunk of asked.output) listed += String(chunk);
  await asked.done;
  return listed.split('\t')[0] ?? '';
}

/** Passes everything on and remembers the end. */
class EndOfStream extends Transform {
  private last: Buffer = Buffer.alloc(0);

  get text(): string {
    return this.last.toString('latin1');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, data: Buffer) => void): void {
    this.last = Buffer.concat([this.last, chunk]).subarray(-END_BYTES);
    done(null, chunk);
  }
}

import { parseArgs } from 'node:util';
import { readDatabaseAccess } from '../config/database-access.js';
import { BackupDirectory } from './backup-directory.js';
import { MysqlClient } from './mysql-client.js';
import { restore } from './mysql-restore.js';
import { OperatorError } from './operator-error.js';
import { runAsOperator } from './run-as-operator.js';

const USAGE = `npm run restore -- --from DIRECTORY              the last full backup there and what came after it
npm run restore -- --from DIRECTORY --until TIME  as it was then, such as 2026-03-01T09:30:00Z
Into an empty database; --force drops what is there; --to-database NAME takes another database than the profile's.
Add --tier NAME for another tier than 100k. The password of the account restore: ASHWIRE_RESTORE_PASSWORD_FILE.`;

/** For an operator: brings back what npm run backup has written. No application node may run meanwhile. */
runAsOperator(USAGE, async () => {
  const { values } = parseArgs({
    options: {
      ...{ from: { type: 'string' }, until: { type: 'string' }, 'to-database': { type: 'string' } },
      ...{ force: { type: 'boolean', default: false }, tier: { type: 'string' } },
    } as const,
  });
  if (!values.from) throw new OperatorError(USAGE);
  const until = values.until === undefined ? {} : { until: timeOf(values.until) };
  const database = values['to-database'] === undefined ? {} : { database: values['to-database'] };
  const client = await MysqlClient.toPrimary(readDatabaseAccess('restore', values.tier), 'restore');
  const options = { ...until, ...database, force: values.force };
  const names = await restore(client, new BackupDirectory(values.from), options);
  return `Restored ${names.join(', ')}. Now run: npm run ledger:audit`;
});

function timeOf(text: string): Date {
  const time = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(time.getTime())) {
    throw new OperatorError(`"${text}" is no time with a time zone, such as 2026-03-01T09:30:00Z.`);
  }
  return time;
}

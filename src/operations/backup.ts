import { parseArgs } from 'node:util';
import { readDatabaseAccess } from '../config/database-access.js';
import { BackupDirectory } from './backup-directory.js';
import { backUpFully, backUpIncrementally } from './mysql-backup.js';
import { MysqlClient } from './mysql-client.js';
import { OperatorError } from './operator-error.js';
import { runAsOperator } from './run-as-operator.js';

const USAGE = `npm run backup -- --to DIRECTORY                 everything, as of now
npm run backup -- --to DIRECTORY --incremental   what came after the last backup there
Add --tier NAME for another tier than 100k. The password of the account backup: ASHWIRE_BACKUP_PASSWORD_FILE.`;

/** For an operator: the SQL database into files, while the service goes on. */
runAsOperator(USAGE, async () => {
  const { values } = parseArgs({
    options: { to: { type: 'string' }, incremental: { type: 'boolean' }, tier: { type: 'string' } },
  });
  if (!values.to) throw new OperatorError(USAGE);
  const client = await MysqlClient.toPrimary(readDatabaseAccess('backup', values.tier), 'backup');
  const directory = new BackupDirectory(values.to);
  const name = await (values.incremental ? backUpIncrementally : backUpFully)(client, directory);
  return `The backup ${name} is in ${values.to}.`;
});

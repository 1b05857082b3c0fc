import type { DatabaseSchema } from '../../platform/database/database.port.js';
import { CreateGroup1700000004000 } from './adapters/create-group-tables.migration.js';
import { GroupCounterRow, GroupMemberRow, GroupRow } from './adapters/group.rows.js';

export const groupSchema: DatabaseSchema = {
  rows: [GroupRow, GroupMemberRow, GroupCounterRow],
  migrations: [CreateGroup1700000004000],
};

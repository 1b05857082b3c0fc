import type { DatabaseSchema } from '../../platform/database/database.port.js';
import { CreateUserTables1700000001000 } from './adapters/create-user-tables.migration.js';
import { RegistrationInvitationRow, ROWS_OF_A_USER } from './adapters/user.rows.js';

export const userSchema: DatabaseSchema = {
  rows: [...ROWS_OF_A_USER, RegistrationInvitationRow],
  migrations: [CreateUserTables1700000001000],
};

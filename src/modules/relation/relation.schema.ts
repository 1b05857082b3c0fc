import type { DatabaseSchema } from '../../platform/database/database.port.js';
import { CreateRelation1700000002000 } from './adapters/create-relation-tables.migration.js';
import {
  FriendCounterRow,
  FriendInvitationRow,
  FriendRequestRow,
  FriendshipRow,
  UserBlockRow,
} from './adapters/relation.rows.js';

export const relationSchema: DatabaseSchema = {
  rows: [FriendshipRow, FriendCounterRow, FriendRequestRow, FriendInvitationRow, UserBlockRow],
  migrations: [CreateRelation1700000002000],
};

import type { DatabaseSchema } from '../../../platform/database/database.port.js';
import { CreateChat1700000003000, GroupHandshakes1700000005000 } from './chat.migrations.js';
import { ConversationMemberRow, ConversationRow, HandshakeRow, HandshakeWelcomeRow } from './chat.rows.js';

export const chatSchema: DatabaseSchema = {
  rows: [ConversationRow, ConversationMemberRow, HandshakeRow, HandshakeWelcomeRow],
  migrations: [CreateChat1700000003000, GroupHandshakes1700000005000],
};

import 'reflect-metadata';
import { SqliteDatabase } from '../../../platform/database/adapters/sqlite-database.js';
import { ManualClock } from '../../../shared/clock.js';
import { describeConversationStoreContract } from '../ports/conversation.store.contract.js';
import { chatSchema } from './chat.schema.js';
import { TypeormConversationStore } from './typeorm-conversation.store.js';

describeConversationStoreContract(async () => {
  const clock = new ManualClock();
  return { clock, store: new TypeormConversationStore(await SqliteDatabase.open(':memory:', chatSchema), clock) };
});

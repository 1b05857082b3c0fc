import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { SqliteDatabase } from '../../../platform/database/adapters/sqlite-database.js';
import type { Database } from '../../../platform/database/database.port.js';
import { Outbox, outboxSchema } from '../../../platform/database/outbox.js';
import { InProcessEventBus } from '../../../platform/event-bus/adapters/in-process-event-bus.js';
import { PayloadValidators } from '../../../platform/validation/payload-validator.js';
import { describeOnDatabases } from '../../../platform/database/spec/databases.fixture.js';
import { ManualClock } from '../../../shared/clock.js';
import { describeConversationStoreContract } from '../ports/conversation.store.contract.js';
import { chatSchema } from './chat.schema.js';
import { TypeormConversationStore } from './typeorm-conversation.store.js';

const outboxOf = (database: Database): Outbox =>
  new Outbox(database, new InProcessEventBus(new PayloadValidators()), () => undefined);

describeOnDatabases((open) =>
  describeConversationStoreContract(async () => {
    const clock = new ManualClock();
    const database = await open(outboxSchema, chatSchema);
    return { clock, store: new TypeormConversationStore(database, outboxOf(database), clock) };
  }),
);

describe('TypeormConversationStore', () => {
  it('keeps epochs and wishes of conversations from before there were groups', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ashwire-'));
    const file = join(directory, 'a.sqlite');
    const [conversationId, alice] = ['c'.repeat(22), 'a'.repeat(22)];
    const [first] = chatSchema.migrations;
    const before = await SqliteDatabase.open(file, { rows: [], migrations: first ? [first] : [] });
    await before.transaction(async (manager) => {
      await manager.query(`INSERT INTO conversation (id, epoch) VALUES ('${conversationId}', 7)`);
      await manager.query(`INSERT INTO conversation_member VALUES ('${conversationId}', '${alice}', 5, 6)`);
      await manager.query(`INSERT INTO handshake VALUES ('${conversationId}', 7, 'reset', 'b', 'd', NULL, 1)`);
    });
    await before.close();
    const database = await SqliteDatabase.open(file, chatSchema);
    const store = new TypeormConversationStore(database, outboxOf(database), new ManualClock());
    expect(await store.getState(conversationId)).toEqual({
      epoch: 7,
      isChanging: false,
      burnAfterReadSeconds: new Map([[alice, 5]]),
    });
    expect(await store.listHandshakes(conversationId, { userId: alice, deviceId: alice }, 0)).toEqual([]);
    await database.close();
    rmSync(directory, { recursive: true });
  });
});

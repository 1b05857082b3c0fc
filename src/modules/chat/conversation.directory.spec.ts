import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { SqliteDatabase } from '../../platform/database/adapters/sqlite-database.js';
import { InProcessEventBus } from '../../platform/event-bus/adapters/in-process-event-bus.js';
import { PayloadValidators } from '../../platform/validation/payload-validator.js';
import { ManualClock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { RandomIds } from '../../shared/ids.js';
import { GroupDissolved, type GroupFacade } from '../group/index.js';
import type { RelationFacade } from '../relation/index.js';
import { UserChanged, type UserFacade } from '../user/index.js';
import { chatSchema } from './adapters/chat.schema.js';
import { TypeormConversationStore } from './adapters/typeorm-conversation.store.js';
import { ConversationDirectory } from './conversation.directory.js';

describe('ConversationDirectory', () => {
  const ids = new RandomIds();
  const [groupId, alice, bob, carol] = [ids.next(), ids.next(), ids.next(), ids.next()];
  let database: SqliteDatabase;
  let bus: InProcessEventBus;
  let directory: ConversationDirectory;
  /** The one group of this world, and whether it takes long to read. */
  let members: readonly string[];
  let gate: Promise<void>;
  let reads: number;
  let wishes: Record<string, number>;

  beforeEach(async () => {
    [members, gate, reads, wishes] = [
      [alice, bob, carol],
      Promise.resolve(),
      0,
      { [alice]: 30, [bob]: 20, [carol]: 10 },
    ];
    const group = async () => {
      reads += 1;
      const found = { groupId, ownerId: alice, members, createdAt: 1 };
      await gate;
      return found;
    };
    const groups = {
      find: async (id: string) => (id === groupId ? group() : null),
      list: async () => [await group()],
    } as unknown as GroupFacade;
    const relations = {
      findFriendship: () => Promise.resolve(null),
      listFriendships: () => Promise.resolve([]),
    } as unknown as RelationFacade;
    const users = {
      getSettings: (userId: string) => {
        const burnAfterReadSeconds = wishes[userId];
        if (burnAfterReadSeconds === undefined) return Promise.reject(new DomainError('NOT_FOUND'));
        return Promise.resolve({ burnAfterReadSeconds });
      },
    } as unknown as UserFacade;
    database = await SqliteDatabase.open(':memory:', chatSchema);
    bus = new InProcessEventBus(new PayloadValidators());
    const store = new TypeormConversationStore(database, new ManualClock());
    directory = new ConversationDirectory(relations, groups, users, store, bus);
    directory.onModuleInit();
  });

  afterEach(() => database.close());

  it('reads a conversation once, however many ask, until it changes', async () => {
    await Promise.all([alice, bob, carol].map((userId) => directory.get(groupId, userId)));
    await directory.get(groupId, bob);
    expect(reads).toBe(1);
    members = [alice, bob];
    await directory.changed(groupId);
    await expect(directory.get(groupId, carol)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await directory.get(groupId, bob)).members).toEqual([alice, bob]);
    expect(reads).toBe(2);
  });

  it('gives nobody what was forgotten while it was read', async () => {
    let open = (): void => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const asked = directory.find(groupId, carol);
    while (reads === 0) await new Promise((resolve) => setImmediate(resolve));
    members = [alice, bob];
    await directory.changed(groupId);
    open();
    expect(await asked).toBeNull();
  });

  it('forgets what is dissolved, and whose member has another wish', async () => {
    expect((await directory.get(groupId, alice)).strictestBurn).toBe(10);
    wishes[carol] = 5;
    await bus.publish(UserChanged, { userId: carol, what: 'settings' });
    expect((await directory.get(groupId, alice)).strictestBurn).toBe(5);
    const before = reads;
    await bus.publish(GroupDissolved, { groupId, members: [] });
    await directory.get(groupId, alice);
    expect(reads).toBe(before + 1);
  });

  it('goes on without the wish of a member whose account is gone', async () => {
    delete wishes[carol];
    expect(await directory.get(groupId, alice)).toMatchObject({ strictestBurn: 20, members: [alice, bob, carol] });
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { useRedis } from '../../../test/rig/use-redis.js';
import { ManualClock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { RandomIds } from '../../shared/ids.js';
import { FriendshipCut } from '../relation/index.js';
import { InMemoryMessageStore } from './adapters/in-memory-message.store.js';
import { RedisMessageStore } from './adapters/redis-message.store.js';
import { ConversationChanged } from './chat.events.js';
import type { MessageStore } from './ports/message.store.port.js';
import { OneGroup, openNodes } from './spec/chat-nodes.fixture.js';

const redis = useRedis();
const ids = new RandomIds();
const clock = new ManualClock();

describe.each<[string, () => MessageStore]>([
  ['in memory', () => new InMemoryMessageStore(clock, ids, 3_600_000, 500)],
  ['in Redis', () => new RedisMessageStore(redis(), clock, ids, 3_600_000)],
])('Two nodes that hear nothing of one another, messages %s', (_, create) => {
  const [alice, bob, carol] = [ids.next(), ids.next(), ids.next()];
  let messages: MessageStore;
  let world: OneGroup;
  let nodes: Awaited<ReturnType<typeof openNodes>>;
  let here: ReturnType<(typeof nodes)['node']>;
  let there: ReturnType<(typeof nodes)['node']>;

  beforeEach(async () => {
    messages = create();
    world = new OneGroup([alice, bob, carol]);
    nodes = await openNodes(messages, clock, world);
    [here, there] = [nodes.node(), nodes.node()];
    await there.send(alice);
    await here.send(alice);
    there.delivery.told.length = 0;
  });
  afterEach(() => nodes.close());

  /** Who may read what the log holds from now on. */
  const readersOf = async (seq: number): Promise<string[]> => {
    const readers: string[] = [];
    for (const userId of [bob, carol]) {
      const [entry] = (await messages.list(world.groupId, userId, seq - 1, 1)).entries;
      if (entry?.ciphertext !== undefined) readers.push(userId);
    }
    return readers;
  };
  const remove = (userId: string): void => {
    world.members = world.members.filter((each) => each !== userId);
  };

  it('send nothing to a member that the other one has removed', async () => {
    remove(carol);
    await here.directory.changed(world.groupId);
    const { seq } = await there.send(alice);
    expect(await readersOf(seq)).toEqual([bob]);
    expect(there.delivery.told).toEqual([{ userId: bob, event: 'message:received' }]);
    await expect(there.send(carol)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('send nothing from whom the other one has removed', async () => {
    remove(carol);
    await here.directory.changed(world.groupId);
    await expect(there.send(carol)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('send nothing to anybody in a conversation that has ended, nor begin its log again', async () => {
    world.members = [];
    await messages.remove(world.groupId);
    await expect(there.send(alice)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await messages.overview(world.groupId, bob)).headSeq).toBe(0);
  });

  it('stay right where the members were read just before the change was committed', async () => {
    await there.directory.changed(world.groupId);
    let open = (): void => undefined;
    world.gate = new Promise((resolve) => (open = resolve));
    const before = world.reads;
    const sent = there.send(alice);
    while (world.reads === before) await new Promise((resolve) => setImmediate(resolve));
    remove(carol);
    await here.directory.changed(world.groupId);
    open();
    expect(await readersOf((await sent).seq)).toEqual([bob]);
  });

  it('take a message of the new epoch though only one of them knows it', async () => {
    const handshake = { conversationId: world.groupId, baseEpoch: 0, kind: 'reset' as const, welcomed: [] };
    await here.store.acceptHandshake({ ...handshake, senderId: alice, senderDeviceId: alice, welcome: '' }, () =>
      Promise.resolve({ members: world.members, added: [] }),
    );
    const fromOutbox: string[] = [];
    here.bus.subscribe(ConversationChanged, ({ conversationId }) => void fromOutbox.push(conversationId));
    await here.directory.epochChanged(world.groupId);
    await expect(there.send(alice, 1)).resolves.toMatchObject({ duplicate: false });
    await here.outbox.idle();
    expect(fromOutbox).toEqual([world.groupId]);
  });

  it('renew the fence again from the outbox where the first try failed, and do not answer as if it had not', async () => {
    const handshake = { conversationId: world.groupId, baseEpoch: 0, kind: 'reset' as const, welcomed: [] };
    remove(carol);
    await here.store.acceptHandshake({ ...handshake, senderId: alice, senderDeviceId: alice, welcome: '' }, () =>
      Promise.resolve({ members: world.members, added: [] }),
    );
    const renewFence = messages.renewFence.bind(messages);
    messages.renewFence = () => Promise.reject(new DomainError('UNAVAILABLE'));
    await expect(here.directory.epochChanged(world.groupId)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(
      here.bus.publish(FriendshipCut, { conversationId: world.groupId, userIds: [alice, bob] }),
    ).rejects.toThrow('handling');
    await here.outbox.idle();
    messages.renewFence = renewFence;
    clock.advance(10_000);
    const renewed: string[] = [];
    here.bus.subscribe(ConversationChanged, ({ conversationId }) => void renewed.push(conversationId));
    await here.outbox.drain();
    expect(renewed).toEqual([world.groupId]);
    const { seq } = await there.send(alice, 1);
    expect(await readersOf(seq)).toEqual([bob]);
  });

  it('agree after any number of changes and sends at the same time', async () => {
    const others = [bob, carol];
    const sends: Promise<{ seq: number }>[] = [];
    for (let round = 0; round < 20; round += 1) {
      const gone = others[round % 2] as string;
      for (const node of [here, there]) sends.push(node.send(alice));
      world.members = [alice, ...others.filter((userId) => userId !== gone)];
      await here.directory.changed(world.groupId);
      const results = await Promise.all([here.send(alice), there.send(alice)]);
      for (const { seq } of results) expect(await readersOf(seq)).not.toContain(gone);
    }
    const seqs = (await Promise.all(sends)).map(({ seq }) => seq);
    expect(new Set(seqs).size).toBe(seqs.length);
  });
});

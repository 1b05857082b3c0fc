import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../shared/clock.js';
import { RandomIds } from '../../shared/ids.js';
import { GroupDissolved } from '../group/index.js';
import { UserChanged } from '../user/index.js';
import { InMemoryMessageStore } from './adapters/in-memory-message.store.js';
import { OneGroup, openNodes } from './spec/chat-nodes.fixture.js';

describe('ConversationDirectory', () => {
  const ids = new RandomIds();
  const [alice, bob, carol] = [ids.next(), ids.next(), ids.next()];
  let messages: InMemoryMessageStore;
  let world: OneGroup;
  let nodes: Awaited<ReturnType<typeof openNodes>>;
  let node: ReturnType<(typeof nodes)['node']>;
  let groupId: string;

  beforeEach(async () => {
    const clock = new ManualClock();
    messages = new InMemoryMessageStore(clock, ids, 3_600_000, 500);
    world = new OneGroup([alice, bob, carol]);
    for (const [userId, wish] of [
      [alice, 30],
      [bob, 20],
      [carol, 10],
    ] as const)
      world.wishes.set(userId, wish);
    nodes = await openNodes(messages, clock, world);
    node = nodes.node();
    groupId = world.groupId;
    await messages.openFence(groupId);
  });

  afterEach(() => nodes.close());

  it('reads a conversation once, however many ask, until it changes', async () => {
    const { directory } = node;
    await Promise.all([alice, bob, carol].map((userId) => directory.get(groupId, userId)));
    await directory.get(groupId, bob);
    expect(world.reads).toBe(1);
    world.members = [alice, bob];
    await directory.changed(groupId);
    await expect(directory.get(groupId, carol)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await directory.get(groupId, bob)).members).toEqual([alice, bob]);
    expect(world.reads).toBe(2);
  });

  it('gives nobody what was forgotten while it was read', async () => {
    let open = (): void => undefined;
    world.gate = new Promise((resolve) => (open = resolve));
    const asked = node.directory.find(groupId, carol);
    while (world.reads === 0) await new Promise((resolve) => setImmediate(resolve));
    world.members = [alice, bob];
    await node.directory.changed(groupId);
    open();
    expect(await asked).toBeNull();
  });

  it('forgets what is dissolved, and whose member has another wish', async () => {
    const { directory, bus } = node;
    expect((await directory.get(groupId, alice)).strictestBurn).toBe(10);
    world.wishes.set(carol, 5);
    await bus.publish(UserChanged, { userId: carol, what: 'settings' });
    expect((await directory.get(groupId, alice)).strictestBurn).toBe(5);
    const before = world.reads;
    await bus.publish(GroupDissolved, { groupId, members: [] });
    await directory.get(groupId, alice);
    expect(world.reads).toBe(before + 1);
  });

  it('goes on without the wish of a member whose account is gone', async () => {
    world.wishes.delete(carol);
    expect(await node.directory.get(groupId, alice)).toMatchObject({
      strictestBurn: 20,
      members: [alice, bob, carol],
    });
  });

  it('begins a log for what exists, and none for an id of nothing', async () => {
    const nothing = ids.next();
    expect(await node.directory.find(nothing, alice)).toBeNull();
    expect(await messages.findFence(nothing)).toBeNull();
    await messages.remove(groupId);
    const { fence } = await node.directory.get(groupId, alice);
    expect(fence).toBe(await messages.findFence(groupId));
  });
});

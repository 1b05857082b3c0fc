import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GroupView } from '../../protocol/payloads/group.payloads.js';
import { RandomIds } from '../../shared/ids.js';
import { GroupCreated, GroupCut, GroupMembersLost, type GroupSubject } from './group.events.js';
import { startGroups } from './spec/group-rig.fixture.js';

describe('GroupService', () => {
  const ids = new RandomIds();
  let rig: Awaited<ReturnType<typeof startGroups>>;
  let alice: string;
  let bob: string;
  let carol: string;

  const create = (members: readonly string[], clientGroupId = ids.next()): Promise<GroupView> =>
    rig.service.create(alice, { clientGroupId, members: [...members] });
  const toldOf = (event: string) => rig.delivery.pushes.filter((push) => push.event === event);

  beforeAll(() => {
    Logger.overrideLogger(false);
  });

  beforeEach(async () => {
    rig = await startGroups();
    [alice, bob, carol] = [rig.people.add('alice'), rig.people.add('bob'), rig.people.add('carol')];
  });

  afterEach(() => rig.close());

  it('tells the modules of a new group, then its members, once', async () => {
    const order: string[] = [];
    rig.bus.subscribe(
      GroupCreated,
      ({ members }) => void order.push(`${members.length} members`, `${toldOf('group:updated').length} told`),
    );
    const clientGroupId = ids.next();
    const group = await create([bob], clientGroupId);
    expect(order).toEqual(['2 members', '0 told']);
    expect(await create([bob], clientGroupId)).toEqual(group);
    expect(toldOf('group:updated').map(({ userId }) => userId)).toEqual([alice, bob]);
    expect(toldOf('group:updated')[0]?.payload).toEqual({ group });
  });

  it('is in the lists of those who are in it, whatever changes', async () => {
    const groupsOf = async (userId: string) =>
      (await rig.service.list(userId)).groups.map(({ members }) => members.map(({ username }) => username));
    expect(await groupsOf(bob)).toEqual([]);
    const { groupId } = await create([bob]);
    expect(await groupsOf(bob)).toEqual([['alice', 'bob']]);
    expect(await groupsOf(carol)).toEqual([]);
    await rig.facade.change({ groupId, actorId: alice, add: [carol], remove: [] });
    rig.facade.changed([alice, bob, carol]);
    for (const userId of [alice, bob, carol]) expect(await groupsOf(userId)).toEqual([['alice', 'bob', 'carol']]);
    await rig.service.dissolve(alice, groupId);
    for (const userId of [alice, bob, carol]) expect(await groupsOf(userId)).toEqual([]);
    expect(await rig.facade.listKnown(alice)).toEqual([]);
  });

  it('is not reported as dissolved while somebody may still send to it', async () => {
    const { groupId } = await create([bob]);
    rig.bus.subscribe(GroupCut, () => Promise.reject(new Error('the log is away')));
    await expect(rig.service.dissolve(alice, groupId)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is not undone by a module that fails to hear of it', async () => {
    rig.bus.subscribe(GroupCreated, () => Promise.reject(new Error('down')));
    await expect(create([bob])).resolves.toMatchObject({ ownerId: alice });
  });

  it('takes a point for a new group only, before it looks who is a friend', async () => {
    const clientGroupId = ids.next();
    await create([bob], clientGroupId);
    for (let i = 0; i < 5; i += 1) await create([bob], clientGroupId);
    rig.friends.strangers.add(carol);
    for (let i = 0; i < 2; i += 1) await expect(create([carol])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(create([carol])).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('gives the creator who has left it nothing for the same client id', async () => {
    const clientGroupId = ids.next();
    const { groupId } = await create([bob], clientGroupId);
    await rig.facade.leave(groupId, alice);
    await expect(create([bob], clientGroupId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('shows of a person what the contract says and nothing else', async () => {
    const person = rig.people.persons.get(bob);
    rig.people.persons.set(bob, { ...person, secret: 1, device: { ...person?.device, secret: 1 } } as never);
    const { members } = await create([bob]);
    expect(JSON.stringify(members)).not.toContain('secret');
    expect(members[1]?.device).not.toHaveProperty('userId');
  });

  it('adds only friends of the actor, and says so to nobody', async () => {
    const { groupId } = await create([bob]);
    rig.friends.strangers.add(carol);
    const change = { groupId, actorId: bob, add: [carol], remove: [] };
    await expect(rig.facade.change(change)).rejects.toMatchObject({ code: 'NOT_FOUND', details: {} });
    expect((await rig.facade.find(groupId))?.members).toEqual([alice, bob]);
  });

  it('tells the members when another profile is to be shown, and not of settings', async () => {
    await create([bob, carol]);
    rig.delivery.pushes.length = 0;
    await rig.changeUser(bob, 'settings');
    expect(rig.delivery.pushes).toEqual([]);
    await rig.changeUser(bob, 'profile');
    expect(toldOf('group:updated').map(({ userId }) => userId)).toEqual([alice, bob, carol]);
  });

  it('reports a member who joined as the account was deleted, and shows it to nobody', async () => {
    const lost: GroupSubject[] = [];
    rig.bus.subscribe(GroupMembersLost, (subject) => void lost.push(subject));
    rig.people.persons.delete(carol);
    const { groupId, members } = await create([bob, carol]);
    expect(lost).toEqual([{ groupId, members: [carol] }]);
    expect(members.map(({ userId }) => userId)).toEqual([alice, bob]);
    expect(toldOf('group:updated').map(({ userId }) => userId)).toEqual([alice, bob]);
  });

  it('resolves a dissolution once the other modules have handled it', async () => {
    const { groupId } = await create([bob]);
    await rig.service.dissolve(alice, groupId);
    expect(await rig.drainDissolved()).toEqual([{ groupId, members: [alice, bob] }]);
  });
});

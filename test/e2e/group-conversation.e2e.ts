import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AshwireError } from '../../sdk/index.js';
import { agree, GroupOfThree, memberIdsOf, socketOf, userIdOf } from '../rig/group-people.js';
import { eventually, type Person, reaches, receive, textsOf } from '../rig/people.js';
import { type RunningServer, startServer } from '../rig/server.js';

describe('a group', () => {
  let server: RunningServer;
  let group: GroupOfThree;
  let groupId: string;
  let alice: Person;
  let bob: Person;
  let carol: Person;

  beforeAll(async () => (server = await startServer({ limits: { resetsPerConversation: { points: 100 } } })));
  afterAll(() => server.close());
  beforeEach(async () => {
    group = await GroupOfThree.start(server.url);
    ({ groupId, alice, bob, carol } = group);
  });
  afterEach(() => group.leave());

  const say = (person: Person, text: string) => group.say(person, text);
  const hear = (text: string, ...people: readonly Person[]) => group.hear(text, ...people);
  const nameAt = (person: Person) => group.nameAt(person);

  it('lets three people talk, of whom two are no friends', async () => {
    for (const [index, person] of [alice, bob, carol].entries()) {
      await say(person, `line ${index}`);
      await hear(`line ${index}`, alice, bob, carol);
    }
    const group = await carol.client.groups.get(groupId);
    expect(group).toMatchObject({ name: 'plans', isOwner: false, ownerId: await userIdOf(alice) });
    const shown = group.members.map(({ username, isFriend, isSelf }) => [username, isFriend, isSelf]);
    expect(shown).toEqual([
      [alice.name, true, false],
      [bob.name, false, false],
      [carol.name, false, true],
    ]);
    const [conversation] = (await bob.client.conversations.list()).filter(({ kind }) => kind === 'group');
    expect(conversation).toMatchObject({ conversationId: groupId, name: 'plans' });
    expect(conversation).not.toHaveProperty('peerUserId');
  });

  it('shows a newcomer, whom any member may add, nothing from before', async () => {
    await say(alice, 'before dave');
    await hear('before dave', bob, carol);
    const dave = await group.friendOf(bob);
    const errors: string[] = [];
    dave.client.on('error', ({ code }) => errors.push(code));
    const shown = await bob.client.groups.add(groupId, await userIdOf(dave));
    expect(shown.members).toHaveLength(4);
    await agree(groupId, alice, bob, carol, dave);
    await say(carol, 'welcome dave');
    await hear('welcome dave', alice, bob, dave);
    await say(dave, 'thanks');
    await hear('thanks', alice, bob, carol);
    expect(await textsOf(dave, groupId)).toEqual(['welcome dave', 'thanks']);
    expect(await nameAt(dave)).toBe('plans');
    expect(errors).toEqual([]);
  });

  it('takes who leaves out of the tree before anything is sent, by itself', async () => {
    await carol.client.groups.leave(groupId);
    await say(bob, 'sent at once');
    await hear('sent at once', alice);
    await agree(groupId, alice, bob);
    expect(await carol.client.groups.list()).toEqual([]);
    expect(memberIdsOf(await bob.client.groups.get(groupId))).toHaveLength(2);
  });

  it('commits the removal of who left though nobody sends anything', async () => {
    await carol.client.groups.leave(groupId);
    await agree(groupId, alice, bob);
  });

  it('goes to the longest member when the owner leaves, and is dissolved by the owner only', async () => {
    await expect(bob.client.groups.rename(groupId, 'mine')).rejects.toMatchObject({ code: 'GROUP_OWNER_ONLY' });
    await expect(bob.client.groups.dissolve(groupId)).rejects.toMatchObject({ code: 'GROUP_OWNER_ONLY' });
    await alice.client.groups.leave(groupId);
    await eventually(async () => (await bob.client.groups.get(groupId)).isOwner);
    await agree(groupId, bob, carol);
    await bob.client.groups.rename(groupId, 'now mine');
    await eventually(async () => (await nameAt(carol)) === 'now mine');
    const removed: string[] = [];
    carol.client.on('conversation-removed', ({ conversationId }) => removed.push(conversationId));
    await bob.client.groups.dissolve(groupId);
    await eventually(() => removed.includes(groupId));
    expect(await carol.client.groups.list()).toEqual([]);
  });

  it('tells a new name to all, and the server never sees one', async () => {
    const names: string[] = [];
    carol.client.on('group', ({ name }) => names.push(name));
    await alice.client.groups.rename(groupId, 'Zoë’s surprise');
    await eventually(async () => (await nameAt(bob)) === 'Zoë’s surprise');
    await eventually(() => names.includes('Zoë’s surprise'));
    for (const bad of ['', 'x'.repeat(65), 'two\nlines'])
      await expect(alice.client.groups.rename(groupId, bad)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('tells the sender who has it and who has read it, and burns it when all have', async () => {
    for (const { client } of [alice, bob, carol]) await client.conversation(groupId).setBurnAfterRead(1);
    const told: string[] = [];
    const [bobId, carolId] = [await userIdOf(bob), await userIdOf(carol)];
    await carol.client.disconnect();
    const { id } = await say(alice, 'read me');
    alice.client.on('message-state', ({ state, receipts = [] }) => {
      const has = receipts.filter(({ deliveredAt }) => deliveredAt !== undefined).length;
      told.push(`${state} ${has} ${receipts.filter(({ readAt }) => readAt !== undefined).length}`);
    });
    await hear('read me', bob);
    await bob.client.conversation(groupId).markRead([id]);
    const ofAlice = async () => (await alice.client.conversation(groupId).messages()).find((one) => one.id === id);
    await eventually(async () => (await ofAlice())?.receipts?.some(({ readAt }) => readAt !== undefined) === true);
    expect(await ofAlice()).toMatchObject({ state: 'accepted' });
    expect((await ofAlice())?.receipts?.find(({ userId }) => userId === carolId)).toEqual({ userId: carolId });
    await eventually(async () => (await textsOf(bob, groupId)).length === 0);
    await carol.client.connect();
    await hear('read me', carol);
    await reaches(alice, id, 'delivered');
    await carol.client.conversation(groupId).markRead([id]);
    await reaches(alice, id, 'burned');
    expect((await ofAlice())?.text).toBeUndefined();
    expect(told).toEqual(expect.arrayContaining(['accepted 1 0', 'accepted 1 1', 'delivered 2 1', 'read 2 2']));
    expect(bobId).not.toBe(carolId);
  });

  it('does both of two changes at once', async () => {
    const [dave, erin] = [await group.friendOf(alice), await group.friendOf(bob)];
    const [daveId, erinId] = [await userIdOf(dave), await userIdOf(erin)];
    await Promise.all([
      alice.client.groups.add(groupId, daveId),
      bob.client.groups.add(groupId, erinId),
      alice.client.groups.rename(groupId, 'five'),
    ]);
    await agree(groupId, alice, bob, carol, dave, erin);
    await say(erin, 'all here');
    await hear('all here', alice, bob, carol, dave);
    for (const person of [bob, carol, dave, erin]) await eventually(async () => (await nameAt(person)) === 'five');
    const sixth = await group.friendOf(carol);
    const adding = carol.client.groups.add(groupId, await userIdOf(sixth));
    await expect(adding).rejects.toMatchObject({ code: 'GROUP_FULL' });
  });

  it('lets who was away follow all changes, and read what is alive', async () => {
    const dave = await group.friendOf(bob);
    await carol.client.disconnect();
    await say(alice, 'one');
    await hear('one', bob);
    await bob.client.groups.add(groupId, await userIdOf(dave));
    await say(bob, 'two');
    await hear('two', alice, dave);
    await alice.client.groups.rename(groupId, 'later');
    await say(dave, 'three');
    await hear('three', alice, bob);
    await alice.client.groups.remove(groupId, await userIdOf(dave));
    await say(alice, 'four');
    await hear('four', bob);
    const heard: string[] = [];
    const errors: string[] = [];
    carol.client.on('message', ({ text = '' }) => heard.push(text));
    carol.client.on('error', ({ code }) => errors.push(code));
    await carol.client.connect();
    await eventually(() => heard.length === 4);
    expect(heard).toEqual(['one', 'two', 'three', 'four']);
    expect(errors).toEqual([]);
    expect(await nameAt(carol)).toBe('later');
    await agree(groupId, alice, bob, carol);
  });

  it('starts a lost session anew, and repeats what was lost with it, for nobody twice', async () => {
    await say(alice, 'first');
    await hear('first', bob, carol);
    const heard: string[] = [];
    bob.client.on('message', ({ text = '' }) => heard.push(text));
    await carol.client.disconnect();
    await say(alice, 'while carol forgets');
    await hear('while carol forgets', bob);
    await carol.storage.commit([{ delete: `session/${groupId}` }]);
    await carol.client.connect();
    await hear('while carol forgets', carol);
    await agree(groupId, alice, bob, carol);
    await say(carol, 'back again');
    await hear('back again', alice, bob);
    expect(heard).toEqual(['while carol forgets', 'back again']);
    expect(await nameAt(carol)).toBe('plans');
    const shown = await textsOf(alice, groupId);
    expect(shown.filter((text) => text === 'while carol forgets')).toHaveLength(1);
  });

  it('finishes founding a group by itself when it was interrupted', async () => {
    const socket = socketOf(bob.client);
    const emit = socket.emit.bind(socket);
    socket.emit = (event, request) =>
      event === 'handshake:submit' ? Promise.reject(new AshwireError('OFFLINE')) : emit(event, request);
    const dave = await group.friendOf(bob);
    const founded = await bob.client.groups.create('interrupted', [await userIdOf(alice), await userIdOf(dave)]);
    expect(founded).toMatchObject({ name: 'interrupted', isOwner: true });
    await bob.client.disconnect();
    socket.emit = emit;
    await bob.client.connect();
    await agree(founded.groupId, alice, bob, dave);
    await eventually(async () => (await dave.client.groups.get(founded.groupId)).name === 'interrupted');
  });

  it('gives the name again to who has lost it with everything else', async () => {
    await carol.client.disconnect();
    const kinds = ['conversation', 'session', 'group'];
    await carol.storage.commit(kinds.map((kind) => ({ delete: `${kind}/${groupId}` })));
    await carol.client.connect();
    await carol.client.conversation(groupId).resetSession();
    await eventually(async () => (await nameAt(carol)) === 'plans');
    await agree(groupId, alice, bob, carol);
  });

  it('carries mentions of members inside the message, and of nobody else', async () => {
    const [bobId, carolId, daveId] = [
      await userIdOf(bob),
      await userIdOf(carol),
      await userIdOf(await group.friendOf(alice)),
    ];
    const mentions = [bobId, carolId, daveId];
    const sent = await alice.client.conversation(groupId).send({ type: 'text', text: '@bob @carol', mentions });
    expect(sent.mentions).toEqual([bobId, carolId]);
    expect((await receive(carol, groupId, '@bob @carol')).mentions).toEqual([bobId, carolId]);
  });
});

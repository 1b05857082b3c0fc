import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../src/protocol/limits.js';
import { type Challenge, challengeBytes } from '../../src/protocol/signing.js';
import { encodeBase64Url } from '../../sdk/crypto/base64url.js';
import { agree, userIdOf } from '../rig/group-people.js';
import { befriend, eventually, leave, type Person, reaches, receive, registerPerson } from '../rig/people.js';
import { RawMember } from '../rig/raw-group.js';
import { ask, befriend as befriendRaw, RawPerson } from '../rig/raw-person.js';
import { startTwoNodes, type TwoNodes } from '../rig/two-nodes.js';

let nodes: TwoNodes;
beforeAll(async () => {
  nodes = await startTwoNodes({
    limits: {
      friendRequestsPerUser: { points: 1_000 },
      challengePerAccount: { points: 1_000 },
      invitationTriesPerUser: { points: 1_000 },
      keyPackageClaimsPerPair: { points: 1_000 },
    },
  });
}, 120_000);
afterAll(() => nodes.close());

describe('people on two nodes', () => {
  const everybody: Person[] = [];
  const on = async (url: string): Promise<Person> => {
    const person = await registerPerson(url);
    everybody.push(person);
    return person;
  };
  afterEach(() => leave(...everybody.splice(0)));

  it('exchange messages both ways, with receipts', async () => {
    const [alice, bob] = [await on(nodes.a), await on(nodes.b)];
    const id = await befriend(alice, bob);
    for (const [from, to, text] of [
      [alice, bob, 'from a to b'],
      [bob, alice, 'from b to a'],
    ] as const) {
      const sent = await from.client.conversation(id).send(text);
      const message = await receive(to, id, text);
      await reaches(from, sent.id, 'delivered');
      await to.client.conversation(id).markRead([message.id]);
      await reaches(from, sent.id, 'read');
    }
  });

  it('see each other come, go and type', async () => {
    const [alice, bob] = [await on(nodes.a), await on(nodes.b)];
    const id = await befriend(alice, bob);
    await alice.client.conversation(id).send('first');
    await receive(bob, id, 'first');
    const seen: boolean[] = [];
    bob.client.on('typing', ({ typing }) => seen.push(typing));
    await alice.client.conversation(id).setTyping(true);
    await eventually(() => seen.length === 1);
    const presence: boolean[] = [];
    bob.client.on('presence', ({ online }) => presence.push(online));
    await alice.client.disconnect();
    await eventually(() => presence.at(-1) === false);
    await alice.client.connect();
    await eventually(() => presence.at(-1) === true);
    expect(seen).toEqual([true]);
  });

  it('are three in a group over both nodes', async () => {
    const [alice, bob, carol] = [await on(nodes.a), await on(nodes.b), await on(nodes.a)];
    await befriend(alice, bob);
    await befriend(alice, carol);
    const members = [await userIdOf(bob), await userIdOf(carol)];
    const { groupId } = await alice.client.groups.create('plans', members);
    await agree(groupId, alice, bob, carol);
    for (const [index, person] of [bob, carol, alice].entries()) {
      await person.client.conversation(groupId).send(`text ${index}`);
      for (const other of [alice, bob, carol]) await receive(other, groupId, `text ${index}`);
    }
    await alice.client.groups.remove(groupId, await userIdOf(bob));
    await agree(groupId, alice, carol);
    await carol.client.conversation(groupId).send('without bob');
    await receive(alice, groupId, 'without bob');
    expect(
      await bob.client
        .conversation(groupId)
        .messages()
        .catch(() => []),
    ).not.toContainEqual(expect.objectContaining({ text: 'without bob' }));
  });

  it('hear of a red packet and its claim', async () => {
    const [alice, bob] = [await on(nodes.a), await on(nodes.b)];
    const id = await befriend(alice, bob);
    const states: string[] = [];
    alice.client.on('payment', ({ state }) => states.push(state));
    await alice.client.payments.topUp(10_000);
    await eventually(async () => (await alice.client.payments.balance()).available === 10_000);
    const { orderId } = await alice.client.payments.sendRedPacket(await userIdOf(bob), 888);
    await eventually(async () =>
      (await bob.client.conversation(id).messages()).some(({ card }) => card?.orderId === orderId),
    );
    await bob.client.payments.claim(orderId);
    await eventually(() => states.at(-1) === 'posted');
    expect((await bob.client.payments.balance()).available).toBe(888);
  });
});

describe('what one node decides, the other one obeys', () => {
  it('a session that is ended on one node loses its socket on the other within 5 seconds, and does not come back', async () => {
    const person = await RawPerson.register(nodes.a);
    const elsewhere = Object.assign(new RawPerson(nodes.b), { tokens: person.tokens });
    const socket = await elsewhere.connect();
    let closing: unknown;
    socket.on('connection:closing', (payload: unknown) => (closing = payload));
    const startedAt = Date.now();
    expect((await person.request('DELETE', `/api/sessions/${person.tokens.sessionId}`)).status).toBe(204);
    await eventually(() => !socket.connected);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    expect(closing).toMatchObject({ code: 'SESSION_REVOKED', action: 'login' });
    await expect(elsewhere.connect()).rejects.toThrow('SESSION_REVOKED');
    expect((await elsewhere.request('GET', '/api/sessions')).status).toBe(401);
  });

  it.each(['block', 'remove'] as const)('after a %s nothing more goes through', async (how) => {
    const [alice, bob] = [await RawMember.register(nodes.a), await RawMember.register(nodes.b)];
    const conversationId = await befriendRaw(alice.person, bob.person);
    expect((await alice.reset(conversationId, 0, [bob])).ok).toBe(true);
    for (const writer of [alice, bob]) expect((await writer.send(conversationId, 1)).ok).toBe(true);
    const before = (await alice.told('message:received')).length;
    const ended =
      how === 'block'
        ? await alice.person.request('POST', '/api/blocks', { userId: bob.id })
        : await alice.person.request('DELETE', `/api/friends/${bob.id}`);
    expect(ended.status).toBeLessThan(300);
    expect((await bob.send(conversationId, 1)).error?.code).toBe('NOT_FOUND');
    expect(await alice.told('message:received')).toHaveLength(before);
    for (const member of [alice, bob]) member.person.disconnect();
  });

  it('who is removed from a group sends nothing more, and hears nothing more', async () => {
    const [alice, bob, carol] = [
      await RawMember.register(nodes.a),
      await RawMember.register(nodes.b),
      await RawMember.register(nodes.b),
    ];
    await alice.befriend(bob, carol);
    const groupId = await alice.found(bob, carol);
    expect((await bob.send(groupId, 1)).ok).toBe(true);
    expect((await alice.commit(groupId, 1, { remove: [bob] })).ok).toBe(true);
    expect((await bob.send(groupId, 1)).ok).toBe(false);
    expect((await bob.send(groupId, 2)).ok).toBe(false);
    const heard = (await bob.told('message:received')).length;
    expect((await carol.send(groupId, 2)).ok).toBe(true);
    await eventually(async () => (await alice.told('message:received')).length === 2);
    expect(await bob.told('message:received')).toHaveLength(heard);
    for (const member of [alice, bob, carol]) member.person.disconnect();
  });
});

describe('limits hold for requests to both nodes at once', () => {
  const both = <T>(count: number, make: (url: string, index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => make(index % 2 ? nodes.a : nodes.b, index)));
  /** The same person, with the other node's address. */
  const through = (person: RawPerson, url: string): RawPerson =>
    Object.assign(new RawPerson(url, person.username), { tokens: person.tokens });

  it(`a user has ${LIMITS.friends} friends`, async () => {
    const host = await RawPerson.register(nodes.a);
    const guests = await both(LIMITS.friends + 4, (url) => RawPerson.register(url));
    // At most 20 invitations are open: each is used before there are more.
    const early = LIMITS.friends - 4;
    for (const guest of guests.slice(0, early)) await befriendRaw(host, guest);
    const codes: string[] = [];
    for (const _ of guests.slice(early)) {
      codes.push((await host.request<{ code: string }>('POST', '/api/invitations', {})).body.code);
    }
    const answers = await both(codes.length, (url, index) =>
      through(guests[early + index] as RawPerson, url).request('POST', '/api/invitations/redeem', {
        code: codes[index],
      }),
    );
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(4);
    const codesOfRefusals = answers.flatMap(({ body }) => body.error?.code ?? []);
    expect(new Set(codesOfRefusals)).toEqual(new Set(['FRIEND_LIMIT']));
    const { body } = await through(host, nodes.b).request<{ friends: unknown[] }>('GET', '/api/friends');
    expect(body.friends).toHaveLength(LIMITS.friends);
  });

  it('a group has 5 members', async () => {
    const owner = await RawMember.register(nodes.a);
    const others = await both(7, (url) => RawMember.register(url));
    await owner.befriend(...others);
    const [bob, carol, ...rest] = others as [RawMember, RawMember, ...RawMember[]];
    const groupId = await owner.found(bob, carol);
    const elsewhere = through(owner.person, nodes.b);
    const socket = await elsewhere.connect();
    // Each on the epoch that it finds; who comes too late tries again on the next one.
    const add = async (member: RawMember, index: number): Promise<string> => {
      for (;;) {
        const { body } = await owner.person.request<{ epoch?: number }>('GET', `/api/groups/${groupId}`);
        const { data } = await owner.ask('handshake:list', { conversationId: groupId, afterEpoch: 0 });
        const epoch = Number(data?.['epoch'] ?? body.epoch);
        const request = {
          ...{ conversationId: groupId, baseEpoch: epoch, kind: 'commit', commit: 'commit', welcome: 'welcome' },
          welcomed: [{ userId: member.id, deviceId: member.person.deviceId }],
          change: { add: [member.id], remove: [] },
        };
        const answer = await ask(index % 2 ? socket : owner.socket, 'handshake:submit', request);
        if (answer.ok) return 'added';
        if (answer.error?.code !== 'EPOCH_STALE') return answer.error?.code ?? '';
      }
    };
    const outcomes = await Promise.all(rest.map(add));
    expect(outcomes.toSorted()).toEqual(['GROUP_FULL', 'GROUP_FULL', 'GROUP_FULL', 'added', 'added']);
    expect(await bob.memberIds(groupId)).toHaveLength(5);
    for (const { person } of [owner, ...others]) person.disconnect();
    elsewhere.disconnect();
  });

  it('a challenge is used once', async () => {
    const person = await RawPerson.register(nodes.a);
    const asked = await person.request<Challenge>('POST', '/api/auth/challenges', {
      username: person.username,
      purpose: 'login',
    });
    const signature = encodeBase64Url(await person.leaf.sign(challengeBytes(asked.body, person.deviceId)));
    const login = { challengeId: asked.body.challengeId, deviceId: person.deviceId, signature };
    const answers = await both(10, (url) => new RawPerson(url).request('POST', '/api/auth/sessions', login));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.flatMap(({ body }) => body.error?.code ?? []))).toEqual(new Set(['LOGIN_FAILED']));
  });
});

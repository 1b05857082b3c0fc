import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GroupMembersLost } from '../../src/modules/group/index.js';
import { EventBus } from '../../src/platform/event-bus/event-bus.port.js';
import { LIMITS } from '../../src/protocol/limits.js';
import type { GroupView } from '../../src/protocol/payloads/group.payloads.js';
import { RandomIds } from '../../src/shared/ids.js';
import { ask } from '../rig/raw-person.js';
import { commitOf, RawMember } from '../rig/raw-group.js';
import { type RunningServer, startServer } from '../rig/server.js';

const ids = new RandomIds();
const WIDE = {
  limits: { groupsCreatedPerUser: { points: 100 }, handshakesPerConversation: { points: 100 } },
};

describe('groups over the bare protocol', () => {
  let server: RunningServer;
  const everyone: RawMember[] = [];
  const register = async (count: number): Promise<RawMember[]> => {
    const members = await RawMember.registerMany(server.url, count);
    everyone.push(...members);
    return members;
  };
  /** The first is a friend of all the others. */
  const friends = async (count: number) => {
    const [owner, ...others] = (await register(count)) as [RawMember, RawMember, RawMember, ...RawMember[]];
    await owner.befriend(...others);
    return [owner, ...others] as const;
  };
  const codesOf = (answers: readonly { error?: { code: string } }[]): string[] =>
    answers.map(({ error }) => error?.code ?? 'done').toSorted();

  beforeAll(async () => {
    server = await startServer(WIDE);
  });

  afterAll(async () => {
    for (const { person } of everyone) person.disconnect();
    await server.close();
  });

  describe('founding', () => {
    it.each([1, 2, 3, 4])('a group with %d friends is told to all, and nobody else sees it', async (count) => {
      const [owner, ...others] = await friends(count + 1);
      const [stranger] = await register(1);
      const { status, body } = await owner.create(others);
      expect(status).toBe(201);
      expect(body).toMatchObject({ ownerId: owner.id });
      expect(body.members.map(({ userId }) => userId)).toEqual([owner, ...others].map(({ id }) => id));
      for (const member of [owner, ...others]) {
        expect(await member.told('group:updated')).toEqual([{ group: body }]);
        expect(await member.told('conversation:updated')).toContainEqual({
          conversation: expect.objectContaining({ conversationId: body.groupId, kind: 'group', epoch: 0 }),
        });
        expect((await member.person.request('GET', '/api/groups')).body).toEqual({ groups: [body], limit: 20 });
        expect((await member.person.request('GET', `/api/groups/${body.groupId}`)).body).toEqual(body);
        expect(await member.conversationIds()).toContain(body.groupId);
      }
      expect((await stranger?.person.request('GET', `/api/groups/${body.groupId}`))?.body.error?.code).toBe(
        'NOT_FOUND',
      );
    });

    it('refuses strangers, the same person twice, oneself, a fifth friend and nobody', async () => {
      const [owner, bob, ...more] = await friends(6);
      const [stranger] = (await register(1)) as [RawMember];
      const codeOf = async (members: readonly { id: string }[]) =>
        (await owner.create(members as RawMember[])).body.error?.code;
      expect(await codeOf([bob, stranger])).toBe('NOT_FOUND');
      expect(await codeOf([bob, { id: ids.next() }])).toBe('NOT_FOUND');
      expect(await codeOf([bob, bob])).toBe('BAD_REQUEST');
      expect(await codeOf([bob, owner])).toBe('NOT_YOURSELF');
      expect(await codeOf([bob, ...more])).toBe('BAD_REQUEST');
      expect(await codeOf([])).toBe('BAD_REQUEST');
      expect((await owner.person.request('GET', '/api/groups')).body).toMatchObject({ groups: [] });
    });

    it('happens once per client group id, whoever is named the second time', async () => {
      const [owner, bob, carol] = await friends(3);
      const clientGroupId = ids.next();
      const answers = await Promise.all([1, 2, 3].map(() => owner.create([bob], clientGroupId)));
      const again = await owner.create([carol], clientGroupId);
      expect(new Set([...answers, again].map(({ body }) => body.groupId)).size).toBe(1);
      expect((again.body as GroupView).members.map(({ userId }) => userId)).toEqual([owner.id, bob.id]);
      expect(await bob.told('group:updated')).toHaveLength(1);
    });

    it('lets nobody into more than 20 groups, however many are founded at once', async () => {
      const [owner, bob] = await friends(2);
      const answers = await Promise.all(Array.from({ length: LIMITS.groups + 5 }, () => owner.create([bob])));
      expect(codesOf(answers.map(({ body }) => body)).filter((code) => code !== 'done')).toEqual(
        Array.from({ length: 5 }, () => 'GROUP_COUNT_LIMIT'),
      );
      expect((await bob.person.request<{ groups: [] }>('GET', '/api/groups')).body.groups).toHaveLength(LIMITS.groups);
    });
  });

  describe('the members', () => {
    it('are five at most: of five sixth members added at once exactly one fits', async () => {
      const [owner, bob, carol, dave, ...candidates] = await friends(9);
      await bob.befriend(...candidates);
      const groupId = await owner.found(bob, carol, dave as RawMember);
      const sockets = [owner.socket, await owner.person.connect(), await owner.person.connect()];
      sockets.push(bob.socket, await bob.person.connect());
      const add = (index: number, baseEpoch: number) =>
        ask(sockets[index] as RawMember['socket'], 'handshake:submit', {
          conversationId: groupId,
          ...commitOf(baseEpoch, [candidates[index] as RawMember]),
        });
      const first = await Promise.all(candidates.map((_, index) => add(index, 1)));
      expect(codesOf(first)).toEqual(['EPOCH_STALE', 'EPOCH_STALE', 'EPOCH_STALE', 'EPOCH_STALE', 'done']);
      const losers = first.flatMap(({ ok }, index) => (ok ? [] : [index]));
      const second = await Promise.all(losers.map((index) => add(index, 2)));
      expect(codesOf(second)).toEqual(['GROUP_FULL', 'GROUP_FULL', 'GROUP_FULL', 'GROUP_FULL']);
      expect(await owner.memberIds(groupId)).toHaveLength(LIMITS.groupMembers);
      // What was refused took no epoch.
      expect(await owner.commit(groupId, 2)).toMatchObject({ ok: true, data: { epoch: 3 } });
    });

    it('are added by any member among its friends, removed by the owner, and nobody does either to who is not there', async () => {
      const [owner, bob, carol] = await friends(3);
      const [dave] = (await register(1)) as [RawMember];
      await bob.befriend(dave);
      const groupId = await owner.found(bob, carol);
      const codeOf = async (...args: Parameters<RawMember['commit']>) =>
        (await (args[1] === 1 ? owner : bob).commit(...args)).error?.code;
      expect(await codeOf(groupId, 1, { add: [dave] })).toBe('NOT_FOUND');
      expect(await codeOf(groupId, 1, { add: [carol] })).toBe('ALREADY_MEMBER');
      expect(await codeOf(groupId, 1, { remove: [owner] })).toBe('NOT_YOURSELF');
      expect(await codeOf(groupId, 1, { remove: [dave] })).toBe('NOT_FOUND');
      expect(await codeOf(groupId, 1, { add: [dave], remove: [dave] })).toBe('BAD_REQUEST');
      expect((await bob.commit(groupId, 1, { remove: [carol] })).error?.code).toBe('GROUP_OWNER_ONLY');
      expect((await dave.commit(groupId, 1, { add: [dave] })).error?.code).toBe('NOT_FOUND');
      expect(await bob.commit(groupId, 1, { add: [dave] })).toMatchObject({ ok: true });
      expect(await owner.commit(groupId, 2, { remove: [dave] })).toMatchObject({ ok: true });
      expect(await carol.memberIds(groupId)).toEqual([owner.id, bob.id, carol.id]);
    });

    it('fetch key packages and identity keys of one another, friends or not, from one budget; others do not', async () => {
      const [owner, bob, carol, dave] = await friends(4);
      const groupId = await owner.found(bob, carol);
      const path = (member: RawMember, what: string) => `/api/groups/${groupId}/members/${member.id}/${what}`;
      const history = await bob.person.request('GET', path(carol, 'identity-keys'));
      expect(history.body).toEqual((await carol.person.request('GET', '/api/me/identity-keys')).body);
      const claim = async (from: RawMember, of: RawMember) =>
        (await from.person.request('POST', path(of, 'key-package'))).body.error?.code;
      // Allowed, and none was uploaded.
      expect(await claim(bob, carol)).toBe('KEY_PACKAGE_NONE');
      expect(await claim(bob, bob)).toBe('NOT_YOURSELF');
      for (const [from, of] of [
        [dave, bob],
        [owner, dave],
      ] as [RawMember, RawMember][]) {
        expect(await claim(from, of)).toBe('NOT_FOUND');
        expect((await from.person.request('GET', path(of, 'identity-keys'))).body.error?.code).toBe('NOT_FOUND');
      }
      const friendly = `/api/friends/${bob.id}/key-package`;
      for (let i = 0; i < 3; i += 1) await owner.person.request('POST', friendly);
      const codes = [];
      for (let i = 0; i < 4; i += 1) codes.push(await claim(owner, bob));
      expect(codes).toEqual(['KEY_PACKAGE_NONE', 'KEY_PACKAGE_NONE', 'KEY_PACKAGE_NONE', 'RATE_LIMITED']);
    });

    it('are told when the profile of one changes', async () => {
      const [owner, bob, carol] = await friends(3);
      const groupId = await owner.found(bob, carol);
      carol.heard = [];
      await bob.person.request('PATCH', '/api/me/profile', { displayName: 'Roberta' });
      const [{ group } = { group: null }] = (await carol.told('group:updated')) as { group: GroupView }[];
      expect(group).toMatchObject({ groupId });
      expect(group?.members[1]).toMatchObject({ userId: bob.id, displayName: 'Roberta' });
    });
  });

  describe('leaving', () => {
    it('stops sending until one of the others has committed', async () => {
      const [owner, bob, carol] = await friends(3);
      const groupId = await owner.found(bob, carol);
      const accepted = { clientMessageId: ids.next() };
      await owner.send(groupId, 1, accepted);
      expect((await carol.leave(groupId)).status).toBe(204);
      expect((await carol.leave(groupId)).body.error?.code).toBe('NOT_FOUND');
      const members = [owner.id, bob.id];
      for (const member of [owner, bob]) {
        expect(await member.told('handshake:received')).toContainEqual({ conversationId: groupId, epoch: 2 });
        expect((await member.send(groupId, 1)).error).toMatchObject({
          code: 'EPOCH_STALE',
          details: { epoch: 2, members },
        });
        expect((await member.send(groupId, 2)).error?.code).toBe('GROUP_CHANGING');
      }
      expect((await owner.send(groupId, 1, accepted)).data).toMatchObject({ seq: 1, duplicate: true });
      expect(await bob.handshakes(groupId, 1)).toEqual([{ epoch: 2, kind: 'leave', senderId: carol.id, members }]);
      expect((await bob.commit(groupId, 1)).error?.code).toBe('EPOCH_STALE');
      expect(await bob.commit(groupId, 2)).toMatchObject({ ok: true });
      expect(await owner.send(groupId, 3)).toMatchObject({ ok: true });
      expect(await carol.conversationIds()).not.toContain(groupId);
    });

    it('hands the group to the longest member; with the last one it is gone', async () => {
      const [owner, bob, carol] = await friends(3);
      const groupId = await owner.found(bob, carol);
      await owner.leave(groupId);
      expect((await carol.told('group:updated')).at(-1)).toMatchObject({ group: { ownerId: bob.id } });
      expect((await bob.commit(groupId, 2)).ok).toBe(true);
      expect((await bob.commit(groupId, 3, { remove: [carol] })).ok).toBe(true);
      expect((await bob.send(groupId, 4)).error?.code).toBe('GROUP_EMPTY');
      // Alone, one may start over, with nobody to welcome.
      expect((await bob.reset(groupId, 4, [])).ok).toBe(true);
      await bob.leave(groupId);
      expect(await bob.conversationIds()).not.toContain(groupId);
      expect((await bob.commit(groupId, 5)).error?.code).toBe('NOT_FOUND');
    });

    it('before the encryption has started is an epoch like any other', async () => {
      const [owner, bob, carol] = await friends(3);
      const { groupId } = (await owner.create([bob, carol])).body;
      await carol.leave(groupId);
      const stale = { code: 'EPOCH_STALE', details: { epoch: 1, members: [owner.id, bob.id] } };
      expect((await owner.reset(groupId, 0, [bob, carol])).error).toMatchObject(stale);
      expect((await owner.reset(groupId, 1, [bob])).ok).toBe(true);
      expect((await bob.send(groupId, 2)).ok).toBe(true);
    });

    it('is what the server does for a member who joined as the account was deleted', async () => {
      const [owner, bob, carol] = await friends(3);
      const groupId = await owner.found(bob, carol);
      const bus = server.application.get(EventBus);
      const lost = { groupId, members: [carol.id] };
      for (let i = 0; i < 2; i += 1) await bus.publish(GroupMembersLost, lost);
      expect(await bob.memberIds(groupId)).toEqual([owner.id, bob.id]);
      expect((await bob.commit(groupId, 2)).ok).toBe(true);
    });

    it('is what deleting the account does, in all groups', async () => {
      const [owner, bob, carol] = await friends(3);
      await bob.befriend(carol);
      const groupIds = [await owner.found(bob, carol), await bob.found(owner, carol)];
      expect(await owner.deleteAccount()).toBe(204);
      for (const groupId of groupIds) {
        expect(await carol.memberIds(groupId)).toEqual([bob.id, carol.id]);
        expect((await carol.send(groupId, 2)).error?.code).toBe('GROUP_CHANGING');
        expect((await bob.commit(groupId, 2)).ok).toBe(true);
        expect((await carol.send(groupId, 3)).ok).toBe(true);
      }
      expect((await bob.person.request('GET', `/api/groups/${groupIds[0]}`)).body).toMatchObject({ ownerId: bob.id });
    });
  });

  it('dissolving is the owner’s, and takes the conversation from all before the answer', async () => {
    const [owner, bob, carol] = await friends(3);
    const groupId = await owner.found(bob, carol);
    await owner.send(groupId, 1);
    expect((await bob.person.request('DELETE', `/api/groups/${groupId}`)).body.error?.code).toBe('GROUP_OWNER_ONLY');
    expect((await owner.person.request('DELETE', `/api/groups/${groupId}`)).status).toBe(204);
    for (const member of [owner, bob, carol]) {
      expect(await member.told('conversation:removed')).toEqual([{ conversationId: groupId }]);
      expect((await member.send(groupId, 1)).error?.code).toBe('NOT_FOUND');
      expect((await member.ask('message:sync', { conversationId: groupId, afterSeq: 0, limit: 1 })).ok).toBe(false);
      expect((await member.person.request('GET', '/api/groups')).body).toMatchObject({ groups: [] });
    }
    expect((await owner.person.request('DELETE', `/api/groups/${groupId}`)).body.error?.code).toBe('NOT_FOUND');
  });
});

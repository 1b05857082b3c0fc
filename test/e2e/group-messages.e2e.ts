import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../src/protocol/limits.js';
import { RawMember } from '../rig/raw-group.js';
import { type RunningServer, startServer } from '../rig/server.js';

describe('messages and handshakes of groups over the bare protocol', () => {
  let server: RunningServer;
  const everyone: RawMember[] = [];
  /** The first is a friend of all the others. */
  const friends = async (count: number) => {
    const members = (await RawMember.registerMany(server.url, count)) as [RawMember, RawMember, RawMember, RawMember];
    everyone.push(...members);
    const [owner, ...others] = members;
    await owner.befriend(...others);
    return members;
  };
  const told = async (member: RawMember, event: string) => (await member.told(event)).at(-1);

  beforeAll(async () => {
    server = await startServer({ limits: { handshakesPerConversation: { points: 100 } } });
  });

  afterAll(async () => {
    for (const { person } of everyone) person.disconnect();
    await server.close();
  });

  describe('epochs', () => {
    it('of two commits at once one is taken; the other one learns the epoch and its members', async () => {
      const [owner, bob, carol, dave] = await friends(4);
      const groupId = await owner.found(bob, carol);
      const answers = await Promise.all([owner.commit(groupId, 1, { add: [dave] }), bob.commit(groupId, 1)]);
      const [won, lost] = answers.toSorted((one, other) => Number(other.ok) - Number(one.ok));
      expect(won).toEqual({ ok: true, data: { epoch: 2 } });
      expect(lost?.error?.code).toBe('EPOCH_STALE');
      const members = await owner.memberIds(groupId);
      expect(members).toHaveLength(answers[0].ok ? 4 : 3);
      expect(lost?.error?.details).toEqual({ epoch: 2, members });
      const [handshake] = await carol.handshakes(groupId, 1);
      expect(handshake).toMatchObject({ epoch: 2, kind: 'commit', members });
    });

    it.each([0, 2, 1_000])('epoch %d, which is not the current one, is refused with what is missing', async (epoch) => {
      const [owner, bob, carol] = await friends(3);
      const groupId = await owner.found(bob, carol);
      const details = { epoch: 1, members: [owner.id, bob.id, carol.id] };
      expect((await bob.commit(groupId, epoch)).error).toMatchObject({ code: 'EPOCH_STALE', details });
      expect((await bob.reset(groupId, epoch, [owner, carol])).error).toMatchObject({ code: 'EPOCH_STALE', details });
      if (epoch > 0) {
        expect((await bob.send(groupId, epoch)).error).toMatchObject({ code: 'EPOCH_STALE', details });
      }
      expect(await bob.entries(groupId)).toEqual([]);
      expect(await bob.handshakes(groupId, 1)).toEqual([]);
    });

    it('a welcome is for newcomers, each once, and for nobody else', async () => {
      const [owner, bob, carol, dave] = await friends(4);
      const groupId = await owner.found(bob, carol);
      const device = ({ id, person }: RawMember) => ({ userId: id, deviceId: person.deviceId });
      const add = { change: { add: [dave.id], remove: [] } };
      const commit = { baseEpoch: 1, kind: 'commit' as const, commit: 'commit', welcome: 'welcome' };
      const reset = { baseEpoch: 1, kind: 'reset' as const, welcome: 'welcome' };
      for (const request of [
        { ...commit, welcomed: [device(dave)] },
        { ...commit, welcomed: [device(bob)] },
        { ...commit, ...add, welcomed: [device(bob)] },
        { ...commit, ...add, welcomed: [device(dave), device(bob)] },
        { ...commit, ...add, welcomed: [device(dave), { userId: dave.id, deviceId: bob.person.deviceId }] },
        { ...commit, ...add, welcomed: [] },
        { ...reset, welcomed: [device(bob)] },
        { ...reset, welcomed: [device(bob), device(carol), device(dave)] },
        { ...reset, welcomed: [device(bob), device(carol), device(owner)] },
        { ...reset, ...add, welcomed: [device(bob), device(carol)] },
      ]) {
        expect((await owner.submit(groupId, request)).error?.code).toBe('BAD_REQUEST');
      }
      // What was refused changed neither the members nor the epoch.
      expect(await owner.memberIds(groupId)).not.toContain(dave.id);
      const taken = { ...commit, ...add, welcomed: [device(dave)], sealedName: 'sealed-name' };
      expect(await owner.submit(groupId, taken)).toEqual({ ok: true, data: { epoch: 2 } });
      expect((await bob.handshakes(groupId, 1))[0]).not.toHaveProperty('welcome');
      const members = [owner.id, bob.id, carol.id, dave.id];
      expect((await dave.handshakes(groupId))[0]).toMatchObject({
        welcome: 'welcome',
        sealedName: 'sealed-name',
        members,
      });
    });

    it('a commit over the frame limit ends that connection and nothing else', async () => {
      const [owner, bob, carol, dave] = await friends(4);
      const groupId = await owner.found(bob, carol);
      const part = 'a'.repeat(LIMITS.ciphertextCharacters);
      const socket = await owner.person.connect();
      const closed = new Promise((resolve) => socket.once('disconnect', resolve));
      const welcomed = [{ userId: dave.id, deviceId: dave.person.deviceId }];
      const change = { add: [dave.id], remove: [] };
      const request = {
        conversationId: groupId,
        baseEpoch: 1,
        kind: 'commit',
        commit: part,
        welcome: part,
        welcomed,
        change,
      };
      socket.emit('handshake:submit', request, () => {});
      await closed;
      expect(owner.socket.connected).toBe(true);
      expect(await bob.memberIds(groupId)).toHaveLength(3);
      expect(await bob.commit(groupId, 1)).toMatchObject({ ok: true });
      expect((await owner.send(groupId, 2)).ok).toBe(true);
    });
  });

  describe('who may read what', () => {
    it('whoever was removed gets nothing sent afterwards, also on the socket that was open', async () => {
      const [owner, bob, carol] = await friends(3);
      const groupId = await owner.found(bob, carol);
      await owner.send(groupId, 1);
      await carol.send(groupId, 1);
      await owner.commit(groupId, 1, { remove: [carol] });
      expect(await told(carol, 'conversation:removed')).toEqual({ conversationId: groupId });
      carol.heard = [];
      await owner.send(groupId, 2);
      await bob.ask('typing:set', { conversationId: groupId, typing: true });
      for (const event of ['message:delivered', 'message:read', 'message:burn'])
        await bob.mark(event, groupId, 1, 2, 3);
      await owner.mark('message:read', groupId, 2);
      await bob.ask('conversation:set-burn', { conversationId: groupId, burnAfterReadSeconds: 5 });
      await owner.person.request('PATCH', '/api/me/profile', { displayName: 'Owner' });
      await bob.commit(groupId, 2);
      await carol.told('');
      expect(carol.heard.filter(({ event }) => event !== 'friend:changed')).toEqual([]);
      expect(await carol.conversationIds()).not.toContain(groupId);
      const position = { conversationId: groupId, incarnation: groupId, seqs: [1] };
      for (const [event, payload] of [
        ['message:sync', { conversationId: groupId, afterSeq: 0, limit: 10 }],
        ['message:read', position],
        ['message:burn', position],
        ['handshake:list', { conversationId: groupId, afterEpoch: 0 }],
        ['typing:set', { conversationId: groupId, typing: true }],
      ] as const) {
        expect((await carol.ask(event, payload)).error?.code).toBe('NOT_FOUND');
      }
      for (const epoch of [1, 2, 3]) expect((await carol.send(groupId, epoch)).error?.code).toBe('NOT_FOUND');
      expect((await carol.commit(groupId, 3)).error?.code).toBe('NOT_FOUND');
      expect((await carol.person.request('GET', `/api/groups/${groupId}`)).status).toBe(404);
    });

    it('a newcomer gets no ciphertext and no handshake from before', async () => {
      const [owner, bob, carol] = await friends(3);
      const groupId = await owner.found(bob);
      await owner.send(groupId, 1, { burnAfterReadSeconds: 3_600 });
      await bob.commit(groupId, 1);
      await owner.commit(groupId, 2, { add: [carol] });
      await bob.send(groupId, 3);
      expect((await carol.handshakes(groupId)).map(({ epoch, welcome }) => [epoch, welcome])).toEqual([[3, 'welcome']]);
      const [before, after] = await carol.entries(groupId);
      expect([before?.ciphertext, after?.ciphertext]).toEqual([undefined, 'sealed']);
      expect((await told(carol, 'conversation:updated'))?.['conversation']).toMatchObject({ unread: 0, epoch: 3 });
      expect((await carol.told('message:received')).map(({ entry }) => (entry as { seq: number }).seq)).toEqual([2]);
      expect(carol.heard.map(({ event }) => event).filter((event) => /^(group|handshake)/.test(event))).toEqual([
        'group:updated',
        'handshake:received',
      ]);
    });
  });

  describe('delivered, read and burned', () => {
    const receiptsOf = async (sender: RawMember, groupId: string) => (await sender.entries(groupId))[0]?.receipts;

    it('are told of each member, and it burns when all have read', async () => {
      const [owner, bob, carol] = await friends(3);
      const groupId = await owner.found(bob, carol);
      await owner.send(groupId, 1);
      await bob.mark('message:delivered', groupId, 1);
      expect(await told(owner, 'message:receipt')).toMatchObject({ kind: 'delivered', userId: bob.id });
      expect(await receiptsOf(owner, groupId)).toEqual([
        { userId: bob.id, deliveredAt: expect.any(Number) },
        { userId: carol.id },
      ]);
      await bob.mark('message:read', groupId, 1);
      expect(await told(owner, 'message:receipt')).toMatchObject({ kind: 'read', userId: bob.id });
      expect((await owner.entries(groupId))[0]).not.toHaveProperty('burned');
      expect((await carol.entries(groupId))[0]).toMatchObject({ ciphertext: 'sealed' });
      const burned = new Promise((resolve) => bob.socket.once('message:burned', resolve));
      await carol.mark('message:read', groupId, 1);
      expect(await burned).toMatchObject({ conversationId: groupId, messages: [{ seq: 1, reason: 'read' }] });
      expect(await receiptsOf(owner, groupId)).toEqual([
        expect.objectContaining({ userId: bob.id, readAt: expect.any(Number) }),
        expect.objectContaining({ userId: carol.id, readAt: expect.any(Number) }),
      ]);
      expect(await carol.told('message:receipt')).toEqual([]);
    });

    it.each([
      [
        'removed',
        (owner: RawMember, carol: RawMember, groupId: string) => owner.commit(groupId, 1, { remove: [carol] }),
      ],
      ['gone', (_: RawMember, carol: RawMember, groupId: string) => carol.leave(groupId)],
    ])('burns once the last who has not read is %s', async (_case, end) => {
      const [owner, bob, carol] = await friends(3);
      const groupId = await owner.found(bob, carol);
      await owner.send(groupId, 1);
      await bob.mark('message:read', groupId, 1);
      const burned = Promise.all(
        [owner, bob].map(({ socket }) => new Promise((resolve) => socket.once('message:burned', resolve))),
      );
      await end(owner, carol, groupId);
      expect(await burned).toEqual([
        expect.objectContaining({ messages: [{ seq: 1, reason: 'read' }] }),
        expect.objectContaining({ messages: [{ seq: 1, reason: 'read' }] }),
      ]);
      expect(await carol.told('message:burned')).toEqual([]);
    });

    it('burning what one got leaves it to the others; the sender burns it for all', async () => {
      const [owner, bob, carol] = await friends(3);
      const groupId = await owner.found(bob, carol);
      await owner.send(groupId, 1);
      await bob.mark('message:burn', groupId, 1);
      expect(await told(bob, 'message:burned')).toMatchObject({ messages: [{ seq: 1, reason: 'read' }] });
      expect(await told(owner, 'message:receipt')).toMatchObject({ kind: 'read', userId: bob.id });
      expect((await bob.entries(groupId))[0]).toMatchObject({ burned: 'read' });
      expect((await carol.entries(groupId))[0]).toMatchObject({ ciphertext: 'sealed' });
      expect(await carol.told('message:burned')).toEqual([]);
      await owner.mark('message:burn', groupId, 1);
      expect(await told(carol, 'message:burned')).toMatchObject({ messages: [{ seq: 1, reason: 'recalled' }] });
    });
  });

  it('a member who commits too often keeps nobody else from it, and losing a race costs nothing', async () => {
    const strict = await startServer({ limits: { handshakesPerConversation: { points: 2 } } });
    try {
      const [owner, bob] = (await RawMember.registerMany(strict.url, 2)) as [RawMember, RawMember];
      everyone.push(owner, bob);
      await owner.befriend(bob);
      const groupId = await owner.found(bob);
      for (let i = 0; i < 5; i += 1) expect((await owner.commit(groupId, 0)).error?.code).toBe('EPOCH_STALE');
      expect((await owner.commit(groupId, 1)).ok).toBe(true);
      expect((await owner.commit(groupId, 2)).error?.code).toBe('RATE_LIMITED');
      expect((await bob.commit(groupId, 2)).ok).toBe(true);
    } finally {
      await strict.close();
    }
  });
});

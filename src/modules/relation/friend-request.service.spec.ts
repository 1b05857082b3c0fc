import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../protocol/limits.js';
import type { Person } from '../user/index.js';
import { type RelationRig, startRelation } from './spec/relation-rig.fixture.js';
import { settle } from './spec/relation-stores.fixture.js';

describe('friend requests', () => {
  let rig: RelationRig;
  let ann: Person;
  let bob: Person;
  beforeEach(async () => {
    rig = await startRelation();
    [ann, bob] = [rig.users.add('ann'), rig.users.add('bob')];
  });
  afterEach(() => rig.close());
  const ask = (from: Person, username: string) => rig.requestService.ask(from.userId, username);
  const person = ({ userId, username, displayName, avatarColour }: Person) => ({
    userId,
    username,
    displayName,
    avatarColour,
  });

  it('reach the other side live and in its list, without keys', async () => {
    const { requestId, createdAt } = await ask(ann, 'bob');
    const request = { requestId, from: person(ann), createdAt };
    expect(rig.delivery.pushes).toEqual([{ userId: bob.userId, event: 'friend:requested', payload: { request } }]);
    expect(await rig.requestService.list(bob.userId)).toEqual({ incoming: [request], outgoing: [] });
    expect(await rig.requestService.list(ann.userId)).toEqual({
      incoming: [],
      outgoing: [{ requestId, username: 'bob', createdAt }],
    });
    expect(await ask(ann, 'bob')).toEqual({ requestId, username: 'bob', createdAt });
    expect(rig.delivery.pushes).toHaveLength(1);
  });

  it('answer, list, count and cancel alike for accounts that exist, do not, block, are full or declined', async () => {
    const names = { free: 'free', missing: 'missing', blocking: 'blocking', full: 'full', declining: 'declining' };
    const [blocking, full, declining] = [rig.users.add('blocking'), rig.users.add('full'), rig.users.add('declining')];
    rig.users.add('free');
    for (let n = 0; n < LIMITS.pendingRequestsIn; n += 1) await ask(rig.users.add(`fan_${n}`), full.username);
    await rig.blockService.block(blocking.userId, ann.userId);

    const seen = [];
    for (const username of Object.values(names)) {
      rig.delivery.pushes = [];
      const answer = await ask(ann, username);
      if (username === 'declining') await rig.requestService.decline(answer.requestId, declining.userId);
      expect(rig.delivery.pushes.filter(({ userId }) => userId === ann.userId)).toEqual([]);
      const again = await ask(ann, username);
      const { outgoing } = await rig.requestService.list(ann.userId);
      const overLimit = await settle([...'abcde'].map((name) => ask(ann, `other_${name}`)));
      for (const { requestId, username: other } of (await rig.requestService.list(ann.userId)).outgoing) {
        if (other !== username) await rig.requestService.cancel(requestId, ann.userId);
      }
      await rig.requestService.cancel(answer.requestId, ann.userId);
      seen.push(
        JSON.stringify({ answer, again, outgoing, overLimit })
          .replaceAll(answer.requestId, 'ID')
          .replaceAll(username, 'NAME'),
      );
    }
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toContain('"overLimit":{"succeeded":4,"refusals":["REQUEST_LIMIT"]}');
  });

  it('tell nobody about a ghost', async () => {
    await rig.blockService.block(bob.userId, ann.userId);
    await ask(ann, 'bob');
    await ask(ann, 'nobody');
    expect(rig.delivery.pushes).toEqual([]);
  });

  it('are not made to oneself, nor to a friend', async () => {
    await expect(ask(ann, 'ann')).rejects.toMatchObject({ code: 'NOT_YOURSELF' });
    await rig.befriend(ann, bob);
    await expect(ask(ann, 'bob')).rejects.toMatchObject({ code: 'ALREADY_FRIENDS' });
  });

  it('begin a friendship when accepted: an event, and to each side its view of the other', async () => {
    const { requestId } = await ask(ann, 'bob');
    rig.delivery.pushes = [];
    const friend = await rig.requestService.accept(requestId, bob.userId);
    const { deviceId, leafKey, createdAt, signature } = ann.device;
    expect(friend).toMatchObject({
      ...person(ann),
      identityKey: ann.identityKey,
      keyVersion: 1,
      since: rig.clock.now(),
    });
    expect(friend.device).toEqual({ deviceId, leafKey, createdAt, signature });
    const { conversationId } = friend;
    expect(rig.began).toEqual([{ conversationId, userIds: [ann.userId, bob.userId].sort() }]);
    expect(rig.delivery.told(bob.userId, 'friend:added')).toEqual([{ friend }]);
    expect(rig.delivery.told(ann.userId, 'friend:added')).toMatchObject([
      { friend: { ...person(bob), conversationId } },
    ]);
    expect(await rig.facade.findFriendship(conversationId)).toMatchObject({ conversationId });
    expect(await rig.facade.areFriends(bob.userId, ann.userId)).toBe(true);
    expect(await rig.facade.listFriendships(ann.userId)).toHaveLength(1);
  });

  it('are accepted by asking back; requests left over by name are gone', async () => {
    await ask(ann, 'cleo');
    const cleo = rig.users.add('cleo');
    await ask(cleo, 'ann');
    expect(await ask(ann, 'cleo')).toMatchObject({ username: 'cleo' });
    expect(await rig.requestService.list(ann.userId)).toEqual({ incoming: [], outgoing: [] });
    expect(rig.delivery.told(cleo.userId, 'friend:added')).toHaveLength(1);
    expect(rig.delivery.told(ann.userId, 'friend:added')).toHaveLength(1);
  });

  it('are withdrawn live when cancelled, silently declined, and gone then', async () => {
    const { requestId } = await ask(ann, 'bob');
    rig.delivery.pushes = [];
    await rig.requestService.cancel(requestId, ann.userId);
    expect(rig.delivery.pushes).toEqual([
      { userId: bob.userId, event: 'friend:request-withdrawn', payload: { requestId } },
    ]);
    await expect(rig.requestService.accept(requestId, bob.userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(rig.requestService.decline(requestId, bob.userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(rig.requestService.cancel(requestId, ann.userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const next = await ask(ann, 'bob');
    await expect(rig.requestService.accept(next.requestId, ann.userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    rig.delivery.pushes = [];
    await rig.requestService.decline(next.requestId, bob.userId);
    expect(rig.delivery.pushes).toEqual([]);
  });

  it('are limited by rate', async () => {
    const slow = await startRelation({ friendRequestsPerUser: { points: 2, perMs: 60_000 } });
    const user = slow.users.add('ann');
    const tries = await settle(['bob', 'bob', 'cleo'].map((name) => slow.requestService.ask(user.userId, name)));
    expect(tries).toEqual({ succeeded: 2, refusals: ['RATE_LIMITED'] });
    await slow.close();
  });

  it('end with either account, however the deletion falls between', async () => {
    for (let round = 0; round < 6; round += 1) {
      const [one, other] = [rig.users.add(`one_${round}`), rig.users.add(`other_${round}`)];
      const { requestId } = await ask(one, other.username);
      const gone = round % 2 ? one : other;
      const accept = () => rig.requestService.accept(requestId, other.userId);
      await Promise.allSettled(round < 3 ? [accept(), rig.deleteAccount(gone)] : [rig.deleteAccount(gone), accept()]);
      expect(await rig.facade.areFriends(one.userId, other.userId)).toBe(false);
      for (const { userId } of [one, other]) expect((await rig.requestService.list(userId)).incoming).toEqual([]);
    }
  });

  it('leave nothing when they commit after the sweep of a deleted account', async () => {
    const { requestId } = await ask(ann, 'bob');
    rig.users.persons.delete(ann.userId);
    await expect(rig.requestService.accept(requestId, bob.userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(ask(ann, 'bob')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(rig.invitationService.create(ann.userId)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await rig.facade.listFriendships(bob.userId)).toEqual([]);
    expect(await rig.requestService.list(bob.userId)).toEqual({ incoming: [], outgoing: [] });
    expect(await rig.requestService.list(ann.userId)).toEqual({ incoming: [], outgoing: [] });
    expect(await rig.invitationService.list(ann.userId)).toEqual({ invitations: [] });
    expect(await rig.drainEnded()).toHaveLength(1);
  });
});

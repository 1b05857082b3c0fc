import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../protocol/limits.js';
import { RandomIds } from '../../shared/ids.js';
import type { Person } from '../user/index.js';
import { FriendshipCut } from './relation.events.js';
import { type RelationRig, startRelation } from './spec/relation-rig.fixture.js';
import { settle } from './spec/relation-stores.fixture.js';

describe('friends', () => {
  let rig: RelationRig;
  let ann: Person;
  let bob: Person;
  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  beforeEach(async () => {
    rig = await startRelation();
    [ann, bob] = [rig.users.add('ann'), rig.users.add('bob')];
  });
  afterEach(() => rig.close());

  it('are listed oldest first, with one look at the accounts', async () => {
    const friends = [bob, rig.users.add('cleo'), rig.users.add('dan')];
    for (const friend of friends) {
      await rig.befriend(ann, friend);
      rig.clock.advance(1);
    }
    rig.users.lists = 0;
    const list = await rig.friendService.list(ann.userId);
    expect(list.friends.map(({ username }) => username)).toEqual(['bob', 'cleo', 'dan']);
    expect(list.limit).toBe(LIMITS.friends);
    expect(rig.users.lists).toBe(1);
    expect(await rig.friendService.list(new RandomIds().next())).toEqual({ friends: [], limit: LIMITS.friends });
  });

  it('are removed by either side, once; both are told, and the modules surely', async () => {
    const { conversationId, userIds } = await rig.befriend(ann, bob);
    const removes = [ann, bob, ann].map((one) =>
      rig.friendService.remove(one.userId, (one === ann ? bob : ann).userId),
    );
    expect(await settle(removes)).toEqual({ succeeded: 1, refusals: ['NOT_FOUND'] });
    expect(await rig.drainEnded()).toEqual([{ conversationId, userIds: [...userIds] }]);
    expect(rig.delivery.told(ann.userId, 'friend:removed')).toEqual([{ userId: bob.userId, conversationId }]);
    expect(rig.delivery.told(bob.userId, 'friend:removed')).toEqual([{ userId: ann.userId, conversationId }]);
    expect(rig.delivery.pushes).toHaveLength(2);
    expect(await rig.facade.findFriendship(conversationId)).toBeNull();
  });

  it('are seen by both sides as soon as they are, however they come and go', async () => {
    const friendsOf = async ({ userId }: Person) =>
      (await rig.friendService.list(userId)).friends.map(({ username }) => username);
    const expectFriends = async (are: boolean) => {
      expect([await friendsOf(ann), await friendsOf(bob)]).toEqual(are ? [['bob'], ['ann']] : [[], []]);
    };
    await expectFriends(false);
    await rig.befriend(ann, bob);
    await expectFriends(true);
    await rig.friendService.remove(bob.userId, ann.userId);
    await expectFriends(false);
    const { requestId } = await rig.requestService.ask(ann.userId, 'bob');
    await rig.requestService.accept(requestId, bob.userId);
    await expectFriends(true);
    await rig.blockService.block(ann.userId, bob.userId);
    await rig.blockService.unblock(ann.userId, bob.userId);
    await expectFriends(false);
    await rig.invitationService.redeem((await rig.invitationService.create(ann.userId)).code, bob.userId);
    await expectFriends(true);
    await rig.deleteAccount(bob);
    await expectFriends(false);
  });

  it('are not reported as removed while somebody may still send to them; the modules hear of it all the same', async () => {
    const { conversationId, userIds } = await rig.befriend(ann, bob);
    rig.bus.subscribe(FriendshipCut, () => Promise.reject(new Error('the log is away')));
    const removal = rig.friendService.remove(ann.userId, bob.userId);
    await expect(removal).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await rig.drainEnded()).toEqual([{ conversationId, userIds: [...userIds] }]);
    expect(rig.delivery.told(bob.userId, 'friend:removed')).toHaveLength(1);
    expect((await rig.friendService.list(ann.userId)).friends).toEqual([]);
  });

  it('alone get key packages and identity keys; a stranger and nobody look alike', async () => {
    await rig.befriend(ann, bob);
    expect(await rig.friendService.claimKeyPackage(ann.userId, bob.userId)).toMatchObject({ userId: bob.userId });
    expect((await rig.friendService.listIdentityKeys(ann.userId, bob.userId)).entries).toHaveLength(1);
    for (const other of [rig.users.add('stranger').userId, new RandomIds().next()]) {
      const tries = [
        rig.friendService.claimKeyPackage(ann.userId, other),
        rig.friendService.listIdentityKeys(ann.userId, other),
        rig.friendService.remove(ann.userId, other),
      ];
      expect(await settle(tries)).toEqual({ succeeded: 0, refusals: ['NOT_FOUND'] });
    }
    await expect(rig.friendService.claimKeyPackage(ann.userId, ann.userId)).rejects.toMatchObject({
      code: 'NOT_YOURSELF',
    });
  });

  it('get six key packages a pair', async () => {
    const cleo = rig.users.add('cleo');
    await rig.befriend(ann, bob);
    await rig.befriend(ann, cleo);
    const claims = Array.from({ length: 10 }, () => rig.friendService.claimKeyPackage(ann.userId, bob.userId));
    expect(await settle(claims)).toEqual({ succeeded: 6, refusals: ['RATE_LIMITED'] });
    await rig.friendService.claimKeyPackage(ann.userId, cleo.userId);
    await rig.friendService.claimKeyPackage(bob.userId, ann.userId);
  });

  it('are told what changed, each with its own conversation; settings are nobody else’s', async () => {
    const friendship = await rig.befriend(ann, bob);
    rig.users.persons.set(ann.userId, { ...ann, displayName: 'Ann again' });
    await rig.changeUser(ann.userId, 'settings');
    expect(rig.delivery.pushes).toEqual([]);
    await rig.changeUser(ann.userId, 'profile');
    await rig.changeUser(new RandomIds().next(), 'device');
    expect(rig.delivery.pushes).toHaveLength(1);
    const { conversationId } = friendship;
    const friend = { userId: ann.userId, displayName: 'Ann again', conversationId };
    expect(rig.delivery.told(bob.userId, 'friend:changed')).toMatchObject([{ friend, what: 'profile' }]);
  });

  it('lose a friend with its account, and are told once however often the event comes', async () => {
    const { conversationId } = await rig.befriend(ann, bob);
    const { requestId } = await rig.requestService.ask(ann.userId, rig.users.add('cleo').username);
    rig.delivery.pushes = [];
    await rig.deleteAccount(ann);
    await rig.deleteAccount(ann);
    expect(rig.delivery.told(bob.userId, 'friend:removed')).toEqual([{ userId: ann.userId, conversationId }]);
    expect(rig.delivery.pushes.filter(({ event }) => event === 'friend:request-withdrawn')).toMatchObject([
      { payload: { requestId } },
    ]);
    expect(await rig.drainEnded()).toHaveLength(1);
    expect(await rig.friendService.list(bob.userId)).toMatchObject({ friends: [] });
  });
});

describe('deleting an account through the outbox', () => {
  it('does not wait for the pass that it is part of', async () => {
    const rig = await startRelation();
    const [ann, bob] = [rig.users.add('ann'), rig.users.add('bob')];
    await rig.befriend(ann, bob);
    await rig.deleteThroughOutbox(ann);
    expect(await rig.drainEnded()).toHaveLength(1);
    expect(await rig.facade.areFriends(ann.userId, bob.userId)).toBe(false);
    await rig.close();
  });
});

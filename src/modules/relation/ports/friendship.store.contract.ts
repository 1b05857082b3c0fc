import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../protocol/limits.js';
import {
  ask,
  befriend,
  befriendMany,
  type CreateRelationStores,
  type RelationStores,
  settle,
} from '../spec/relation-stores.fixture.js';

export function describeFriendshipStoreContract(create: CreateRelationStores): void {
  describe('FriendshipStore', () => {
    let stores: RelationStores;
    let ann: string;
    let bob: string;
    beforeEach(async () => {
      stores = await create();
      [ann, bob] = [stores.ids.next(), stores.ids.next()];
    });
    afterEach(() => stores.close());

    it('finds a friendship by its conversation and from either side, and nothing where there is none', async () => {
      const friendship = await befriend(stores, ann, bob);
      expect([...friendship.userIds]).toEqual([ann, bob].sort());
      expect(await stores.friendships.find(friendship.conversationId)).toEqual(friendship);
      expect(await stores.friendships.findBetween(ann, bob)).toEqual(friendship);
      expect(await stores.friendships.findBetween(bob, ann)).toEqual(friendship);
      expect(await stores.friendships.findBetween(ann, ann)).toBeNull();
      expect(await stores.friendships.find(stores.ids.next())).toBeNull();
      expect(await stores.friendships.list(stores.ids.next())).toEqual([]);
    });

    it('lists oldest first', async () => {
      const made = [];
      for (let friends = 0; friends < 5; friends += 1) made.push(await befriend(stores, ann, stores.ids.next()));
      expect(await stores.friendships.list(ann)).toEqual(made);
    });

    it('ends a friendship once, with one event, and the next one is another conversation', async () => {
      const { conversationId, userIds } = await befriend(stores, ann, bob);
      const ends = await Promise.all(Array.from({ length: 10 }, () => stores.friendships.end(bob, ann)));
      expect(ends.filter((end) => end !== null)).toHaveLength(1);
      expect(await stores.drainEnded()).toEqual([{ conversationId, userIds: [...userIds] }]);
      expect(await stores.friendships.find(conversationId)).toBeNull();
      expect((await befriend(stores, ann, bob)).conversationId).not.toBe(conversationId);
    });

    it('gives the place of an ended friendship free on both sides', async () => {
      await befriendMany(stores, ann, LIMITS.friends - 1);
      await befriendMany(stores, bob, LIMITS.friends - 1);
      for (let round = 0; round < 3; round += 1) {
        await befriend(stores, ann, bob);
        await stores.friendships.end(ann, bob);
      }
      await befriend(stores, ann, bob);
      expect((await settle([befriend(stores, ann, stores.ids.next())])).refusals).toEqual(['FRIEND_LIMIT']);
      expect((await settle([befriend(stores, bob, stores.ids.next())])).refusals).toEqual(['FRIEND_LIMIT']);
    });

    it('forgets everything of a user, once, and gives the places of the friends free', async () => {
      const [cleo, dan, eve] = [stores.ids.next(), stores.ids.next(), stores.ids.next()];
      await befriendMany(stores, bob, LIMITS.friends - 1);
      const friendship = await befriend(stores, ann, bob);
      const { request } = await ask(stores, ann, cleo);
      await ask(stores, ann, null, 'nobody');
      const toAnn = await ask(stores, dan, ann);
      await stores.blocks.block(ann, dan, 1);
      await stores.blocks.block(eve, ann, 1);
      await stores.invitations.open({ invitationId: stores.ids.next(), ownerId: ann, codeHash: 'h', expiresAt: 9 }, 1);

      const withdrawn = [{ requestId: request.requestId, recipientId: cleo }];
      expect(await stores.friendships.forget(ann)).toEqual({ friendships: [friendship], withdrawn });
      expect(await stores.friendships.forget(ann)).toEqual({ friendships: [], withdrawn: [] });

      expect(await stores.drainEnded()).toHaveLength(1);
      expect(await stores.friendships.list(ann)).toEqual([]);
      expect(await stores.requests.list(ann)).toEqual({ incoming: [], outgoing: [] });
      expect((await stores.requests.list(cleo)).incoming).toEqual([]);
      expect((await stores.requests.list(dan)).outgoing).toEqual([toAnn.request]);
      expect(await stores.invitations.list(ann, 1)).toEqual([]);
      expect(await stores.blocks.list(ann)).toEqual([]);
      expect(await stores.blocks.list(eve)).toEqual([]);
      await befriend(stores, bob, cleo);
    });

    it('forgets a user while others befriend it: counters and friendships agree', async () => {
      const others = Array.from({ length: 10 }, () => stores.ids.next());
      for (const other of others) await ask(stores, other, ann);
      await Promise.allSettled([
        ...others.slice(0, 5).map((other) => ask(stores, ann, other)),
        stores.friendships.forget(ann),
        ...others.slice(5).map((other) => ask(stores, ann, other)),
      ]);
      await stores.friendships.forget(ann);
      for (const other of others) {
        expect(await stores.friendships.list(other)).toEqual([]);
        await befriendMany(stores, other, LIMITS.friends);
      }
    });
  });
}

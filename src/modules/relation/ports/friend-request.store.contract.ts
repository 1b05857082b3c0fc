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

export function describeFriendRequestStoreContract(create: CreateRelationStores): void {
  describe('FriendRequestStore', () => {
    let stores: RelationStores;
    let ann: string;
    let bob: string;
    beforeEach(async () => {
      stores = await create();
      [ann, bob] = [stores.ids.next(), stores.ids.next()];
    });
    afterEach(() => stores.close());
    const stamp = () => ({ id: stores.ids.next(), at: 7 });
    const accept = (requestId: string, userId: string) => stores.requests.accept(requestId, userId, stamp());

    it('reaches the inbox once, however often and however parallel it is asked', async () => {
      const asked = await Promise.all(Array.from({ length: 10 }, () => ask(stores, ann, bob)));
      expect(new Set(asked.map(({ request }) => request.requestId)).size).toBe(1);
      expect(asked.filter(({ reached }) => reached === bob)).toHaveLength(1);
      const [first] = asked;
      expect(await stores.requests.list(bob)).toEqual({ incoming: [first?.request], outgoing: [] });
      expect(await stores.requests.list(ann)).toEqual({ incoming: [], outgoing: [first?.request] });
    });

    it('keeps a ghost for nobody, across a block in either direction and for a full inbox', async () => {
      const [blocker, blocked, popular] = [stores.ids.next(), stores.ids.next(), stores.ids.next()];
      await stores.blocks.block(blocker, ann, 1);
      await stores.blocks.block(ann, blocked, 1);
      for (let asked = 0; asked < LIMITS.pendingRequestsIn; asked += 1) await ask(stores, stores.ids.next(), popular);
      for (const recipient of [null, blocker, blocked, popular]) {
        expect(await ask(stores, ann, recipient)).toMatchObject({ reached: null, begun: null });
      }
      expect((await stores.requests.list(ann)).outgoing).toHaveLength(4);
      expect((await stores.requests.list(blocker)).incoming).toEqual([]);
      expect((await stores.requests.list(blocked)).incoming).toEqual([]);
      expect((await stores.requests.list(popular)).incoming).toHaveLength(LIMITS.pendingRequestsIn);
    });

    it('counts ghosts and others alike, up to five, under concurrency', async () => {
      const asks = Array.from({ length: 12 }, (_, n) =>
        ask(stores, ann, n % 2 ? null : stores.ids.next(), `name_${n}`),
      );
      expect(await settle(asks)).toEqual({ succeeded: LIMITS.pendingRequestsOut, refusals: ['REQUEST_LIMIT'] });
      expect((await stores.requests.list(ann)).outgoing).toHaveLength(LIMITS.pendingRequestsOut);
    });

    it('begins one friendship when both ask at once, and leaves no request', async () => {
      const asked = await Promise.all([ask(stores, ann, bob), ask(stores, bob, ann)]);
      expect(asked.filter(({ begun }) => begun !== null)).toHaveLength(1);
      for (const user of [ann, bob]) {
        expect(await stores.requests.list(user)).toEqual({ incoming: [], outgoing: [] });
        expect(await stores.friendships.list(user)).toHaveLength(1);
      }
      expect((await settle([ask(stores, ann, bob)])).refusals).toEqual(['ALREADY_FRIENDS']);
    });

    it('accepts once, and only as the one asked', async () => {
      const { request } = await ask(stores, ann, bob);
      expect((await settle([accept(request.requestId, ann)])).refusals).toEqual(['NOT_FOUND']);
      expect((await settle([accept(request.requestId, stores.ids.next())])).refusals).toEqual(['NOT_FOUND']);
      const accepts = Array.from({ length: 10 }, () => accept(request.requestId, bob));
      expect(await settle(accepts)).toEqual({ succeeded: 1, refusals: ['NOT_FOUND'] });
      expect(await stores.requests.list(ann)).toEqual({ incoming: [], outgoing: [] });
    });

    it('shows a declined request on as a ghost, which nobody can accept', async () => {
      const { request } = await ask(stores, ann, bob);
      expect(await stores.requests.decline(request.requestId, ann)).toBe(false);
      expect(await stores.requests.decline(request.requestId, bob)).toBe(true);
      expect(await stores.requests.decline(request.requestId, bob)).toBe(false);
      expect((await settle([accept(request.requestId, bob)])).refusals).toEqual(['NOT_FOUND']);
      expect((await stores.requests.list(ann)).outgoing).toEqual([request]);
      expect((await stores.requests.list(bob)).incoming).toEqual([]);
      expect(await ask(stores, ann, bob)).toEqual({ request, reached: null, begun: null });
    });

    it('accepts or declines, when both are tried at once', async () => {
      for (let laterBy = 0; laterBy < 15; laterBy += 1) {
        const asker = stores.ids.next();
        const { request } = await ask(stores, asker, bob);
        const late = new Promise((resolve) => setTimeout(resolve, laterBy));
        const declined = late.then(() => stores.requests.decline(request.requestId, bob));
        const results = await Promise.allSettled([accept(request.requestId, bob), declined]);
        const won = results.filter((result) => result.status === 'fulfilled' && result.value !== false);
        expect(won).toHaveLength(1);
        const friends = await stores.friendships.findBetween(asker, bob);
        expect((await stores.requests.list(asker)).outgoing).toHaveLength(friends ? 0 : 1);
      }
    });

    it('cancels once, and only as the one who asked', async () => {
      const { request } = await ask(stores, ann, bob);
      const { requestId } = request;
      expect((await settle([stores.requests.cancel(requestId, bob)])).refusals).toEqual(['NOT_FOUND']);
      expect(await stores.requests.cancel(requestId, ann)).toEqual({ requestId, recipientId: bob });
      expect((await settle([stores.requests.cancel(requestId, ann)])).refusals).toEqual(['NOT_FOUND']);
      expect((await settle([accept(requestId, bob)])).refusals).toEqual(['NOT_FOUND']);
      const ghost = await ask(stores, ann, null);
      expect(await stores.requests.cancel(ghost.request.requestId, ann)).toBeNull();
    });

    it('drops what two friends still ask of one another, by name too', async () => {
      await ask(stores, ann, null, 'bob');
      await ask(stores, bob, null, 'ann');
      await ask(stores, ann, null, 'cleo');
      await stores.requests.dropBetween({ userId: ann, username: 'ann' }, { userId: bob, username: 'bob' });
      expect((await stores.requests.list(ann)).outgoing).toMatchObject([{ username: 'cleo' }]);
      expect((await stores.requests.list(bob)).outgoing).toEqual([]);
    });

    it('holds 20 friends for who accepts 30 requests at once', async () => {
      const requests: string[] = [];
      await befriendMany(stores, ann, LIMITS.friends - 1);
      for (let batch = 0; batch < LIMITS.pendingRequestsIn; batch += 1) {
        requests.push((await ask(stores, stores.ids.next(), ann)).request.requestId);
      }
      const parallel = Array.from({ length: 30 }, (_, n) => accept(requests[n % requests.length] ?? '', ann));
      const { succeeded, refusals } = await settle(parallel);
      expect(succeeded).toBe(1);
      expect(refusals).toContain('FRIEND_LIMIT');
      expect(await stores.friendships.list(ann)).toHaveLength(LIMITS.friends);
      // Whoever was not accepted still waits.
      expect((await stores.requests.list(ann)).incoming).toHaveLength(LIMITS.pendingRequestsIn - 1);
    });

    it('holds 20 friends for who is accepted by many at once, and names the side', async () => {
      await befriendMany(stores, ann, LIMITS.friends - 1);
      const others = Array.from({ length: LIMITS.pendingRequestsOut }, () => stores.ids.next());
      const asked: { other: string; requestId: string }[] = [];
      for (const other of others) asked.push({ other, requestId: (await ask(stores, ann, other)).request.requestId });
      const accepts = asked.map(({ requestId, other }) => accept(requestId, other));
      expect(await settle(accepts)).toEqual({ succeeded: 1, refusals: ['FRIEND_LIMIT'] });
      expect(await stores.friendships.list(ann)).toHaveLength(LIMITS.friends);
      const [waiting] = (await stores.requests.list(ann)).outgoing;
      const left = asked.find(({ requestId }) => requestId === waiting?.requestId);
      await expect(accept(left?.requestId ?? '', left?.other ?? '')).rejects.toMatchObject({
        details: { side: 'theirs' },
      });
      const { request } = await ask(stores, stores.ids.next(), ann);
      await expect(accept(request.requestId, ann)).rejects.toMatchObject({ details: { side: 'yours' } });
    });

    it('takes back the count of the one side when the other is full', async () => {
      await befriendMany(stores, ann, LIMITS.friends);
      for (let round = 0; round < 3; round += 1) {
        const other = stores.ids.next();
        const { request } = await ask(stores, other, ann);
        await settle(Array.from({ length: 5 }, () => accept(request.requestId, ann)));
        await befriendMany(stores, other, LIMITS.friends);
      }
      expect(await stores.friendships.list(ann)).toHaveLength(LIMITS.friends);
    });

    it('befriends the same two again after the end', async () => {
      await befriend(stores, ann, bob);
      await stores.friendships.end(ann, bob);
      expect((await ask(stores, ann, bob)).reached).toBe(bob);
    });
  });
}

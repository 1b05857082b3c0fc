import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ask,
  befriend,
  type CreateRelationStores,
  type RelationStores,
  settle,
} from '../spec/relation-stores.fixture.js';

export function describeBlockStoreContract(create: CreateRelationStores): void {
  describe('BlockStore', () => {
    let stores: RelationStores;
    let ann: string;
    let bob: string;
    beforeEach(async () => {
      stores = await create();
      [ann, bob] = [stores.ids.next(), stores.ids.next()];
    });
    afterEach(() => stores.close());

    it('ends the friendship once, with one event', async () => {
      const friendship = await befriend(stores, ann, bob);
      const blocks = await Promise.all(Array.from({ length: 5 }, () => stores.blocks.block(ann, bob, 1)));
      expect(blocks.flatMap(({ friendships }) => friendships)).toEqual([friendship]);
      expect(await stores.drainEnded()).toHaveLength(1);
      expect(await stores.blocks.list(ann)).toEqual([bob]);
      expect(await stores.blocks.list(bob)).toEqual([]);
    });

    it('withdraws the requests of the blocker and leaves a ghost of those of the blocked', async () => {
      const own = await ask(stores, ann, bob);
      const withdrawn = [{ requestId: own.request.requestId, recipientId: bob }];
      expect(await stores.blocks.block(ann, bob, 1)).toEqual({ friendships: [], withdrawn });
      expect((await stores.requests.list(bob)).incoming).toEqual([]);
      expect((await stores.requests.list(ann)).outgoing).toEqual([]);

      const cleo = stores.ids.next();
      const { request } = await ask(stores, cleo, ann);
      await stores.blocks.block(ann, cleo, 1);
      expect((await stores.requests.list(ann)).incoming).toEqual([]);
      expect((await stores.requests.list(cleo)).outgoing).toEqual([request]);
      const accept = stores.requests.accept(request.requestId, ann, { id: stores.ids.next(), at: 1 });
      expect((await settle([accept])).refusals).toEqual(['NOT_FOUND']);
    });

    it('never leaves a friendship beside a block, whichever comes first', async () => {
      for (let round = 0; round < 10; round += 1) {
        const [blocker, other] = [stores.ids.next(), stores.ids.next()];
        const { request } = await ask(stores, other, blocker);
        const accept = () => stores.requests.accept(request.requestId, blocker, { id: stores.ids.next(), at: 1 });
        const block = () => stores.blocks.block(blocker, other, 1);
        await settle(round % 2 ? [accept(), block()] : [block(), accept()]);
        expect(await stores.friendships.findBetween(blocker, other)).toBeNull();
        expect(await stores.blocks.list(blocker)).toEqual([other]);
      }
    });

    it('lifts a block, oldest listed first, as often as asked', async () => {
      const cleo = stores.ids.next();
      await stores.blocks.block(ann, bob, 1);
      await stores.blocks.block(ann, cleo, 2);
      expect(await stores.blocks.list(ann)).toEqual([bob, cleo]);
      await stores.blocks.unblock(ann, bob);
      await stores.blocks.unblock(ann, bob);
      expect(await stores.blocks.list(ann)).toEqual([cleo]);
      expect((await ask(stores, bob, ann)).reached).toBe(ann);
    });
  });
}

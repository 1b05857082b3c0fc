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

const NOW = 1_000;
const EXPIRES = 2_000;

export function describeInvitationStoreContract(create: CreateRelationStores): void {
  describe('InvitationStore', () => {
    let stores: RelationStores;
    let ann: string;
    let bob: string;
    beforeEach(async () => {
      stores = await create();
      [ann, bob] = [stores.ids.next(), stores.ids.next()];
    });
    afterEach(() => stores.close());

    const open = async (codeHash: string, ownerId = ann, now = NOW, expiresAt = EXPIRES): Promise<string> => {
      const invitationId = stores.ids.next();
      await stores.invitations.open({ invitationId, ownerId, codeHash, expiresAt }, now);
      return invitationId;
    };
    const redeem = (codeHash: string, redeemerId = bob, at = NOW) =>
      stores.invitations.redeem(codeHash, redeemerId, { id: stores.ids.next(), at });

    it('begins a friendship once, with one of 50 who redeem at once', async () => {
      await open('hash');
      const tries = Array.from({ length: 50 }, () => redeem('hash', stores.ids.next()));
      expect(await settle(tries)).toEqual({ succeeded: 1, refusals: ['INVITATION_INVALID'] });
      expect(await stores.friendships.list(ann)).toHaveLength(1);
      expect(await stores.invitations.list(ann, NOW)).toEqual([]);
    });

    it('refuses unknown, used, own, expired, revoked and across blocks alike', async () => {
      await open('own');
      await open('used');
      await redeem('used', stores.ids.next());
      await open('expired');
      await stores.invitations.revoke(await open('revoked'), ann);
      const tries = [
        redeem('unknown'),
        redeem('own', ann),
        redeem('used'),
        redeem('expired', bob, EXPIRES),
        redeem('revoked'),
      ];
      const results = await Promise.allSettled(tries);
      await stores.blocks.block(ann, bob, 1);
      results.push(...(await Promise.allSettled([redeem('own')])));
      await stores.blocks.unblock(ann, bob);
      await stores.blocks.block(bob, ann, 1);
      results.push(...(await Promise.allSettled([redeem('own')])));
      for (const result of results) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'INVITATION_INVALID', details: {} } });
      }
    });

    it('stays open when the redeemer, the inviter or the friendship stands in the way', async () => {
      await open('hash');
      await befriendMany(stores, bob, LIMITS.friends);
      await expect(redeem('hash')).rejects.toMatchObject({ code: 'FRIEND_LIMIT', details: { side: 'yours' } });
      await open('of bob', bob);
      await expect(redeem('of bob', ann)).rejects.toMatchObject({ code: 'FRIEND_LIMIT', details: { side: 'theirs' } });
      const cleo = stores.ids.next();
      await befriend(stores, ann, cleo);
      await expect(redeem('hash', cleo)).rejects.toMatchObject({ code: 'ALREADY_FRIENDS' });
      const [friend] = await stores.friendships.list(bob);
      await stores.friendships.end(bob, friend?.userIds.find((userId) => userId !== bob) ?? '');
      await redeem('hash');
    });

    it('removes the requests between the two', async () => {
      const { request } = await ask(stores, bob, ann);
      await open('hash');
      const { withdrawn } = await redeem('hash');
      expect(withdrawn).toEqual([{ requestId: request.requestId, recipientId: ann }]);
      expect((await stores.requests.list(bob)).outgoing).toEqual([]);
    });

    it('holds 20 friends under 30 redeems and accepts at once, on both sides', async () => {
      await befriendMany(stores, ann, LIMITS.friends - 1);
      const accepts: (() => Promise<unknown>)[] = [];
      for (let n = 0; n < 15; n += 1) {
        await open(`hash ${n}`);
        const { request } = await ask(stores, stores.ids.next(), ann);
        accepts.push(() => stores.requests.accept(request.requestId, ann, { id: stores.ids.next(), at: NOW }));
      }
      const tries = accepts.flatMap((accept, n) => [redeem(`hash ${n}`, stores.ids.next()), accept()]);
      expect(await settle(tries)).toEqual({ succeeded: 1, refusals: ['FRIEND_LIMIT'] });
      expect(await stores.friendships.list(ann)).toHaveLength(LIMITS.friends);
      expect((await stores.invitations.list(ann, NOW)).length + (await stores.requests.list(ann)).incoming.length).toBe(
        29,
      );
    });

    it('holds for two who both have 19 and meet in three ways at once', async () => {
      await befriendMany(stores, ann, LIMITS.friends - 1);
      await befriendMany(stores, bob, LIMITS.friends - 1);
      await open('of ann');
      await open('of bob', bob);
      const { request } = await ask(stores, ann, bob);
      const accept = stores.requests.accept(request.requestId, bob, { id: stores.ids.next(), at: NOW });
      expect((await settle([redeem('of ann'), redeem('of bob', ann), accept])).succeeded).toBe(1);
      expect(await stores.friendships.list(ann)).toHaveLength(LIMITS.friends);
      expect(await stores.friendships.list(bob)).toHaveLength(LIMITS.friends);
    });

    it('keeps at most 20 open, under concurrency; expired and revoked ones do not count', async () => {
      const opened = await settle(Array.from({ length: 30 }, (_, n) => open(`hash ${n}`)));
      expect(opened).toEqual({ succeeded: LIMITS.openInvitations, refusals: ['INVITATION_LIMIT'] });
      const [first] = await stores.invitations.list(ann, NOW);
      expect(await stores.invitations.revoke(first?.invitationId ?? '', bob)).toBe(false);
      expect(await stores.invitations.revoke(first?.invitationId ?? '', ann)).toBe(true);
      expect(await stores.invitations.revoke(first?.invitationId ?? '', ann)).toBe(false);
      await open('again');
      expect(await stores.invitations.list(ann, EXPIRES)).toEqual([]);
      const later = await open('later', ann, EXPIRES, EXPIRES + 1);
      expect(await stores.invitations.list(ann, EXPIRES)).toEqual([{ invitationId: later, expiresAt: EXPIRES + 1 }]);
    });
  });
}

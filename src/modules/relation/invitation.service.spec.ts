import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Person } from '../user/index.js';
import { INVITATION_LIFE_MS, newInvitationCode } from './domain/invitation-code.js';
import { type RelationRig, startRelation } from './spec/relation-rig.fixture.js';
import { settle } from './spec/relation-stores.fixture.js';

describe('invitations', () => {
  let rig: RelationRig;
  let ann: Person;
  let bob: Person;
  beforeEach(async () => {
    rig = await startRelation();
    [ann, bob] = [rig.users.add('ann'), rig.users.add('bob')];
  });
  afterEach(() => rig.close());

  it('make friends at once; both sides are told', async () => {
    const { code, invitationId, expiresAt } = await rig.invitationService.create(ann.userId);
    expect(code).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(expiresAt).toBe(rig.clock.now() + INVITATION_LIFE_MS);
    expect(await rig.invitationService.list(ann.userId)).toEqual({ invitations: [{ invitationId, expiresAt }] });
    const friend = await rig.invitationService.redeem(code, bob.userId);
    expect(friend).toMatchObject({ userId: ann.userId, username: 'ann' });
    expect(rig.delivery.told(bob.userId, 'friend:added')).toEqual([{ friend }]);
    expect(rig.delivery.told(ann.userId, 'friend:added')).toMatchObject([{ friend: { userId: bob.userId } }]);
    expect(rig.began).toHaveLength(1);
    expect(await rig.invitationService.list(ann.userId)).toEqual({ invitations: [] });
  });

  it('live for 24 hours and until revoked', async () => {
    const late = await rig.invitationService.create(ann.userId);
    rig.clock.advance(INVITATION_LIFE_MS - 1);
    const revoked = await rig.invitationService.create(ann.userId);
    await rig.invitationService.redeem(late.code, bob.userId);
    await rig.invitationService.revoke(revoked.invitationId, ann.userId);
    await expect(rig.invitationService.revoke(revoked.invitationId, ann.userId)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const expired = await rig.invitationService.create(ann.userId);
    rig.clock.advance(INVITATION_LIFE_MS);
    for (const { code } of [late, revoked, expired]) {
      const redeem = rig.invitationService.redeem(code, rig.users.add('late').userId);
      await expect(redeem).rejects.toMatchObject({ code: 'INVITATION_INVALID', details: {} });
    }
  });

  it('cannot be guessed for long', async () => {
    const slow = await startRelation({ invitationTriesPerUser: { points: 3, perMs: 60_000 } });
    const user = slow.users.add('ann');
    const tries = Array.from({ length: 5 }, () => slow.invitationService.redeem(newInvitationCode(), user.userId));
    expect(new Set((await settle(tries)).refusals)).toEqual(new Set(['INVITATION_INVALID', 'RATE_LIMITED']));
    await slow.close();
  });

  it('are not valid any more when their maker is gone', async () => {
    const { code } = await rig.invitationService.create(ann.userId);
    rig.users.persons.delete(ann.userId);
    await expect(rig.invitationService.redeem(code, bob.userId)).rejects.toMatchObject({ code: 'INVITATION_INVALID' });
    expect(await rig.facade.listFriendships(bob.userId)).toEqual([]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RandomIds } from '../../shared/ids.js';
import type { Person } from '../user/index.js';
import { type RelationRig, startRelation } from './spec/relation-rig.fixture.js';

describe('blocks', () => {
  let rig: RelationRig;
  let ann: Person;
  let bob: Person;
  beforeEach(async () => {
    rig = await startRelation();
    [ann, bob] = [rig.users.add('ann'), rig.users.add('bob')];
  });
  afterEach(() => rig.close());

  it('end the friendship as a removal does, so that the other side cannot tell', async () => {
    const { conversationId } = await rig.befriend(ann, bob);
    await rig.blockService.block(ann.userId, bob.userId);
    expect(rig.delivery.told(bob.userId, 'friend:removed')).toEqual([{ userId: ann.userId, conversationId }]);
    expect(rig.delivery.pushes).toHaveLength(2);
    expect(await rig.drainEnded()).toHaveLength(1);
    const { userId, username, displayName, avatarColour } = bob;
    expect(await rig.blockService.list(ann.userId)).toEqual({
      blocked: [{ userId, username, displayName, avatarColour }],
    });
    expect(await rig.blockService.list(bob.userId)).toEqual({ blocked: [] });
  });

  it('withdraw the blocker’s own request live, and say nothing about the other’s', async () => {
    const { requestId } = await rig.requestService.ask(ann.userId, 'bob');
    const cleo = rig.users.add('cleo');
    await rig.requestService.ask(cleo.userId, 'ann');
    rig.delivery.pushes = [];
    await rig.blockService.block(ann.userId, bob.userId);
    await rig.blockService.block(ann.userId, cleo.userId);
    expect(rig.delivery.pushes).toEqual([
      { userId: bob.userId, event: 'friend:request-withdrawn', payload: { requestId } },
    ]);
  });

  it('answer alike for nobody, and again, and when lifted twice', async () => {
    const nobody = new RandomIds().next();
    expect(await rig.blockService.block(ann.userId, nobody)).toBeUndefined();
    expect(await rig.blockService.block(ann.userId, bob.userId)).toBeUndefined();
    expect(await rig.blockService.block(ann.userId, bob.userId)).toBeUndefined();
    for (const userId of [nobody, bob.userId, bob.userId]) {
      expect(await rig.blockService.unblock(ann.userId, userId)).toBeUndefined();
    }
    await expect(rig.blockService.block(ann.userId, ann.userId)).rejects.toMatchObject({ code: 'NOT_YOURSELF' });
  });

  it('let requests through again when lifted', async () => {
    await rig.blockService.block(ann.userId, bob.userId);
    await rig.blockService.unblock(ann.userId, bob.userId);
    await rig.requestService.ask(bob.userId, 'ann');
    expect(rig.delivery.told(ann.userId, 'friend:requested')).toHaveLength(1);
  });
});

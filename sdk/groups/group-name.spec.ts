import { beforeAll, describe, expect, it } from '@jest/globals';
import { newGroup, newPerson, type Person } from '../crypto/people.fixture.js';
import { groupNameOf, openGroupName, sealGroupName } from './group-name.js';

describe('the name of a group', () => {
  let alice: Person;
  let bob: Person;
  let aliceState: Uint8Array;
  let bobState: Uint8Array;
  const at = (state: Uint8Array, epoch = 3, conversationId = 'c'.repeat(22)) => ({ state, conversationId, epoch });

  beforeAll(async () => {
    [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
    [aliceState, bobState] = (await newGroup(alice, bob)) as [Uint8Array, Uint8Array];
  });

  it('is read by every member of the epoch, and is never sealed twice alike', async () => {
    const sealed = await sealGroupName(alice.engine, at(aliceState), 'Zoë’s 🎉');
    expect(await openGroupName(bob.engine, at(bobState), sealed)).toBe('Zoë’s 🎉');
    expect(await sealGroupName(alice.engine, at(aliceState), 'Zoë’s 🎉')).not.toBe(sealed);
  });

  it('does not open in another epoch, group or state, nor damaged', async () => {
    const sealed = await sealGroupName(alice.engine, at(aliceState), 'plans');
    const update = await bob.engine.update(bobState);
    const { state: next } = await bob.engine.confirmCommit(bobState, update.state);
    const places = [at(bobState, 4), at(bobState, 3, 'd'.repeat(22)), at(next)];
    for (const place of places)
      await expect(openGroupName(bob.engine, place, sealed)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
    for (const damaged of ['', 'A', '!', sealed.slice(4), `${sealed.slice(0, -4)}AAAA`])
      await expect(openGroupName(bob.engine, at(bobState), damaged)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
  });

  it('has 1 to 64 code points in their normal form, and no controls', () => {
    expect(groupNameOf('Zoe\u0308')).toBe('Zo\u00eb');
    expect(groupNameOf('🎉'.repeat(64))).toHaveLength(128);
    for (const bad of ['', '🎉'.repeat(65), 'a\nb', '\u0000', '\u009f', '\ud800'])
      expect(() => groupNameOf(bad)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });

  it('fits into what the server takes, at its longest', async () => {
    const sealed = await sealGroupName(alice.engine, at(aliceState), '🎉'.repeat(64));
    expect(sealed.length).toBeLessThanOrEqual(400);
  });
});

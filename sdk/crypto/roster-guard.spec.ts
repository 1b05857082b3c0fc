import { describe, expect, it } from '@jest/globals';
import { defaultAuthenticationService, type RatchetTree } from 'ts-mls';
import { decodeState } from './mls-codec.js';
import { mlsClientConfig } from './mls-suite.js';
import { newGroup, newPerson, NO_DATA } from './people.fixture.js';
import { RosterGuard } from './roster-guard.js';

describe('RosterGuard', () => {
  const setUp = async () => {
    const people = [await newPerson('alice'), await newPerson('bob'), await newPerson('carol')] as const;
    const [state = NO_DATA] = await newGroup(...people);
    const tree = decodeState(state, mlsClientConfig(defaultAuthenticationService)).ratchetTree;
    const [alice] = people;
    const guard = new RosterGuard({ userId: alice.userId, identityKey: alice.identityKey }, alice.policy);
    return { people, tree, guard, userIds: people.map(({ userId }) => userId) };
  };
  const untrusted = expect.objectContaining({ code: 'UNTRUSTED_MEMBER' }) as unknown as Error;
  /** The tree with the leaf `from` also at `to`. */
  const withLeafCopied = (tree: RatchetTree, from: number, to: number): RatchetTree => {
    const copy = [...tree];
    copy[to * 2] = tree[from * 2];
    return copy;
  };

  it('lets the expected people be, and refuses a blank leaf, a parent node or an index outside', async () => {
    const { tree, guard, userIds } = await setUp();
    expect((await guard.requireRoster(tree, userIds)).map(({ userId }) => userId)).toEqual(userIds);
    for (const index of [3, 0.5, 17]) {
      await expect(guard.memberAt(tree, index)).rejects.toMatchObject({ code: 'UNTRUSTED_MEMBER' });
    }
  });

  it('refuses one device twice, and an account of its own with a key that is not its own', async () => {
    const { people, tree, guard, userIds } = await setUp();
    await expect(guard.requireRoster(withLeafCopied(tree, 1, 2), userIds)).rejects.toThrow('too many devices');
    const [alice, bob] = people;
    const other = new RosterGuard({ userId: alice.userId, identityKey: bob.identityKey }, alice.policy);
    await expect(other.requireRoster(tree, userIds)).rejects.toMatchObject({ code: 'UNTRUSTED_MEMBER' });
  });

  it('refuses a commit that turns one member into another, or drops one without saying so', async () => {
    const { tree, guard } = await setUp();
    const after = withLeafCopied(tree, 1, 2);
    expect(() => guard.requireSameLeaves(tree, tree, new Set())).not.toThrow();
    expect(() => guard.requireSameLeaves(tree, after, new Set())).toThrow(untrusted);
    expect(() => guard.requireSameLeaves(tree, after, new Set([2]))).not.toThrow();
    expect(() => guard.requireSameLeaves(tree, tree.slice(0, 2), new Set([2]))).toThrow(untrusted);
  });
});

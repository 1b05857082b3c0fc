import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../protocol/limits.js';
import { RandomIds } from '../../../shared/ids.js';
import type { GroupSubject } from '../group.events.js';
import type { GroupChange } from '../group.facade.js';
import type { GroupRecord, GroupStore } from './group.store.port.js';

export interface GroupStoreUnderTest {
  readonly store: GroupStore;
  /** Runs the work in one transaction of the store's database. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Drains the outbox and returns the GroupDissolved since the last call. */
  drainDissolved(): Promise<GroupSubject[]>;
  close(): Promise<void>;
}

const codesOf = (results: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  results.map((result) => (result.status === 'rejected' ? (result.reason as { code?: unknown }).code : 'done'));
const membersOf = (group: GroupRecord | null): string[] => (group?.members ?? []).map(({ userId }) => userId);

/** What every GroupStore does. */
export function describeGroupStoreContract(create: () => Promise<GroupStoreUnderTest>): void {
  describe('GroupStore', () => {
    const ids = new RandomIds();
    const people = (count: number): string[] => Array.from({ length: count }, () => ids.next());
    let under: GroupStoreUnderTest;
    let store: GroupStore;
    let alice: string;
    let bob: string;
    let time = 1_000;

    const found = async (creatorId: string, members: readonly string[], clientGroupId = ids.next()) =>
      store.create({ groupId: ids.next(), creatorId, clientGroupId, members, at: (time += 1) });
    const founded = async (...members: readonly string[]) => (await found(alice, members)).group;
    const change = (groupId: string, { actorId = alice, add = [], remove = [] }: Partial<GroupChange>) =>
      store.change({ groupId, actorId, add, remove }, (time += 1));
    /** In as many groups as one may be in. */
    const fill = async (userId: string): Promise<string[]> => {
      const groupIds: string[] = [];
      for (let made = 0; made < LIMITS.groups; made += 1) {
        groupIds.push((await found(userId, [])).group.groupId);
      }
      return groupIds;
    };

    beforeEach(async () => {
      under = await create();
      ({ store } = under);
      [alice, bob] = [ids.next(), ids.next()];
    });

    afterEach(() => under.close());

    describe('creating', () => {
      it('makes the creator the owner and the first member, the others follow as named', async () => {
        const others = people(LIMITS.groupMembers - 1);
        const { group, created } = await found(alice, others);
        expect(created).toBe(true);
        expect(group).toMatchObject({ ownerId: alice, createdAt: time });
        expect(group.members).toEqual([alice, ...others].map((userId) => ({ userId, joinedAt: time })));
        expect(await store.find(group.groupId)).toEqual(group);
        expect(await store.find(ids.next())).toBeNull();
      });

      it('makes one group per creator and client id, however many ask at once', async () => {
        const clientGroupId = ids.next();
        const all = await Promise.all(Array.from({ length: 5 }, () => found(alice, [bob], clientGroupId)));
        expect(all.filter(({ created }) => created)).toHaveLength(1);
        expect(new Set(all.map(({ group }) => group.groupId)).size).toBe(1);
        expect(await store.list(bob)).toHaveLength(1);
        expect(await store.findCreated(alice, clientGroupId)).toEqual(all[0]?.group);
        expect(await store.findCreated(bob, clientGroupId)).toBeNull();
        expect((await found(bob, [alice], clientGroupId)).created).toBe(true);
      });

      it('gives the group as it is now to whoever asks with the same id again', async () => {
        const clientGroupId = ids.next();
        const { group } = await found(alice, [bob], clientGroupId);
        await store.leave(group.groupId, bob);
        const again = await found(alice, people(2), clientGroupId);
        expect([again.created, membersOf(again.group)]).toEqual([false, [alice]]);
      });

      it('lets nobody into more than 20 groups, whatever comes at once, and makes nothing of what was refused', async () => {
        const tries = Array.from({ length: LIMITS.groups + 5 }, () => found(ids.next(), [bob]));
        const codes = codesOf(await Promise.allSettled(tries));
        expect(codes.filter((code) => code === 'done')).toHaveLength(LIMITS.groups);
        expect(codes.filter((code) => code === 'GROUP_COUNT_LIMIT')).toHaveLength(5);
        expect(await store.list(bob)).toHaveLength(LIMITS.groups);
        await expect(found(alice, [bob])).rejects.toMatchObject({ details: { userId: bob } });
        expect(await store.list(alice)).toEqual([]);
      });
    });

    it('lists the groups of a user, the oldest first', async () => {
      const first = await founded(bob);
      await found(ids.next(), []);
      const second = (await found(bob, [alice])).group;
      expect(await store.list(bob)).toEqual([first, second]);
      expect(await store.list(ids.next())).toEqual([]);
    });

    describe('changing', () => {
      it('adds and removes together, the newcomers at the end', async () => {
        const [carol = '', dave = ''] = people(2);
        const { groupId } = await founded(bob, carol);
        const group = await change(groupId, { add: [dave], remove: [bob] });
        expect(membersOf(group)).toEqual([alice, carol, dave]);
        expect(group.members[2]?.joinedAt).toBe(time);
        expect(await store.find(groupId)).toEqual(group);
        expect(await store.list(bob)).toEqual([]);
        expect(membersOf(await change(groupId, { add: [bob] }))).toEqual([alice, carol, dave, bob]);
      });

      it('lets exactly one of five sixth members in', async () => {
        const { groupId } = await founded(...people(LIMITS.groupMembers - 2));
        const tries = people(5).map((userId) => change(groupId, { add: [userId] }));
        const codes = codesOf(await Promise.allSettled(tries));
        expect(codes.toSorted()).toEqual(['GROUP_FULL', 'GROUP_FULL', 'GROUP_FULL', 'GROUP_FULL', 'done']);
        expect((await store.find(groupId))?.members).toHaveLength(LIMITS.groupMembers);
      });

      it('does all or nothing', async () => {
        const { groupId } = await founded(bob);
        await expect(change(groupId, { add: people(5), remove: [bob] })).rejects.toMatchObject({ code: 'GROUP_FULL' });
        expect(membersOf(await store.find(groupId))).toEqual([alice, bob]);
        const full = ids.next();
        const [left = ''] = await fill(full);
        const newcomer = ids.next();
        await expect(change(groupId, { add: [newcomer, full] })).rejects.toMatchObject({ code: 'GROUP_COUNT_LIMIT' });
        expect(await store.list(newcomer)).toEqual([]);
        await store.leave(left, full);
        await expect(change(groupId, { add: [newcomer, full] })).resolves.toMatchObject({ groupId });
      });

      it('lets members add and the owner remove, and strangers see no group', async () => {
        const [carol = '', dave = ''] = people(2);
        const { groupId } = await founded(bob);
        await change(groupId, { actorId: bob, add: [carol] });
        for (const [refused, code] of [
          [{ actorId: bob, remove: [carol] }, 'GROUP_OWNER_ONLY'],
          [{ actorId: dave, add: [dave] }, 'NOT_FOUND'],
          [{ remove: [alice] }, 'NOT_YOURSELF'],
          [{ remove: [dave] }, 'NOT_FOUND'],
          [{ add: [carol] }, 'ALREADY_MEMBER'],
          [{ add: [alice] }, 'ALREADY_MEMBER'],
        ] as const) {
          await expect(change(groupId, refused)).rejects.toMatchObject({ code });
        }
        await expect(change(ids.next(), { add: [dave] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
        expect(membersOf(await store.find(groupId))).toEqual([alice, bob, carol]);
      });

      it('is undone with the transaction that it takes part in', async () => {
        const { groupId } = await founded(bob);
        const work = under.transaction(async () => {
          await change(groupId, { add: people(1), remove: [bob] });
          throw new RangeError('no');
        });
        await expect(work).rejects.toThrow(RangeError);
        expect(membersOf(await store.find(groupId))).toEqual([alice, bob]);
        expect(await store.list(bob)).toHaveLength(1);
      });
    });

    describe('leaving', () => {
      it('hands the group to the longest member', async () => {
        const [carol = '', dave = ''] = people(2);
        const { groupId } = await founded(bob, carol);
        await change(groupId, { add: [dave] });
        await store.leave(groupId, bob);
        expect(await store.leave(groupId, alice)).toMatchObject({ ownerId: carol });
        expect(await store.leave(groupId, dave)).toMatchObject({ ownerId: carol, members: [{ userId: carol }] });
      });

      it('ends the group with the last one, and frees its place and its client id', async () => {
        const groupIds = await fill(alice);
        expect(await store.leave(groupIds[0] ?? '', alice)).toBeNull();
        expect(await store.find(groupIds[0] ?? '')).toBeNull();
        await expect(founded(bob)).resolves.toMatchObject({ ownerId: alice });
        await expect(founded(bob)).rejects.toMatchObject({ code: 'GROUP_COUNT_LIMIT' });
        expect(await under.drainDissolved()).toEqual([]);
      });

      it('happens once, and is nothing for who is not in', async () => {
        const { groupId } = await founded(bob);
        const codes = codesOf(await Promise.allSettled([store.leave(groupId, bob), store.leave(groupId, bob)]));
        expect(codes.toSorted()).toEqual(['NOT_FOUND', 'done']);
        for (const userId of [bob, ids.next()]) {
          await expect(store.leave(groupId, userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
        }
        await expect(store.leave(ids.next(), alice)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      });

      it('by all at once ends the group once', async () => {
        const others = people(LIMITS.groupMembers - 1);
        const { groupId } = await founded(...others);
        const left = await Promise.all([alice, ...others].map((userId) => store.leave(groupId, userId)));
        expect(left.filter((group) => group === null)).toHaveLength(1);
        expect(await store.find(groupId)).toBeNull();
      });
    });

    describe('dissolving', () => {
      it('is the owner’s, frees everybody’s place and tells the other modules', async () => {
        const { groupId } = await founded(bob);
        await expect(store.dissolve(groupId, bob)).rejects.toMatchObject({ code: 'GROUP_OWNER_ONLY' });
        await expect(store.dissolve(groupId, ids.next())).rejects.toMatchObject({ code: 'NOT_FOUND' });
        expect(await under.drainDissolved()).toEqual([]);
        await store.dissolve(groupId, alice);
        expect(await store.find(groupId)).toBeNull();
        expect(await store.list(bob)).toEqual([]);
        expect(await under.drainDissolved()).toEqual([{ groupId, members: [alice, bob] }]);
        await expect(store.dissolve(groupId, alice)).rejects.toMatchObject({ code: 'NOT_FOUND' });
        await fill(bob);
      });

      it('and adding at the same time leave nobody behind in a group that is gone', async () => {
        const { groupId } = await founded(bob);
        const carol = ids.next();
        const adding = change(groupId, { add: [carol] }).catch(() => null);
        await Promise.all([store.dissolve(groupId, alice), adding]);
        expect(await store.list(carol)).toEqual([]);
        const [dissolved] = await under.drainDissolved();
        expect(dissolved?.members.includes(carol)).toBe((await adding) !== null);
      });
    });
  });
}

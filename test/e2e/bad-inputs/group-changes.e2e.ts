import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '../../../src/protocol/errors.js';
import { LIMITS } from '../../../src/protocol/limits.js';
import { RandomIds } from '../../../src/shared/ids.js';
import { commitOf, RawMember } from '../../rig/raw-group.js';
import { startTestServer } from './canary.js';
import { type GroupCast, startCast } from './group-cast.js';
import { RawWebSocket } from './raw-web-socket.js';

const ids = new RandomIds();
const PART = 'a'.repeat(LIMITS.ciphertextCharacters);
const deviceOf = ({ id, person }: RawMember) => ({ userId: id, deviceId: person.deviceId });

describe('handshakes of groups that must not be', () => {
  let cast: GroupCast;
  beforeAll(async () => {
    cast = await startCast();
  });
  afterAll(() => cast.stop());

  const commit = { baseEpoch: 3, kind: 'commit', commit: 'commit', welcomed: [] as object[] };
  const reset = { baseEpoch: 3, kind: 'reset', welcome: 'welcome' };
  const submit = (request: object, by = cast.owner, conversationId = cast.groupId) =>
    by.ask('handshake:submit', { conversationId, ...request });
  const renewal = () => ({ ...reset, welcomed: [deviceOf(cast.bob), deviceOf(cast.carol)] });
  const addition = (...added: readonly RawMember[]) => commitOf(3, added);
  async function expectRefused(request: object, code: ErrorCode, by = cast.owner, conversationId?: string) {
    const { ok, error } = await submit(request, by, conversationId);
    expect([ok, error?.code]).toEqual([false, code]);
    await cast.nothingChanged();
    return error;
  }

  /** Of each field what it is not, as JSON. */
  const wrong: Record<string, readonly string[]> = {
    baseEpoch: ['-1', '1.5', '1e21', '1e400', '9007199254740993', '"3"', '"NaN"', 'null', '[3]', '{}', 'true'],
    kind: ['"leave"', '"Commit"', '""', 'null', '1', '["commit"]', '"__proto__"'],
    commit: ['""', '"a b"', '"a+b/"', '"YQ=="', '"ä"', '"a\\u0000"', '"🧧"', `"${PART}a"`, '1', '[]', '{}', 'null'],
    welcome: ['""', '"a b"', '"a+b/"', '"YQ=="', '"ä"', `"${PART}a"`, '1', '[]', 'null'],
    welcomed: ['null', '"x"', '{}', '1', '[1]', '[null]', '[[]]', '[{}]', '[{"userId":"x","deviceId":"x"}]'],
    change: ['"x"', '1', '[]', '{}', 'null', '{"add":[]}', '{"add":null,"remove":[]}', '{"add":["x"],"remove":[]}'],
    sealedName: [
      '""',
      '"a b"',
      '"a+b/"',
      '"名"',
      `"${'a'.repeat(LIMITS.sealedNameCharacters + 1)}"`,
      '1',
      '[]',
      'null',
    ],
    'change.more': ['{"add":[],"remove":[],"ownerId":"x"}', '{"__proto__":{"add":[]},"add":[],"remove":[]}'],
    'change.add': [
      JSON.stringify({ add: Array.from({ length: 5 }, () => ids.next()), remove: [] }),
      `{"add":{"0":"${ids.next()}","length":1},"remove":[]}`,
    ],
    ownerId: ['"x"'],
    members: ['[]'],
    ['__proto__']: ['{"commit":"a"}'],
  };
  it.each(
    Object.entries(wrong).flatMap(([field, values]) =>
      values.map((value) => ({ field, value, shown: value.slice(0, 30) })),
    ),
  )('a commit with the $field $shown: BAD_REQUEST', async ({ field, value }) => {
    const [name] = field.split('.');
    const fields = Object.entries({ conversationId: cast.groupId, ...commit }).filter(([key]) => key !== name);
    const payload = [...fields.map(([key, right]) => `"${key}":${JSON.stringify(right)}`), `"${name}":${value}`];
    const raw = await RawWebSocket.login(cast.server.port, cast.owner.person.tokens.accessToken);
    const { ok, error } = await raw.ask('handshake:submit', `{${payload.join()}}`);
    raw.destroy();
    expect([ok, error?.code]).toEqual([false, 'BAD_REQUEST']);
    await cast.nothingChanged();
  });

  it.each([0, 1, 2, 4, 1_000, Number.MAX_SAFE_INTEGER])(
    'a handshake on epoch %d of a group, which is not: EPOCH_STALE with what is',
    async (baseEpoch) => {
      const members = [cast.owner, cast.bob, cast.carol].map(({ id }) => id);
      for (const request of [commit, renewal(), addition(cast.friend)]) {
        const error = await expectRefused({ ...request, baseEpoch }, 'EPOCH_STALE');
        expect(error?.details).toEqual({ epoch: 3, members });
      }
    },
  );

  type Request = (cast: GroupCast) => object;
  const change = (add: readonly RawMember[], remove: readonly RawMember[] = []): object => commitOf(3, add, remove);
  const changes: Record<string, readonly [ErrorCode, Request, by?: 'bob']> = {
    'adding oneself': ['ALREADY_MEMBER', ({ owner }) => change([owner])],
    'adding a member': ['ALREADY_MEMBER', ({ bob }) => change([bob])],
    'adding a member and a friend': ['ALREADY_MEMBER', ({ bob, friend }) => change([friend, bob])],
    'adding a stranger': ['NOT_FOUND', ({ stranger }) => change([stranger])],
    'adding a stranger and a friend': ['NOT_FOUND', ({ stranger, friend }) => change([friend, stranger])],
    'adding another’s friend': ['NOT_FOUND', ({ former }) => change([former]), 'bob'],
    'adding somebody twice': ['BAD_REQUEST', ({ friend }) => change([friend, friend])],
    'removing a stranger': ['NOT_FOUND', ({ stranger }) => change([], [stranger])],
    'removing who is no member any more': ['NOT_FOUND', ({ former }) => change([], [former])],
    'removing somebody twice': ['BAD_REQUEST', ({ bob }) => change([], [bob, bob])],
    'removing oneself': ['NOT_YOURSELF', ({ owner }) => change([], [owner])],
    'removing oneself, without the group': ['NOT_YOURSELF', ({ bob }) => change([], [bob]), 'bob'],
    'removing the owner': ['GROUP_OWNER_ONLY', ({ owner }) => change([], [owner]), 'bob'],
    'removing a member, without the group': ['GROUP_OWNER_ONLY', ({ carol }) => change([], [carol]), 'bob'],
    'adding and removing a friend': ['BAD_REQUEST', ({ friend }) => change([friend], [friend])],
    'adding and removing a member': ['BAD_REQUEST', ({ bob }) => change([bob], [bob])],
    'adding a friend and removing a stranger': ['NOT_FOUND', ({ friend, stranger }) => change([friend], [stranger])],
    'naming nobody': ['BAD_REQUEST', () => ({ ...commit, change: { add: [], remove: [] } })],
    'by a reset': ['BAD_REQUEST', ({ carol }) => ({ ...renewal(), change: { add: [], remove: [carol.id] } })],
    'without a commit': ['BAD_REQUEST', ({ friend }) => ({ ...addition(friend), commit: undefined })],
  };
  it.each(Object.keys(changes))('a change of members, %s: refused', async (name) => {
    const [code, request, by] = changes[name] ?? ['INTERNAL', () => ({})];
    await expectRefused(request(cast), code, by === 'bob' ? cast.bob : cast.owner);
  });

  it('who is added and no friend, and who does not exist, are refused alike', async () => {
    const { stranger, groupId, direct } = cast;
    const refusalOf = (id: string) => {
      const welcomed = [{ userId: id, deviceId: ids.next() }];
      return expectRefused({ ...commit, welcome: 'welcome', welcomed, change: { add: [id], remove: [] } }, 'NOT_FOUND');
    };
    const none = await refusalOf(ids.next());
    for (const id of [stranger.id, groupId, direct]) expect(await refusalOf(id)).toEqual(none);
  });

  const welcomes: Record<string, Request> = {
    'a commit, for a member': ({ bob }) => ({ ...commit, welcome: 'welcome', welcomed: [deviceOf(bob)] }),
    'a commit, for a stranger': ({ stranger }) => ({ ...commit, welcome: 'welcome', welcomed: [deviceOf(stranger)] }),
    'a commit, for nobody': () => ({ ...commit, welcome: 'welcome' }),
    'an addition, for nobody': ({ friend }) => ({ ...addition(friend), welcomed: [] }),
    'an addition, for another one': ({ friend, former }) => ({ ...addition(friend), welcomed: [deviceOf(former)] }),
    'an addition, for a stranger too': ({ friend, stranger }) => ({
      ...addition(friend),
      welcomed: [deviceOf(friend), deviceOf(stranger)],
    }),
    'an addition, for one device twice': ({ friend }) => ({
      ...addition(friend),
      welcomed: [deviceOf(friend), deviceOf(friend)],
    }),
    'an addition, for one user twice': ({ friend }) => ({
      ...addition(friend),
      welcomed: [deviceOf(friend), { userId: friend.id, deviceId: ids.next() }],
    }),
    'an addition of two, for one device': ({ friend, former }) => ({
      ...addition(friend, former),
      welcomed: [deviceOf(friend), { userId: former.id, deviceId: friend.person.deviceId }],
    }),
    'an addition, without the welcome': ({ friend }) => ({ ...addition(friend), welcome: undefined }),
    'a reset, without the welcome': () => ({ ...renewal(), welcome: undefined }),
    'a reset, without anybody': () => ({ ...renewal(), welcomed: [] }),
    'a reset, without a member': ({ bob }) => ({ ...reset, welcomed: [deviceOf(bob)] }),
    'a reset, for its sender': ({ owner, bob }) => ({ ...reset, welcomed: [deviceOf(owner), deviceOf(bob)] }),
    'a reset, for a stranger': ({ bob, stranger }) => ({ ...reset, welcomed: [deviceOf(bob), deviceOf(stranger)] }),
    'a reset, for a former member': ({ bob, carol, former }) => ({
      ...reset,
      welcomed: [bob, carol, former].map(deviceOf),
    }),
  };
  it.each(Object.keys(welcomes))('a welcome in %s: BAD_REQUEST', async (name) => {
    await expectRefused(welcomes[name]?.(cast) ?? {}, 'BAD_REQUEST');
  });

  it('a change of members and a sealed name are nothing for a conversation of two', async () => {
    const { owner, bob, friend, direct } = cast;
    const first = { baseEpoch: 0, kind: 'reset', welcome: 'welcome', welcomed: [deviceOf(bob)] };
    const next = { ...commit, baseEpoch: 0 };
    for (const request of [
      { ...first, sealedName: 'sealed-name' },
      { ...next, sealedName: 'sealed-name' },
      { ...next, change: { add: [friend.id], remove: [] }, welcome: 'welcome', welcomed: [deviceOf(friend)] },
      { ...next, change: { add: [], remove: [bob.id] } },
      { ...first, change: { add: [], remove: [] } },
    ]) {
      await expectRefused(request, 'BAD_REQUEST', owner, direct);
    }
  });

  it('a welcome for a stranger’s device in the name of a friend reaches neither, and no member loses anything', async () => {
    const { owner, bob, friend, stranger } = cast;
    const groupId = await owner.found(bob);
    for (const [epoch, device] of [stranger, bob].entries()) {
      const welcomed = [{ userId: friend.id, deviceId: device.person.deviceId }];
      expect(await submit({ ...commitOf(epoch * 2 + 1, [friend]), welcomed }, owner, groupId)).toMatchObject({
        ok: true,
      });
      expect((await friend.handshakes(groupId)).map(({ welcome }) => welcome)).toEqual([undefined]);
      expect((await stranger.ask('handshake:list', { conversationId: groupId, afterEpoch: 0 })).ok).toBe(false);
      expect((await bob.handshakes(groupId)).map(({ commit: part }) => part)).toContain('commit');
      expect((await owner.commit(groupId, epoch * 2 + 2, { remove: [friend] })).ok).toBe(true);
    }
    expect((await owner.person.request('DELETE', `/api/groups/${groupId}`)).status).toBe(204);
    await cast.nothingChanged();
  });

  it('a sixth member: GROUP_FULL, and those who would fit do not come in either', async () => {
    const { owner, friend, former, stranger } = cast;
    await owner.befriend(stranger);
    expect((await submit(addition(friend, former, stranger))).error?.code).toBe('GROUP_FULL');
    await owner.person.request('DELETE', `/api/friends/${stranger.id}`);
    await cast.nothingChanged();
  });

  it('handshake:done for what is not there yet takes nothing from anybody else', async () => {
    const { owner, bob, carol, groupId } = cast;
    for (const epoch of [4, 1_000, Number.MAX_SAFE_INTEGER]) {
      expect(await bob.ask('handshake:done', { conversationId: groupId, epoch })).toMatchObject({ ok: true });
    }
    for (const epoch of [0, -1, 1.5, '1', null]) {
      const { error } = await bob.ask('handshake:done', { conversationId: groupId, epoch });
      expect(error?.code).toBe('BAD_REQUEST');
    }
    await cast.nothingChanged();
    // The last test of this group: what follows is taken.
    expect(await owner.commit(groupId, 3)).toMatchObject({ ok: true, data: { epoch: 4 } });
    expect(await owner.ask('handshake:done', { conversationId: groupId, epoch: 4 })).toMatchObject({ ok: true });
    expect((await carol.handshakes(groupId, 3)).map(({ epoch }) => epoch)).toEqual([4]);
  });
});

describe('floods of handshakes', () => {
  it.each([
    ['commits', { handshakesPerConversation: { points: 3 } }],
    ['resets', { resetsPerConversation: { points: 2 } }],
  ])('of %s: RATE_LIMITED with a time, and the others go on', async (kind, limits) => {
    const server = await startTestServer({ limits });
    const people = (await RawMember.registerMany(server.url, 3)) as [RawMember, RawMember, RawMember];
    const [owner, bob, carol] = people;
    await owner.befriend(bob, carol);
    const groupId = await owner.found(bob, carol);
    const flood = (epoch: number) =>
      kind === 'commits' ? owner.commit(groupId, epoch) : owner.reset(groupId, epoch, [bob, carol]);
    for (const epoch of [1, 2]) expect((await flood(epoch)).ok).toBe(true);
    for (let i = 0; i < 5; i += 1) {
      const { error } = await flood(3);
      expect(error).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) } });
      expect(error?.details['retryAfterMs']).toBeGreaterThan(0);
    }
    expect(await carol.send(groupId, 3)).toMatchObject({ ok: true });
    expect(await bob.commit(groupId, 3)).toMatchObject({ ok: true, data: { epoch: 4 } });
    for (const { person } of people) person.disconnect();
    await server.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '../../../src/protocol/errors.js';
import { LIMITS } from '../../../src/protocol/limits.js';
import { RandomIds } from '../../../src/shared/ids.js';
import { RawMember } from '../../rig/raw-group.js';
import { messageIn, startTestServer } from './canary.js';
import { type GroupCast, startCast } from './group-cast.js';
import { expectRefusal, fetchText, sendJson } from './refusals.js';

const ids = new RandomIds();
const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const listOf = (count: number): string => JSON.stringify(Array.from({ length: count }, () => ids.next()));

describe('groups that must not be, and groups of others', () => {
  let cast: GroupCast;
  beforeAll(async () => {
    cast = await startCast();
  });
  afterAll(() => cast.stop());

  const post = (body: string) =>
    sendJson(`${cast.server.url}/api/groups`, 'POST', body, cast.owner.person.tokens.accessToken);

  it.each<[string, string, string, string]>(
    [
      ['members', 'nobody', '[]'],
      ['members', 'five', listOf(LIMITS.groupMembers)],
      ['members', 'ten thousand', `[${Array.from({ length: 10_000 }, () => '""').join()}]`],
      ['members', 'null', 'null'],
      ['members', 'text', '"x"'],
      ['members', 'an id', `"${ids.next()}"`],
      ['members', 'an object like a list', `{"0":"${ids.next()}","length":1}`],
      ['members', 'true', 'true'],
      ['members.0', 'a list 20,000 deep', deep(20_000)],
      ['members.0', 'a username', '["bob"]'],
      ['members.0', 'an empty id', '[""]'],
      ['members.0', 'an id of 23 characters', `["${'a'.repeat(23)}"]`],
      ['members.0', 'SQL', `["' OR 1=1 --"]`],
      ['members.0', 'null in a list', '[null]'],
      ['members.0', 'a number in a list', '[1]'],
      ['members.0', 'a list in a list', `[["${ids.next()}"]]`],
      ['members.0', 'an object in a list', '[{"userId":"x"}]'],
      ['members.0', '__proto__', '["__proto__"]'],
      ['members.1', 'a second that is none', `["${ids.next()}","x"]`],
      ['clientGroupId', 'nothing', '""'],
      ['clientGroupId', 'null', 'null'],
      ['clientGroupId', 'a number', '1'],
      ['clientGroupId', 'a list', `["${ids.next()}"]`],
      ['clientGroupId', 'a path', '"../../../etc/passwd.."'],
      ['clientGroupId', 'an object', '{"$ne":null}'],
      ...['ownerId', 'groupId', 'name', 'sealedName', 'role', '__proto__', 'constructor'].map(
        (field): [string, string, string] => [field, 'a field more', '{"admin":true}'],
      ),
    ].map(([field = '', what = '', value = '']) => [field, what, value.slice(0, 20), value]),
  )('a group whose %s is %s: BAD_REQUEST %s', async (field, _what, _shown, value) => {
    const right = { clientGroupId: JSON.stringify(ids.next()), members: JSON.stringify([cast.bob.id]) };
    const [name = ''] = field.split('.');
    // Not by assignment: `__proto__` would be no field.
    const fields = [...Object.entries(right).filter(([key]) => key !== name), [name, value]];
    const answer = await post(`{${fields.map(([key, text]) => `"${key}":${text}`).join()}}`);
    expectRefusal(answer, 'BAD_REQUEST');
    expect(JSON.parse(answer.text)).toMatchObject({ error: { details: { problems: [{ field }] } } });
    await cast.nothingChanged();
  });

  it.each<[string, (body: string) => string, ErrorCode]>([
    ['without members', () => `{"clientGroupId":"${ids.next()}"}`, 'BAD_REQUEST'],
    ['without an id', () => `{"members":["${cast.bob.id}"]}`, 'BAD_REQUEST'],
    ['in a list', (body) => `[${body}]`, 'BAD_REQUEST'],
    ['in __proto__', (body) => `{"__proto__":${body}}`, 'BAD_REQUEST'],
    ['with 127 kB more', (body) => body.replace('{', `{"note":"${'x'.repeat(127 * 1024)}",`), 'BAD_REQUEST'],
    ['of more than 128 kB', (body) => body + ' '.repeat(LIMITS.bodyBytes), 'PAYLOAD_TOO_LARGE'],
    ['cut off', (body) => body.slice(0, -1), 'BAD_JSON'],
  ])('a group %s: refused', async (_case, spoil, code) => {
    expectRefusal(await post(spoil(JSON.stringify({ clientGroupId: ids.next(), members: [cast.bob.id] }))), code);
    await cast.nothingChanged();
  });

  it('a group with oneself, somebody twice, strangers, groups, conversations, nobody: refused, the last ones alike', async () => {
    const { owner, bob, stranger, groupId, direct } = cast;
    const create = async (...members: string[]) =>
      (await owner.person.request('POST', '/api/groups', { clientGroupId: ids.next(), members })).body.error;
    expect(await create(owner.id)).toMatchObject({ code: 'NOT_YOURSELF' });
    expect(await create(bob.id, owner.id)).toMatchObject({ code: 'NOT_YOURSELF' });
    expect(await create(bob.id, bob.id)).toMatchObject({ code: 'BAD_REQUEST' });
    const none = await create(ids.next());
    expect(none).toMatchObject({ code: 'NOT_FOUND', details: {} });
    for (const id of [stranger.id, groupId, direct]) {
      expect(await create(id)).toEqual(none);
      expect(await create(bob.id, id)).toEqual(none);
    }
    await cast.nothingChanged();
  });

  const routes: readonly [string, (groupId: string, userId: string) => string][] = [
    ['GET', (groupId) => `/api/groups/${groupId}`],
    ['DELETE', (groupId) => `/api/groups/${groupId}`],
    ['POST', (groupId) => `/api/groups/${groupId}/leave`],
    ['GET', (groupId, userId) => `/api/groups/${groupId}/members/${userId}/identity-keys`],
    ['POST', (groupId, userId) => `/api/groups/${groupId}/members/${userId}/key-package`],
  ];

  it.each(routes)('%s of a group that is none, or of others (%#): as if there were nothing', async (method, path) => {
    const { owner, bob, carol, friend, former, stranger, groupId, direct } = cast;
    const strange = ["' OR 1=1 --", '{"$ne":null}', '__proto__', '*', '%', 'null', 'a'.repeat(21), 'a'.repeat(2_000)];
    const ask = async (by: RawMember, id: string, userId = carol.id) => {
      const url = cast.server.url + path(encodeURIComponent(id), encodeURIComponent(userId));
      const { status, text } = await fetchText(url, { method, token: by.person.tokens.accessToken });
      expectRefusal({ status, text }, 'NOT_FOUND');
      return text;
    };
    const none = await ask(owner, ids.next());
    for (const id of [...strange, direct, owner.id]) expect(await ask(owner, id)).toEqual(none);
    for (const outsider of [friend, former, stranger]) expect(await ask(outsider, groupId)).toEqual(none);
    if (path('', 'x').includes('x')) {
      for (const id of [...strange, stranger.id, friend.id, former.id, groupId])
        expect(await ask(bob, groupId, id)).toEqual(none);
    }
    await cast.nothingChanged();
  });

  it.each<[string, (conversationId: string) => Record<string, unknown>]>([
    ['message:send', (conversationId) => messageIn(conversationId, 'sealed', 3)],
    ['message:sync', (conversationId) => ({ conversationId, afterSeq: 0, limit: 10 })],
    ['message:delivered', (conversationId) => ({ conversationId, incarnation: ids.next(), seqs: [1] })],
    ['message:read', (conversationId) => ({ conversationId, incarnation: ids.next(), seqs: [1] })],
    ['message:burn', (conversationId) => ({ conversationId, incarnation: ids.next(), seqs: [1] })],
    ['conversation:set-burn', (conversationId) => ({ conversationId, burnAfterReadSeconds: 0 })],
    ['typing:set', (conversationId) => ({ conversationId, typing: true })],
    ['handshake:list', (conversationId) => ({ conversationId, afterEpoch: 0 })],
    ['handshake:done', (conversationId) => ({ conversationId, epoch: 3 })],
    [
      'handshake:submit',
      (conversationId) => ({ conversationId, baseEpoch: 3, kind: 'commit', commit: 'abc', welcomed: [] }),
    ],
  ])('%s in a group of others, or one that is gone: as if there were none', async (event, payload) => {
    const { owner, friend, former, stranger, groupId } = cast;
    const none = await stranger.ask(event, payload(ids.next()));
    expect(none.error).toMatchObject({ code: 'NOT_FOUND', details: {} });
    for (const outsider of [friend, former, stranger]) {
      expect(await outsider.ask(event, payload(groupId))).toEqual(none);
    }
    const gone = await owner.found(friend);
    expect((await owner.person.request('DELETE', `/api/groups/${gone}`)).status).toBe(204);
    for (const member of [owner, friend]) expect(await member.ask(event, payload(gone))).toEqual(none);
    expect((await friend.leave(gone)).status).toBe(404);
    await cast.nothingChanged();
  });

  it('another’s client group id is one’s own group, and says nothing of the other one', async () => {
    const [ann, ben] = (await RawMember.registerMany(cast.server.url, 2)) as [RawMember, RawMember];
    await ann.befriend(ben);
    const clientGroupId = ids.next();
    const [first, second] = [await ann.create([ben], clientGroupId), await ben.create([ann], clientGroupId)];
    expect(second.body.groupId).not.toBe(first.body.groupId);
    expect([first.body.ownerId, second.body.ownerId]).toEqual([ann.id, ben.id]);
    for (const { person } of [ann, ben]) person.disconnect();
    await cast.nothingChanged();
  });

  it('more groups than the profile allows, refused ones too: RATE_LIMITED with a time', async () => {
    const strict = await startTestServer({ limits: { groupsCreatedPerUser: { points: 2 } } });
    const [ann, ben] = (await RawMember.registerMany(strict.url, 2)) as [RawMember, RawMember];
    await ann.befriend(ben);
    for (let i = 0; i < 2; i += 1)
      expect((await ann.create([{ id: ids.next() } as RawMember])).body.error?.code).toBe('NOT_FOUND');
    const { error } = (await ann.create([ben])).body;
    expect(error).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: expect.any(Number) } });
    expect(error?.details['retryAfterMs']).toBeGreaterThan(0);
    expect((await ben.create([ann])).status).toBe(201);
    for (const { person } of [ann, ben]) person.disconnect();
    await strict.close();
  });
});

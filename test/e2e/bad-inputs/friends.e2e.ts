import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { LIMITS } from '../../../src/protocol/limits.js';
import { RandomIds } from '../../../src/shared/ids.js';
import { befriend, RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';

const ids = new RandomIds();
const PLENTY = { points: 100_000 };

describe('friendships that must not be', () => {
  let server: RunningServer;
  let canary: Canary;
  beforeAll(async () => {
    server = await startTestServer({ limits: { friendRequestsPerUser: PLENTY, invitationTriesPerUser: PLENTY } });
    canary = await Canary.start(server.url);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  type Lists = { incoming: { requestId: string; from: { userId: string } }[]; outgoing: { requestId: string }[] };
  const person = () => RawPerson.register(server.url);
  const people = async (count: number): Promise<RawPerson[]> => {
    const all: RawPerson[] = [];
    for (let i = 0; i < count; i += 1) all.push(await person());
    return all;
  };
  const askFor = (from: RawPerson, username: string) =>
    from.request<{ requestId: string }>('POST', '/api/friend-requests', { username });
  const accept = (by: RawPerson, requestId: string) => by.request('POST', `/api/friend-requests/${requestId}/accept`);
  const requestsOf = async (of: RawPerson): Promise<Lists> =>
    (await of.request<Lists & Record<string, unknown>>('GET', '/api/friend-requests')).body;
  const friendsOf = async (of: RawPerson): Promise<number> =>
    (await of.request<{ friends: unknown[] }>('GET', '/api/friends')).body.friends.length;

  it('with oneself: NOT_YOURSELF, by name, by invitation, by block', async () => {
    const alice = await person();
    expect((await askFor(alice, alice.username)).body.error?.code).toBe('NOT_YOURSELF');
    const { code } = (await alice.request<{ code: string }>('POST', '/api/invitations', {})).body;
    expect((await alice.request('POST', '/api/invitations/redeem', { code })).status).toBeGreaterThanOrEqual(400);
    expect((await alice.request('POST', '/api/blocks', { userId: alice.tokens.userId })).body.error?.code).toBe(
      'NOT_YOURSELF',
    );
    expect(await friendsOf(alice)).toBe(0);
    await canary.lives();
  });

  it('asked twice is one request; accepted twice is one friendship; asking a friend is ALREADY_FRIENDS', async () => {
    const [alice, bob] = (await people(2)) as [RawPerson, RawPerson];
    const first = (await askFor(alice, bob.username)).body;
    expect((await askFor(alice, bob.username)).body).toEqual(first);
    const { incoming } = await requestsOf(bob);
    expect(incoming).toHaveLength(1);
    expect((await accept(bob, first.requestId)).status).toBe(200);
    expect((await accept(bob, first.requestId)).body.error?.code).toBe('NOT_FOUND');
    expect((await askFor(alice, bob.username)).body.error?.code).toBe('ALREADY_FRIENDS');
    expect([await friendsOf(alice), await friendsOf(bob)]).toEqual([1, 1]);
    await canary.lives();
  });

  it('the requests of others are nobody’s: one’s own to accept, another’s to accept, decline or cancel, one that was cancelled', async () => {
    const [alice, bob, mallory] = (await people(3)) as [RawPerson, RawPerson, RawPerson];
    const { requestId } = (await askFor(alice, bob.username)).body;
    expect((await accept(alice, requestId)).body.error?.code).toBe('NOT_FOUND');
    for (const [method, path] of [
      ['POST', '/accept'],
      ['POST', '/decline'],
      ['DELETE', ''],
    ] as const) {
      const other = await mallory.request(method, `/api/friend-requests/${requestId}${path}`);
      expect(other).toEqual(await mallory.request(method, `/api/friend-requests/${ids.next()}${path}`));
      expect(other.status).toBe(404);
    }
    expect((await bob.request('DELETE', `/api/friend-requests/${requestId}`)).status).toBe(404);
    expect((await alice.request('DELETE', `/api/friend-requests/${requestId}`)).status).toBe(204);
    expect((await accept(bob, requestId)).body.error?.code).toBe('NOT_FOUND');
    expect(await friendsOf(alice)).toBe(0);
    await canary.lives();
  });

  it('a request to who blocks you, to who declined, to nobody: all the same', async () => {
    const [alice, bob, carol] = (await people(3)) as [RawPerson, RawPerson, RawPerson];
    expect((await bob.request('POST', '/api/blocks', { userId: alice.tokens.userId })).status).toBe(204);
    const declined = (await askFor(alice, carol.username)).body;
    await carol.request('POST', `/api/friend-requests/${declined.requestId}/decline`);
    const [blocked, nobody] = [await askFor(alice, bob.username), await askFor(alice, 'nobody_of_that_name')];
    expect([blocked.status, nobody.status]).toEqual([202, 202]);
    expect(Object.keys(blocked.body)).toEqual(Object.keys(nobody.body));
    expect((await requestsOf(alice)).outgoing).toHaveLength(3);
    expect((await requestsOf(bob)).incoming).toEqual([]);
    await canary.lives();
  });

  it('a sixth open request: REQUEST_LIMIT', async () => {
    const alice = await person();
    for (let i = 0; i < LIMITS.pendingRequestsOut; i += 1) expect((await askFor(alice, `ghost_${i}`)).status).toBe(202);
    expect((await askFor(alice, 'ghost_x')).body.error?.code).toBe('REQUEST_LIMIT');
  });

  it('what is another’s is not there: friends, invitations, sessions, key packages', async () => {
    const [alice, bob, mallory] = (await people(3)) as [RawPerson, RawPerson, RawPerson];
    await befriend(alice, bob);
    const invitation = (await alice.request<{ invitationId: string }>('POST', '/api/invitations', {})).body;
    const routes: [string, (id: string) => string, string][] = [
      ['DELETE', (id) => `/api/friends/${id}`, alice.tokens.userId],
      ['POST', (id) => `/api/friends/${id}/key-package`, alice.tokens.userId],
      ['GET', (id) => `/api/friends/${id}/identity-keys`, alice.tokens.userId],
      ['DELETE', (id) => `/api/invitations/${id}`, invitation.invitationId],
      ['DELETE', (id) => `/api/sessions/${id}`, alice.tokens.sessionId],
    ];
    for (const [method, path, id] of routes) {
      const others = await mallory.request(method, path(id));
      expect(others.status).toBe(404);
      expect(others).toEqual(await mallory.request(method, path(ids.next())));
    }
    expect((await alice.request('GET', '/api/me')).status).toBe(200);
    expect([await friendsOf(alice), await friendsOf(bob)]).toEqual([1, 1]);
    await canary.lives();
  });

  it('an invitation works once, also for 10 at once', async () => {
    const [alice, ...others] = (await people(11)) as [RawPerson, ...RawPerson[]];
    const { code } = (await alice.request<{ code: string }>('POST', '/api/invitations', {})).body;
    const answers = await Promise.all(
      others.map((other) => other.request('POST', '/api/invitations/redeem', { code })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error?.code === 'INVITATION_INVALID')).toHaveLength(9);
    expect(await friendsOf(alice)).toBe(1);
    await canary.lives();
  });

  it('30 who accept at once at 19 friends: 20 on all sides', async () => {
    const alice = await person();
    const codes: string[] = [];
    const invite = async () => (await alice.request<{ code: string }>('POST', '/api/invitations', {})).body.code;
    for (let i = 0; i < 19; i += 1) await befriend(alice, await person());
    for (let i = 0; i < 15; i += 1) codes.push(await invite());
    const others = await people(30);
    const asking = others.slice(15);
    // The inbox of alice takes 20 at a time; these are 15.
    for (const other of asking) expect((await askFor(other, alice.username)).status).toBe(202);
    const { incoming } = await requestsOf(alice);
    const answers = await Promise.all([
      ...codes.map((code, i) => (others[i] as RawPerson).request('POST', '/api/invitations/redeem', { code })),
      ...incoming.map(({ requestId }) => accept(alice, requestId)),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error?.code === 'FRIEND_LIMIT')).toHaveLength(29);
    expect(await friendsOf(alice)).toBe(LIMITS.friends);
    const theirs = await Promise.all(others.map(friendsOf));
    expect(theirs.reduce((sum, count) => sum + count, 0)).toBe(1);
    await canary.lives();
  });
});

describe('guessing', () => {
  it('1,000 invitation codes: the same answer each, then RATE_LIMITED, with no difference in time', async () => {
    const server = await startTestServer();
    const canary = await Canary.start(server.url);
    const [alice, mallory] = [await RawPerson.register(server.url), await RawPerson.register(server.url)];
    await alice.request('POST', '/api/invitations', {});
    const bodies = new Set<string>();
    const counts = { 404: 0, 429: 0 } as Record<number, number>;
    for (let i = 0; i < 1_000; i += 1) {
      const code = randomBytes(16).toString('base64url');
      const { status, body } = await mallory.request('POST', '/api/invitations/redeem', { code });
      counts[status] = (counts[status] ?? 0) + 1;
      if (status === 404) bodies.add(JSON.stringify(body));
      if (i % 250 === 0) await canary.lives();
    }
    expect(bodies.size).toBe(1);
    expect(counts).toEqual({ 404: 10, 429: 990 });
    canary.stop();
    await server.close();
  });

  it('names: the same answer, whether somebody has them or not, in the same time, then RATE_LIMITED', async () => {
    const server = await startTestServer({ limits: { friendRequestsPerUser: { points: 60 } } });
    const [bob, mallory] = [await RawPerson.register(server.url), await RawPerson.register(server.url)];
    const times: Record<string, number[]> = { known: [], unknown: [] };
    const attempt = async (username: string): Promise<[number, number]> => {
      const startedAt = performance.now();
      const { status, body } = await mallory.request<{ requestId: string }>('POST', '/api/friend-requests', {
        username,
      });
      const took = performance.now() - startedAt;
      if (status === 202) await mallory.request('DELETE', `/api/friend-requests/${body.requestId}`);
      return [status, took];
    };
    for (let i = 0; i < 30; i += 1) {
      for (const [kind, name] of [
        ['known', bob.username],
        ['unknown', `nobody_${i}`],
      ] as const) {
        const [status, took] = await attempt(name);
        expect(status).toBe(202);
        times[kind]?.push(took);
      }
    }
    expect((await attempt(bob.username))[0]).toBe(429);
    const median = (all: number[] = []): number => [...all].sort((x, y) => x - y)[all.length >> 1] ?? 0;
    expect(Math.abs(median(times['known']) - median(times['unknown']))).toBeLessThan(15);
    await server.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RandomIds } from '../../../src/shared/ids.js';
import { RawPerson } from '../../rig/raw-person.js';
import type { RunningServer } from '../../rig/server.js';
import { Canary, startTestServer } from './canary.js';
import { expectRefusal, fetchText, sendJson } from './refusals.js';

describe('texts and ids over HTTP', () => {
  let server: RunningServer;
  let canary: Canary;
  let alice: RawPerson;

  beforeAll(async () => {
    server = await startTestServer({ limits: { friendRequestsPerUser: { points: 1_000 } } });
    canary = await Canary.start(server.url);
    alice = await RawPerson.register(server.url);
  });
  afterAll(async () => {
    canary.stop();
    await server.close();
  });

  const rename = (jsonText: string) =>
    sendJson(`${server.url}/api/me/profile`, 'PATCH', `{"displayName":${jsonText}}`, alice.tokens.accessToken);
  const emoji = '👩‍🚀';

  it.each([
    ['nothing', '""'],
    ['only spaces', '"   "'],
    ['a NUL', '"a\\u0000b"'],
    ['a lone high surrogate', '"a\\ud83d"'],
    ['a lone low surrogate', '"\\ude00a"'],
    ['swapped surrogates', '"\\ude00\\ud83d"'],
    ['a right-to-left override', '"a\\u202egnp.exe"'],
    ['an isolate', '"a\\u2066b"'],
    ['a line break', '"a\\nb"'],
    ['33 code points', `"${'a'.repeat(33)}"`],
    ['33 emoji', `"${'🔥'.repeat(33)}"`],
    ['1,000 emoji', `"${'🔥'.repeat(1_000)}"`],
    ['zalgo', `"${`z${'\u0300\u0301\u0302'.repeat(30)}`}"`],
    ['100,000 characters', `"${'a'.repeat(100_000)}"`],
  ])('a display name of %s', async (_case, text) => {
    expectRefusal(await rename(text), 'BAD_REQUEST');
    await canary.lives();
  });

  it.each([
    ['emoji', '🔥🦜'],
    ['a joined emoji', emoji],
    ['32 emoji', '🔥'.repeat(32)],
    ['markup', '<img src=x onerror=alert(1)>'],
    ['SQL', `'); DROP TABLE x;--`],
    ['Arabic and Hebrew', 'سلام שלום'],
    ['a property of all objects', '__proto__'],
  ])('a display name of %s is stored and returned unchanged', async (_case, name) => {
    expect((await rename(JSON.stringify(name))).status).toBe(200);
    expect((await alice.request('GET', '/api/me')).body).toMatchObject({ displayName: name });
    await canary.lives();
  });

  it.each([
    '',
    'ab',
    'a'.repeat(33),
    'Alice',
    '1abc',
    'a b',
    'a-b',
    'a\n',
    'alice\u0000',
    'ａlice',
    'аlice',
    `' OR 1=1 --`,
    '1;DROP TABLE account',
    '🔥🔥🔥',
    '%61lice',
    'a'.repeat(100_000),
  ])('username %j', async (username) => {
    const token = alice.tokens.accessToken;
    const body = JSON.stringify({ username });
    expectRefusal(await sendJson(`${server.url}/api/friend-requests`, 'POST', body, token), 'BAD_REQUEST');
    const challenge = JSON.stringify({ username, purpose: 'login' });
    expectRefusal(await sendJson(`${server.url}/api/auth/challenges`, 'POST', challenge), 'BAD_REQUEST');
    await canary.lives();
  });

  const strangeIds = [
    `' OR 1=1 --`,
    '1;DROP TABLE account',
    '{"$ne":null}',
    '*',
    '%',
    '0',
    '-1',
    'null',
    'undefined',
    '__proto__',
    'constructor',
    '..',
    '%2e%2e%2fadmin',
    'a%00b',
    '%f0%9f%94%a5',
    'a'.repeat(21),
    'a'.repeat(23),
    'a'.repeat(64),
    'a'.repeat(65),
    'a'.repeat(2_000),
  ];
  const routes: readonly [string, (id: string) => string][] = [
    ['DELETE', (id) => `/api/friends/${id}`],
    ['POST', (id) => `/api/friends/${id}/key-package`],
    ['GET', (id) => `/api/friends/${id}/identity-keys`],
    ['POST', (id) => `/api/friend-requests/${id}/accept`],
    ['POST', (id) => `/api/friend-requests/${id}/decline`],
    ['DELETE', (id) => `/api/friend-requests/${id}`],
    ['DELETE', (id) => `/api/invitations/${id}`],
    ['DELETE', (id) => `/api/sessions/${id}`],
    ['DELETE', (id) => `/api/blocks/${id}`],
  ];

  it.each(routes)('ids that are none in %s %#: as if there were nothing', async (method, path) => {
    for (const id of strangeIds) {
      // `fetch` takes `..` out of the address by itself; the raw form is in http-paths.
      const encoded =
        id === '..' ? '%2e%2e%2f' : id.startsWith('%') || id.includes('%00') ? id : encodeURIComponent(id);
      const answer = await fetchText(server.url + path(encoded), { method, token: alice.tokens.accessToken });
      expectRefusal(answer, 'NOT_FOUND');
    }
    await canary.lives();
  });

  it('what looks like SQL is answered like a random id, in the same time', async () => {
    const timed = async (id: string): Promise<number> => {
      const startedAt = performance.now();
      const url = `${server.url}/api/friends/${encodeURIComponent(id)}/identity-keys`;
      expectRefusal(await fetchText(url, { token: alice.tokens.accessToken }), 'NOT_FOUND');
      return performance.now() - startedAt;
    };
    const median = (times: number[]): number => [...times].sort((x, y) => x - y)[times.length >> 1] ?? 0;
    const [random, hostile]: [number[], number[]] = [[], []];
    for (let round = 0; round < 40; round += 1) {
      random.push(await timed(new RandomIds().next()));
      hostile.push(await timed(`' OR sleep(9) --`));
    }
    expect(Math.abs(median(random) - median(hostile))).toBeLessThan(20);
  });
});

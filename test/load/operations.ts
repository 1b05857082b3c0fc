import { encodeBase64Url } from '../../sdk/crypto/base64url.js';
import type { ChallengeResponse } from '../../src/protocol/payloads/user.payloads.js';
import { challengeBytes } from '../../src/protocol/signing.js';
import { ask, befriend, RawPerson } from '../rig/raw-person.js';
import { atOnce } from './at-once.js';
import type { Report } from './report.js';
import type { Subject } from './subject.js';

const FRIENDS = 20;
const UNDER_WAY = 20;

/** What else people do often: lists of someone with 20 friends, and logins. */
export async function measureOperations(subject: Subject, times: number, report: Report): Promise<void> {
  const { url } = subject.process;
  const person = await RawPerson.register(url);
  for (let index = 0; index < FRIENDS; index += 1) await befriend(person, await RawPerson.register(url));
  const socket = await person.connect();
  const measure = async (what: string, count: number, work: () => Promise<unknown>): Promise<void> => {
    await atOnce(UNDER_WAY, Math.ceil(count / 5), work);
    const before = await subject.process.ask('sample');
    await atOnce(UNDER_WAY, count, work);
    const after = await subject.process.ask('sample');
    report.add(what, subject.name, (after.cpuMicros - before.cpuMicros) / count);
  };
  await measure('conversation:list of 20, CPU µs', times, async () => {
    const { data } = await ask(socket, 'conversation:list', {});
    if ((data as { conversations: unknown[] }).conversations.length !== FRIENDS) throw new Error('a list is not whole');
  });
  await measure('GET /api/friends of 20, CPU µs', times, () => person.request('GET', '/api/friends'));
  await measure('login (challenge and session), CPU µs', Math.ceil(times / 10), () => login(person));
  person.disconnect();
}

async function login(person: RawPerson): Promise<void> {
  const { username, deviceId } = person;
  const purpose = 'login';
  const challenge = await person.request<ChallengeResponse>('POST', '/api/auth/challenges', { username, purpose });
  const { challengeId } = challenge.body;
  const signature = encodeBase64Url(await person.leaf.sign(challengeBytes(challenge.body, deviceId)));
  const { status } = await person.request('POST', '/api/auth/sessions', { challengeId, deviceId, signature });
  if (status !== 201) throw new Error(`login was answered with ${status}`);
}

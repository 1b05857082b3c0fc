import { encodeBase64Url } from '../../sdk/crypto/base64url.js';
import type { ChallengeResponse, SessionTokens } from '../../src/protocol/payloads/user.payloads.js';
import { challengeBytes } from '../../src/protocol/signing.js';
import type { RawPerson } from '../rig/raw-person.js';

export async function login(person: RawPerson): Promise<SessionTokens> {
  const { username, deviceId } = person;
  const purpose = 'login';
  const challenge = await person.request<ChallengeResponse>('POST', '/api/auth/challenges', { username, purpose });
  const { challengeId } = challenge.body;
  const signature = encodeBase64Url(await person.leaf.sign(challengeBytes(challenge.body, deviceId)));
  const proof = { challengeId, deviceId, signature };
  const { status, body } = await person.request<SessionTokens>('POST', '/api/auth/sessions', proof);
  if (status !== 201) throw new Error(`login was answered with ${status}`);
  return body;
}

import { type Challenge, challengeBytes, type ChallengePurpose } from '../../src/protocol/signing.js';
import { AshwireError } from '../ashwire-error.js';
import { encodeBase64Url } from '../crypto/base64url.js';
import type { Signer } from '../crypto/ed25519-keys.js';
import type { HttpTransport } from '../transport/http-transport.js';
import { ROUTES } from '../transport/routes.js';
import { CHALLENGE } from '../transport/wire-shapes.js';
import { requireSameServer } from './server-name.js';

/** Gets challenges, and signs none that is not what was asked for. */
export class Challenges {
  constructor(private readonly http: HttpTransport) {}

  async get(username: string, purpose: ChallengePurpose): Promise<Challenge> {
    const body = { username, purpose };
    const challenge = await this.http.request<Challenge>({
      method: 'POST',
      path: ROUTES.challenge,
      body,
      shape: CHALLENGE,
    });
    if (challenge.account !== username || challenge.purpose !== purpose) throw new AshwireError('BAD_ANSWER');
    requireSameServer(challenge.server, this.http.server);
    return challenge;
  }

  /** The signature over a challenge and the rest of the request that it authorises. */
  async sign(signer: Signer, challenge: Challenge, ...request: readonly (string | number)[]): Promise<string> {
    return encodeBase64Url(await signer.sign(challengeBytes(challenge, ...request)));
  }
}

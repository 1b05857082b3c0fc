import { type Challenge, createChallenge, type Payload, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { randomInt } from 'node:crypto';
import type { FreshNonce } from './domain/signed-nonce.js';

/**
 * ALTCHA challenges of a chosen price. The server picks the counter that the solver must find, so that the price is exact (a
 * prefix of zeros could only grow 16-fold) and checking a solution is one MAC. The expiry is in the signed data and checked by
 * our clock; the library would look at the system's.
 */
export class ProofOfWork {
  constructor(private readonly key: string) {}

  async issue(cost: number, expectedTries: number, expiresAt: number): Promise<Challenge> {
    return createChallenge({
      ...{ algorithm: 'PBKDF2/SHA-256', cost, deriveKey, data: { expiresAt } },
      counter: randomInt(Math.floor(expectedTries / 2), Math.ceil(expectedTries * 1.5) + 1),
      ...this.secrets(),
    });
  }

  /** `payload` is base64 of JSON { challenge, solution }. Null for whatever is not the solution of a fresh challenge of ours. */
  async verify(payload: string, now: number): Promise<FreshNonce | null> {
    try {
      const { challenge, solution } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Payload;
      const { verified } = await verifySolution({ challenge, solution, deriveKey, ...this.secrets() });
      const expiresAt: unknown = challenge.parameters.data?.['expiresAt'];
      if (!verified || typeof expiresAt !== 'number' || expiresAt <= now) return null;
      return { nonce: challenge.parameters.nonce, expiresAt };
    } catch {
      return null;
    }
  }

  private secrets(): { hmacSignatureSecret: string; hmacKeySignatureSecret: string } {
    return { hmacSignatureSecret: `${this.key}/challenge`, hmacKeySignatureSecret: `${this.key}/solution` };
  }
}

import { jwtVerify, SignJWT } from 'jose';
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { ID_PATTERN } from '../../protocol/payloads/fields.js';
import type { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';

export interface AccessTokenSubject {
  readonly userId: string;
  readonly deviceId: string;
  readonly sessionId: string;
}

export interface VerifiedAccessToken extends AccessTokenSubject {
  readonly expiresAt: number;
}

export interface AccessTokenTerms {
  /** Ed25519 private key, PKCS#8 PEM. */
  readonly key: string;
  readonly issuer: string;
  readonly lifeMs: number;
}

/**
 * Signed proofs of a session, each for a few minutes. One key, one algorithm, one type, one audience: nothing in a token
 * chooses how it is verified (`kid`, `jwk`, `alg` are not looked up).
 */
export class AccessTokens {
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;

  constructor(
    private readonly terms: AccessTokenTerms,
    private readonly clock: Clock,
  ) {
    this.privateKey = createPrivateKey(terms.key);
    this.publicKey = createPublicKey(this.privateKey);
  }

  async issue({ userId, deviceId, sessionId }: AccessTokenSubject): Promise<{ token: string; expiresAt: number }> {
    const issuedAt = Math.floor(this.clock.now() / 1_000);
    const expiresAt = issuedAt + Math.floor(this.terms.lifeMs / 1_000);
    const token = await new SignJWT({ did: deviceId, sid: sessionId })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setSubject(userId)
      .setIssuer(this.terms.issuer)
      .setAudience(AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.privateKey);
    return { token, expiresAt: expiresAt * 1_000 };
  }

  /** Throws UNAUTHENTICATED for whatever is not a valid token of this server. */
  async verify(token: string): Promise<VerifiedAccessToken> {
    try {
      const { payload } = await jwtVerify(token, this.publicKey, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: this.terms.issuer,
        audience: AUDIENCE,
        currentDate: new Date(this.clock.now()),
        requiredClaims: ['sub', 'iat', 'exp', 'did', 'sid'],
      });
      const { sub, did, sid, exp = 0 } = payload;
      return { userId: idOf(sub), deviceId: idOf(did), sessionId: idOf(sid), expiresAt: exp * 1_000 };
    } catch {
      throw new DomainError('UNAUTHENTICATED');
    }
  }
}

const ALGORITHM = 'EdDSA';
const TYPE = 'at+jwt';
const AUDIENCE = 'ashwire';

function idOf(claim: unknown): string {
  if (typeof claim !== 'string' || !ID_PATTERN.test(claim)) throw new TypeError('a claim is not an id');
  return claim;
}

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { decodeBase64url } from './domain/base64url.js';

export interface RefreshToken {
  readonly sessionId: string;
  /** What the client gets: session id and secret, joined by a dot. */
  readonly token: string;
  /** What the store gets. */
  readonly hash: string;
}

/**
 * A secret is 16 random bytes and a MAC over them and the session. The MAC proves nothing about validity (only the stored hash
 * of the newest secret does), but it tells a token that was once valid, whose reuse ends the session, from an invented one,
 * which must not be able to end anybody's.
 */
export class RefreshTokens {
  constructor(private readonly key: string) {}

  issue(sessionId: string): RefreshToken {
    const random = randomBytes(RANDOM_BYTES);
    const secret = Buffer.concat([random, this.mac(sessionId, random)]);
    return { sessionId, token: `${sessionId}.${secret.toString('base64url')}`, hash: hashOf(secret) };
  }

  /** Null for what this server never issued. */
  read(token: string): RefreshToken | null {
    const match = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/.exec(token);
    const secret = decodeBase64url(match?.[2] ?? '');
    const sessionId = match?.[1];
    if (sessionId === undefined || secret?.length !== RANDOM_BYTES + MAC_BYTES) return null;
    const mac = this.mac(sessionId, secret.subarray(0, RANDOM_BYTES));
    return timingSafeEqual(mac, secret.subarray(RANDOM_BYTES)) ? { sessionId, token, hash: hashOf(secret) } : null;
  }

  private mac(sessionId: string, random: Uint8Array): Buffer {
    const mac = createHmac('sha256', this.key).update('ashwire/refresh-token/1').update(sessionId).update(random);
    return mac.digest().subarray(0, MAC_BYTES);
  }
}

const RANDOM_BYTES = 16;
const MAC_BYTES = 16;

const hashOf = (secret: Uint8Array): string => createHash('sha256').update(secret).digest('base64url');

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A nonce that this server issued and that is still fresh. */
export interface FreshNonce {
  readonly nonce: string;
  readonly expiresAt: number;
}

/** Nonces that the server recognises without having stored them, for registration without a proof of work. */
export class SignedNonces {
  constructor(private readonly key: string) {}

  issue(expiresAt: number): string {
    const body = `${randomBytes(16).toString('base64url')}.${expiresAt}`;
    return `${body}.${this.mac(body).toString('base64url')}`;
  }

  /** Null for what was not issued here or has expired. */
  verify(nonce: string, now: number): FreshNonce | null {
    const match = /^([A-Za-z0-9_-]{22}\.(\d{1,16}))\.([A-Za-z0-9_-]{43})$/.exec(nonce);
    const expiresAt = Number(match?.[2]);
    const expected = this.mac(match?.[1] ?? '');
    const given = Buffer.from(match?.[3] ?? '', 'base64url');
    // Compared as text too: the last character of base64url has spare bits, and a nonce must not have two spellings.
    const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
    const isCanonical = match?.[3] === expected.toString('base64url');
    return isOurs && isCanonical && expiresAt > now ? { nonce, expiresAt } : null;
  }

  private mac(body: string): Buffer {
    return createHmac('sha256', this.key).update('ashwire/registration-nonce/1').update(body).digest();
  }
}

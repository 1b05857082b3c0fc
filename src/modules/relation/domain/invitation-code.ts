import { createHash, randomBytes } from 'node:crypto';

export const INVITATION_LIFE_MS = 24 * 60 * 60_000;

/** 128 random bits, base64url: nobody finds one by trying. */
export const newInvitationCode = (): string => randomBytes(16).toString('base64url');

/** What is stored. The code has 128 bits of its own, so a plain hash is enough: there is nothing to guess it from. */
export const hashInvitationCode = (code: string): string => createHash('sha256').update(code).digest('base64url');

import { sha256 } from '@noble/hashes/sha2.js';
import { AshwireError } from '../ashwire-error.js';
import { decodeBase64Url, encodeBase64Url } from '../crypto/base64url.js';

/** What an invitation tells the one who gets it, besides its code: whom to expect behind it. */
export interface InvitationContent {
  readonly code: string;
  readonly server?: string;
  readonly inviter?: { readonly userId: string; readonly fingerprint: string };
}

const QR_PREFIX = 'ashwire:invitation/1/';
const CODE = /^[A-Za-z0-9_-]{22}$/;
const TICKET = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** SHA-256 of an identity key, base64url. */
export function keyFingerprint(identityKey: string): string {
  return encodeBase64Url(sha256(decodeBase64Url(identityKey)));
}

/** A link and a QR text. In the link everything stands behind the `#`, which a browser sends to no server. */
export function writeInvitation(content: Required<InvitationContent>): {
  readonly link: string;
  readonly qrText: string;
} {
  const { code, server, inviter } = content;
  const ticket = `${code}.${inviter.userId}.${inviter.fingerprint}`;
  return { link: `${server}/invitation#${ticket}`, qrText: `${QR_PREFIX}${encodeURIComponent(server)}/${ticket}` };
}

/** Reads a link, a QR text or a bare code. A bare code names no inviter, so nothing can be compared with it. */
export function readInvitation(text: string): InvitationContent {
  const trimmed = text.trim();
  if (CODE.test(trimmed)) return { code: trimmed };
  const [server, ticket] = trimmed.startsWith(QR_PREFIX) ? partsOfQr(trimmed) : partsOfLink(trimmed);
  const [, code, userId, fingerprint] = TICKET.exec(ticket) ?? [];
  if (!code || !userId || !fingerprint || !URL.canParse(server)) throw new AshwireError('INVITATION_MALFORMED');
  return { code, server, inviter: { userId, fingerprint } };
}

function partsOfQr(text: string): [string, string] {
  const [server = '', ticket = ''] = text.slice(QR_PREFIX.length).split('/');
  try {
    return [decodeURIComponent(server), ticket];
  } catch {
    throw new AshwireError('INVITATION_MALFORMED');
  }
}

function partsOfLink(text: string): [string, string] {
  const [address = '', ticket = ''] = text.split('#');
  return [address.replace(/\/invitation$/, ''), ticket];
}

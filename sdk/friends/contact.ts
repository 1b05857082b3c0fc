import type { AvatarColour } from '../../src/protocol/payloads/user.payloads.js';
import type { ContactRecord, ContactTrust } from '../store/records.js';

/** A friend, and how far this device trusts the key that the server shows for it. */
export interface Contact {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly avatarColour: AvatarColour;
  readonly trust: ContactTrust;
  readonly conversationId: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export function contactOf(record: ContactRecord): Contact {
  const { userId, username, displayName, avatarColour, trust, conversationId, since } = record;
  return { userId, username, displayName, avatarColour, trust, conversationId, since };
}

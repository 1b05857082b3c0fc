import type { AvatarColour } from '../../src/protocol/payloads/user.payloads.js';
import type { DeviceCertificate } from '../../src/protocol/signing.js';
import type { AshwireErrorCode } from '../ashwire-error.js';

/** Who this storage belongs to. Secret parts are base64url; the storage encrypts all of it. */
export interface AccountRecord {
  readonly userId: string;
  readonly username: string;
  readonly deviceId: string;
  readonly identitySeed: string;
  readonly identityKey: string;
  readonly leafSeed: string;
  readonly certificate: DeviceCertificate;
}

export interface TokenRecord {
  readonly sessionId: string;
  readonly accessToken: string;
  readonly accessTokenExpiresAt: number;
  readonly refreshToken: string;
}

/**
 * - `unverified`: the first key seen, proven by its history. `verified`: the two compared their safety number.
 * - `changed`: the server shows another key, proven to follow the pinned one; nothing is sent until it is accepted.
 * - `compromised`: the server shows a key that nothing proves; nothing is sent and it cannot be accepted.
 */
export type ContactTrust = 'unverified' | 'verified' | 'changed' | 'compromised';

export interface ContactRecord {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly avatarColour: AvatarColour;
  /** The pinned key; '' while none could be proven. */
  readonly identityKey: string;
  readonly keyVersion: number;
  readonly trust: ContactTrust;
  /** With trust `changed`: the key to accept. */
  readonly newKey?: { readonly identityKey: string; readonly keyVersion: number };
  /** The active device, certified by the pinned key (by the new one while trust is `changed`). */
  readonly deviceId: string;
  readonly conversationId: string;
  readonly since: number;
}

export interface ConversationRecord {
  readonly conversationId: string;
  readonly peerUserId: string;
  readonly incarnation: string;
  /** Every sequence up to here has been dealt with. */
  readonly cursor: number;
  readonly ownBurnAfterReadSeconds: number;
  readonly burnAfterReadSeconds: number;
  readonly lastActivityAt: number;
  /** When this device last asked for a new session because it could not read something. Server time. */
  readonly lastRepairAt?: number;
}

export type MessageState =
  'queued' | 'accepted' | 'delivered' | 'read' | 'burned' | 'expired' | 'failed' | 'unreadable';

/** A message as it is stored. `text` exists only while the message is alive. Times: milliseconds, server clock. */
export interface MessageRecord {
  readonly id: string;
  readonly conversationId: string;
  readonly direction: 'in' | 'out';
  readonly senderId: string;
  /** Order on this device: when it was written or accepted, then a counter. */
  readonly order: number;
  readonly queuedAt: number;
  readonly state: MessageState;
  readonly text?: string;
  readonly incarnation?: string;
  readonly seq?: number;
  readonly acceptedAt?: number;
  readonly deliveredAt?: number;
  readonly readAt?: number;
  readonly burnAt?: number;
  readonly burnAfterReadSeconds: number;
  readonly failure?: { readonly code: AshwireErrorCode; readonly replacedBy?: string };
  /** Outgoing, sealed: what every try sends, byte for byte. */
  readonly envelope?: Envelope;
  /** Outgoing, accepted before by a log that is lost: its life does not start anew. */
  readonly notAfter?: number;
  /** Outgoing: the message that this one repeats in a new session. */
  readonly replaces?: string;
  /** What the server was not told yet. */
  readonly owedReceipts?: readonly ('delivered' | 'read' | 'burn')[];
  /** Only the id, the sequence and the state are left; they go too at this time. */
  readonly forgetAt?: number;
}

export interface Envelope {
  readonly epoch: number;
  readonly ciphertext: string;
  readonly burnAfterReadSeconds: number;
  readonly peerDeviceId: string;
}

/** The MLS group that a conversation uses now. Read anew under the conversation's lock before each use, never cached. */
export interface SessionRecord {
  readonly conversationId: string;
  /** The server's count of handshakes that this state stands at. */
  readonly epoch: number;
  /** Base64url; absent when the handshakes up to `epoch` cannot be followed by this device. */
  readonly state?: string;
  readonly ownDeviceId: string;
  readonly ownIdentityKey: string;
  readonly peerDeviceId: string;
  readonly peerIdentityKey: string;
  /** Epochs of the last new group, and of the last one that the other side made: older messages may never be read there. */
  readonly resetEpoch: number;
  readonly peerResetEpoch: number;
  /** Up to here the server knows that the handshakes are applied here. */
  readonly doneThrough: number;
}

/** A group that this device made and the server has not confirmed, stored before it is submitted. */
export interface PendingSessionRecord {
  readonly conversationId: string;
  readonly baseEpoch: number;
  readonly state: string;
  readonly welcome: string;
  readonly peerDeviceId: string;
  readonly peerIdentityKey: string;
}

export interface KeyPackageRecord {
  readonly reference: string;
  readonly privatePackage: string;
  readonly lastResort: boolean;
  readonly expiresAt: number;
}

/** A new identity key on its way: kept until the server's answer is known, or the account would be lost with it. */
export interface PendingIdentityRecord {
  readonly identitySeed: string;
  readonly certificate: DeviceCertificate;
}

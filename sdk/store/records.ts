import type { MemberReceipt } from '../../src/protocol/payloads/chat.payloads.js';
import type { PaymentOrderRequest } from '../../src/protocol/payloads/payment.payloads.js';
import type { PersonView } from '../../src/protocol/payloads/relation.payloads.js';
import type { AvatarColour, ClaimedKeyPackage } from '../../src/protocol/payloads/user.payloads.js';
import type { DeviceCertificate } from '../../src/protocol/signing.js';
import type { AshwireErrorCode } from '../ashwire-error.js';
import type { PaymentCard } from '../payments/payment-card.js';

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

/** A member of a group who need not be a friend, with the key that a history has proven to be theirs. */
export interface FellowRecord {
  readonly userId: string;
  /** The pinned key; '' while none could be proven. */
  readonly identityKey: string;
  readonly keyVersion: number;
  /** `compromised`: the server shows a key that does not follow the pinned one. Nothing is sent to groups with this member. */
  readonly trust: 'pinned' | 'compromised';
  /** The active device, certified by the pinned key. */
  readonly deviceId: string;
}

/** A group as the server shows it. Who can read is not here: that is the session's roster. */
export interface GroupRecord {
  readonly groupId: string;
  readonly ownerId: string;
  readonly members: readonly PersonView[];
}

export interface ConversationRecord {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  /** User ids of the others: one in a direct conversation. */
  readonly members: readonly string[];
  /** Of a group, as far as this device could open it. */
  readonly name?: string;
  readonly incarnation: string;
  /** Every sequence up to here has been dealt with. */
  readonly cursor: number;
  readonly ownBurnAfterReadSeconds: number;
  readonly burnAfterReadSeconds: number;
  readonly lastActivityAt: number;
  /** `order` of the last message that was written here. */
  readonly lastQueuedOrder?: number;
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
  /** Members that the text is meant for. */
  readonly mentions?: readonly string[];
  /** In the place of a text: it lives as long. */
  readonly card?: PaymentCard;
  readonly incarnation?: string;
  readonly seq?: number;
  readonly acceptedAt?: number;
  readonly deliveredAt?: number;
  readonly readAt?: number;
  readonly burnAt?: number;
  readonly burnAfterReadSeconds: number;
  /** Outgoing, in groups: every recipient, and how far it is. */
  readonly receipts?: readonly MemberReceipt[];
  readonly failure?: { readonly code: AshwireErrorCode; readonly replacedBy?: string };
  /** Outgoing, sealed: what every try sends, byte for byte. */
  readonly envelope?: Envelope;
  /** Outgoing, accepted before by a log that is lost: its life does not start anew. */
  readonly notAfter?: number;
  /** The message that this one repeats in a new session. */
  readonly replaces?: string;
  /** What the server was not told yet. */
  readonly owedReceipts?: readonly ('delivered' | 'read' | 'burn')[];
  /** Incoming: gone before this device could read it. */
  readonly unopened?: boolean;
  /** Only the id, the sequence and the state are left; they go too at this time. */
  readonly forgetAt?: number;
}

export interface Envelope {
  readonly epoch: number;
  readonly ciphertext: string;
  readonly burnAfterReadSeconds: number;
  /** The devices that can open it. */
  readonly deviceIds: readonly string[];
}

/** A device in an MLS group, as its leaf proves it. */
export interface SessionMember {
  readonly userId: string;
  readonly deviceId: string;
  readonly identityKey: string;
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
  /** The others' devices in the group's tree, one of each user. */
  readonly members: readonly SessionMember[];
  /**
   * The users who should be in the tree, without oneself, as the handshakes up to `epoch` have it. It differs from the tree
   * after somebody left, until the removal is committed. Absent while it is not known what happened before.
   */
  readonly roster?: readonly string[];
  /** Somebody may not have got the group's name. */
  readonly needsName?: boolean;
  /** A handshake could not be followed though this device was in the group, or would have let a stranger in. */
  readonly broken?: boolean;
  /** Epochs of the last new group, and of the last one that another one made: older messages may never be read there. */
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
  readonly members: readonly SessionMember[];
  readonly sealedName?: string;
  /** To try again on another epoch without using up more of them. */
  readonly keyPackages: readonly ClaimedKeyPackage[];
}

/** A commit of this device, stored before it is submitted: only its maker has the state that follows from it. */
export interface PendingCommitRecord {
  readonly conversationId: string;
  readonly baseEpoch: number;
  readonly state: string;
  readonly commit: string;
}

export interface KeyPackageRecord {
  readonly reference: string;
  readonly privatePackage: string;
  readonly lastResort: boolean;
  /** Of a last resort: the server has it. */
  readonly published?: boolean;
  readonly expiresAt: number;
}

/** A signed order whose outcome is not known: sent again, byte for byte, until the server has answered. */
export interface PendingPaymentRecord {
  readonly orderId: string;
  readonly conversationId: string;
  /** The payee. */
  readonly userId: string;
  readonly request: PaymentOrderRequest;
  /** For the card only: the server does not get it. Lives no longer than a message. */
  readonly note?: string;
  /** The id that the card will have, on whichever tab it is queued. Not the order's: the server shall not see which message is a card. */
  readonly cardMessageId: string;
}

/** A new identity key on its way: kept until the server's answer is known, or the account would be lost with it. */
export interface PendingIdentityRecord {
  readonly identitySeed: string;
  readonly certificate: DeviceCertificate;
}

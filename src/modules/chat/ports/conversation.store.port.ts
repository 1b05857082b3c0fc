import type { HandshakeKind } from '../../../protocol/payloads/chat.payloads.js';

/** What the server remembers of a conversation besides its log: how far the encryption is, and each member's wish. */
export interface ConversationState {
  /** Count of accepted handshakes. 0: the encryption was not started. */
  readonly epoch: number;
  /** Members who chose their own burn-after-read, in seconds. */
  readonly burnAfterReadSeconds: ReadonlyMap<string, number>;
}

export interface NewHandshake {
  readonly conversationId: string;
  readonly baseEpoch: number;
  readonly kind: HandshakeKind;
  readonly senderId: string;
  readonly senderDeviceId: string;
  readonly commit?: string;
  readonly welcomes: readonly { readonly userId: string; readonly deviceId: string; readonly message: string }[];
  /** All members, the sender among them. */
  readonly members: readonly string[];
}

export interface StoredHandshake {
  readonly epoch: number;
  readonly kind: HandshakeKind;
  readonly senderId: string;
  readonly senderDeviceId: string;
  readonly commit?: string;
  /** The part for the device that asks. */
  readonly welcome?: string;
}

/**
 * Conversations and the handshakes of their encryption. Handshakes hold no content: they are kept until every member has
 * applied them, 30 days and 32 of them at most, so that who was away for longer than a message lives is not locked out. One handshake per
 * epoch, whatever the number of concurrent tries. An unknown conversation reads as one in epoch 0.
 */
export abstract class ConversationStore {
  abstract getState(conversationId: string): Promise<ConversationState>;
  abstract setBurnAfterRead(conversationId: string, userId: string, seconds: number): Promise<void>;
  /** Accepts the handshake if the conversation is in `baseEpoch`, and returns the new epoch. Throws EPOCH_STALE with `epoch`. */
  abstract acceptHandshake(handshake: NewHandshake): Promise<number>;
  /** Those after the epoch that are still kept, in order. */
  abstract listHandshakes(conversationId: string, deviceId: string, afterEpoch: number): Promise<StoredHandshake[]>;
  /** The member has applied everything up to `epoch`. What everyone has applied is deleted. */
  abstract markApplied(conversationId: string, userId: string, epoch: number): Promise<void>;
  abstract remove(conversationId: string): Promise<void>;
  /** Deletes handshakes accepted before the time (milliseconds). */
  abstract removeHandshakesBefore(time: number): Promise<void>;
}

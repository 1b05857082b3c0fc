import type { HandshakeKind, SubmittedHandshakeKind } from '../../../protocol/payloads/chat.payloads.js';

/** What the server remembers of a conversation besides its log: how far the encryption is, and each member's wish. */
export interface ConversationState {
  /** Count of accepted handshakes. 0: the encryption was not started. */
  readonly epoch: number;
  /** The last one was a leave: nobody has committed the removal yet. */
  readonly isChanging: boolean;
  /** Members who chose their own burn-after-read, in seconds. */
  readonly burnAfterReadSeconds: ReadonlyMap<string, number>;
}

export interface NewHandshake {
  readonly conversationId: string;
  readonly baseEpoch: number;
  readonly kind: SubmittedHandshakeKind;
  readonly senderId: string;
  readonly senderDeviceId: string;
  readonly commit?: string;
  /** For the devices in `welcomed`. */
  readonly welcome?: string;
  readonly welcomed: readonly { readonly deviceId: string }[];
  readonly sealedName?: string;
}

/** Who is in the conversation once a handshake is accepted. */
export interface Roster {
  readonly members: readonly string[];
  /** Those among them who were not members before. */
  readonly added: readonly string[];
}

export interface AcceptedEpoch {
  readonly epoch: number;
  readonly members: readonly string[];
}

export interface StoredHandshake {
  readonly epoch: number;
  readonly kind: HandshakeKind;
  readonly senderId: string;
  /** Absent with a leave. */
  readonly senderDeviceId?: string;
  /** Once it was accepted. */
  readonly members: string[];
  readonly commit?: string;
  /** If it is for the device that asks. */
  readonly welcome?: string;
  readonly sealedName?: string;
}

/**
 * Conversations and the handshakes of their encryption. Handshakes hold no content: they are kept until every member has
 * applied them, 30 days and 32 of them at most, so that who was away for longer than a message lives is not locked out. One handshake per
 * epoch, whatever the number of concurrent tries. An unknown conversation reads as one in epoch 0.
 *
 * `agree` runs in the transaction, once the epoch is taken: its writes to the same database are committed with it, and what
 * it throws undoes everything. It may run again after a deadlock. Each new epoch leaves ConversationChanged in the outbox, which the
 * caller drains.
 */
export abstract class ConversationStore {
  abstract getState(conversationId: string): Promise<ConversationState>;
  abstract setBurnAfterRead(conversationId: string, userId: string, seconds: number): Promise<void>;
  /** Accepts the handshake if the conversation is in `baseEpoch`. Throws EPOCH_STALE with `epoch`. */
  abstract acceptHandshake(handshake: NewHandshake, agree: () => Promise<Roster>): Promise<AcceptedEpoch>;
  /** Takes the next epoch, whatever it is, for a leave. `agree` gives those who stay; with nobody the conversation goes. */
  abstract acceptLeave(
    conversationId: string,
    leaverId: string,
    agree: () => Promise<readonly string[]>,
  ): Promise<AcceptedEpoch>;
  /** Those after the epoch that are still kept, in order; nothing from before the member joined. */
  abstract listHandshakes(
    conversationId: string,
    reader: { readonly userId: string; readonly deviceId: string },
    afterEpoch: number,
  ): Promise<StoredHandshake[]>;
  /** The member has applied everything there is up to `epoch`. What everyone has applied is deleted. */
  abstract markApplied(conversationId: string, userId: string, epoch: number): Promise<void>;
  abstract remove(conversationId: string): Promise<void>;
  /** Deletes handshakes accepted before the time (milliseconds). */
  abstract removeHandshakesBefore(time: number): Promise<void>;
}

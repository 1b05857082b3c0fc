import type { BurnReason, LogEntry } from '../../../protocol/payloads/chat.payloads.js';

/** A sealed message on its way into the log. Times are milliseconds since the epoch, by the server's clock. */
export interface NewMessage {
  readonly conversationId: string;
  readonly senderId: string;
  readonly senderDeviceId: string;
  readonly clientMessageId: string;
  readonly epoch: number;
  readonly ciphertext: string;
  /** As the ciphertext authenticates it; entries repeat it unchanged. */
  readonly burnAfterReadSeconds: number;
  /** The strictest wish of all members now; the stricter of the two counts. */
  readonly strictestBurnSeconds: number;
  /** Everyone else in the conversation. */
  readonly recipients: readonly string[];
  /** Of the log, from before `recipients` and all else were read that may change without this node's knowing. */
  readonly fence: string;
  /** The epoch that the conversation is in; checked after idempotency, so that a retry of an accepted message is never stale. */
  readonly currentEpoch: number;
  /** Refuses the message, unless it is a retry or stale: nobody else is in the group, or somebody has just left it. */
  readonly refusal?: 'GROUP_EMPTY' | 'GROUP_CHANGING';
  /** Upper bound of the life, besides the 60 minutes. */
  readonly notAfter?: number;
}

export interface Appended {
  readonly incarnation: string;
  readonly seq: number;
  readonly acceptedAt: number;
  readonly burnAt: number;
  /** This client message id was accepted before; nothing was stored now. */
  readonly duplicate: boolean;
}

export interface LogPage {
  readonly incarnation: string;
  readonly headSeq: number;
  readonly burnedThrough: number;
  /** In order of seq, without gaps after the later of `afterSeq` and `burnedThrough`. */
  readonly entries: readonly LogEntry[];
}

export interface LogOverview {
  readonly incarnation: string;
  readonly headSeq: number;
  readonly burnedThrough: number;
  /** Live messages of others that the viewer has not read. */
  readonly unread: number;
  /** 0 when nothing was ever sent. */
  readonly lastActivityAt: number;
}

export interface MarkedMessage {
  readonly seq: number;
  readonly senderId: string;
  readonly burnAt: number;
}

export interface BurnedBatch {
  readonly conversationId: string;
  readonly incarnation: string;
  /** Who has to hear of it: senders and recipients of the messages, without those who were dropped. */
  readonly members: readonly string[];
  readonly messages: readonly { readonly seq: number; readonly reason: BurnReason }[];
}

/** The fence was renewed, or the log is another one: who belongs to the conversation has to be read again. Nothing was stored. */
export class FenceOutdated extends Error {}

/**
 * One ordered log per conversation: contiguous sequences from 1, each a live message or the hole that a burned one left.
 * An append is atomic and happens once per (sender, clientMessageId), also after the message has burned. What is due by the
 * clock is never returned, whether or not it was taken out yet, and leaves no ciphertext behind. A log that was lost starts
 * over under another incarnation. A conversation that has no log reads as an empty one.
 *
 * Each log has a fence. What is appended names the fence that was there before its recipients were read; once a change of them has
 * renewed it, nothing is appended any more to who is gone, whatever some node still believes. A new log has another fence than any
 * before.
 */
export abstract class MessageStore {
  /**
   * Throws CLIENT_MESSAGE_ID_REUSED (same id, other body, while the first is alive), FenceOutdated, EPOCH_STALE, then the `refusal`,
   * UNREAD_LIMIT, MESSAGE_EXPIRED (notAfter is over).
   */
  abstract append(message: NewMessage): Promise<Appended>;
  /** Null where there is no log, to which nothing can be appended. */
  abstract findFence(conversationId: string): Promise<string | null>;
  /** Begins a log where there is none. */
  abstract openFence(conversationId: string): Promise<string>;
  /** As durable as a message. Where there is no log, nothing need be done. */
  abstract renewFence(conversationId: string): Promise<void>;
  /**
   * Entries after `afterSeq`, at most `limit`. Only a message's recipients get its ciphertext. Own messages to several
   * recipients say how far each one is.
   */
  abstract list(conversationId: string, viewerId: string, afterSeq: number, limit: number): Promise<LogPage>;
  abstract overview(conversationId: string, viewerId: string): Promise<LogOverview>;
  /** Returns the messages for which this is news. Unknown, burned and own sequences are passed over. */
  abstract markDelivered(at: LogPosition): Promise<MarkedMessage[]>;
  /**
   * The last read starts the burn: once everyone has read, burnAt is at most now + burnAfterRead. Returns what is news. When
   * a reader does not share it, the sender's view shows neither that reading nor the nearer burn time until it burns.
   */
  abstract markRead(at: LogPosition, sharesRead: boolean): Promise<MarkedMessage[]>;
  /**
   * Burns messages at once that the user sent (recalled) or received (read). Anything else is passed over. A message to
   * several recipients burns for the one who burns it, as read, and for all once everyone has read.
   */
  abstract burn(at: LogPosition): Promise<BurnedBatch[]>;
  /** Burns what is due and returns it, at most `limit` messages. Each burned message is returned to one caller only. */
  abstract takeDue(limit: number): Promise<BurnedBatch[]>;
  /**
   * The user has left the conversation: gets no more of the messages there are, hears no more of them, and holds none back from
   * burning. Where all who remain have read, the timer starts as if the last of them did now.
   */
  abstract dropRecipient(conversationId: string, userId: string): Promise<void>;
  /** Removes the log with all its messages. */
  abstract remove(conversationId: string): Promise<void>;
}

/** Sequences of one log as one user names them. Another incarnation than the log's matches nothing. */
export interface LogPosition {
  readonly conversationId: string;
  readonly incarnation: string;
  readonly userId: string;
  readonly seqs: readonly number[];
}

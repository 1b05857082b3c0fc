import type { AshwireErrorCode } from '../ashwire-error.js';
import type { PaymentCard } from '../payments/payment-card.js';
import type { MessageRecord, MessageState } from '../store/records.js';

export interface MessageReceipt {
  readonly userId: string;
  readonly deliveredAt?: number;
  readonly readAt?: number;
}

/** A message as the application sees it. Times are milliseconds since the epoch by the server's clock. */
export interface Message {
  /** The client message id, chosen by the sender; unique in the conversation. */
  readonly id: string;
  readonly conversationId: string;
  /** Place in the conversation; absent until the server accepted it. */
  readonly seq?: number;
  readonly direction: 'in' | 'out';
  readonly senderId: string;
  /** Absent once the message is burned or expired, and when it could not be read. */
  readonly text?: string;
  /** User ids of members whom the text is meant for, in groups. */
  readonly mentions?: readonly string[];
  /** In the place of a text. A claim of its sender: `client.payments.verifyCard` asks the server. */
  readonly card?: PaymentCard;
  readonly state: MessageState;
  readonly acceptedAt?: number;
  readonly deliveredAt?: number;
  readonly readAt?: number;
  /** When it is gone from everywhere. Moves closer when the message is read. */
  readonly burnAt?: number;
  readonly burnAfterReadSeconds: number;
  /** Own messages in groups: each recipient, and when it had and read the message, as far as it shares that. */
  readonly receipts?: readonly MessageReceipt[];
  /** With state `failed`: why, and under which id it was sent again, if it was. */
  readonly failure?: { readonly code: AshwireErrorCode; readonly replacedBy?: string };
}

export function messageOf(record: MessageRecord): Message {
  const { id, conversationId, seq, direction, senderId, text, card, state, mentions, receipts } = record;
  const { acceptedAt, deliveredAt, readAt, burnAt, burnAfterReadSeconds, failure } = record;
  const times = { acceptedAt, deliveredAt, readAt, burnAt };
  return {
    id,
    conversationId,
    direction,
    senderId,
    state,
    burnAfterReadSeconds,
    ...(seq === undefined ? {} : { seq }),
    ...(text === undefined ? {} : { text }),
    ...(mentions === undefined ? {} : { mentions }),
    ...(card === undefined ? {} : { card }),
    ...(receipts === undefined ? {} : { receipts }),
    ...(failure === undefined ? {} : { failure }),
    ...Object.fromEntries(Object.entries(times).filter(([, time]) => time !== undefined)),
  };
}

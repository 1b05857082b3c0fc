import { ERRORS } from '../../src/protocol/errors.js';
import type { PaymentOrderView } from '../../src/protocol/payloads/payment.payloads.js';
import type { Account } from '../account/account.js';
import { AshwireError } from '../ashwire-error.js';
import { QUEUE_LIFE_MS } from '../conversations/message-life.js';
import type { MessageLog } from '../conversations/message-log.js';
import type { PendingPaymentRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import { Backoff } from '../transport/backoff.js';
import { ROUTES } from '../transport/routes.js';
import { agrees, type PaymentCard } from './payment-card.js';
import { PAYMENT_ORDER } from './payment-shapes.js';

export interface PaymentOutboxServices {
  readonly store: ClientStore;
  readonly account: Account;
  readonly log: MessageLog;
  readonly clock: ServerClock;
  /** A message waits in this conversation. */
  readonly onQueued: (conversationId: string) => void;
  readonly isOnline: () => boolean;
  readonly report: (error: unknown) => void;
}

/** These are about the login, not about the order: at a repetition they say nothing of the tries before. */
const LOGIN: readonly string[] = ['UNAUTHENTICATED', 'LOGIN_FAILED', 'SESSION_REVOKED', 'DEVICE_REPLACED'];

const lockOf = (orderId: string): string => `pending-payment/${orderId}`;

/**
 * Sends signed orders until the server has answered, through lost connections and restarts, byte for byte: the server takes
 * an order id once. The card is queued in the same commit that forgets the order, so there is one card for one order.
 */
export class PaymentOutbox {
  private readonly backoff = new Backoff();
  private cancelRetry = (): void => undefined;
  private cancelForgetting = (): void => undefined;
  private stopped = false;

  constructor(private readonly services: PaymentOutboxServices) {}

  /** Undefined: no answer came, and the order is sent again by itself. @throws AshwireError a refusal; nothing was moved. */
  submit(record: PendingPaymentRecord): Promise<PaymentOrderView | undefined> {
    const { store } = this.services;
    return store.exclusive(lockOf(record.orderId), async () => {
      await store.commit(store.put(KINDS.pendingPayment, record));
      return this.attempt(record, true);
    });
  }

  /** With each connection: orders without an answer are sent again. What they come to is reported. */
  async settle(): Promise<void> {
    const { store, report } = this.services;
    this.cancelRetry();
    await this.forgetNotes();
    for (const { orderId } of await store.list(KINDS.pendingPayment)) {
      if (this.stopped) return;
      await store
        .exclusive(lockOf(orderId), async () => {
          const record = await store.find(KINDS.pendingPayment, orderId);
          if (record) await this.attempt(record, false);
        })
        .catch(report);
    }
  }

  /** A note lives no longer than a message that waits, whether or not the order was settled. */
  async forgetNotes(): Promise<void> {
    const { store, clock, report } = this.services;
    this.cancelForgetting();
    for (const { orderId, note, request } of await store.list(KINDS.pendingPayment)) {
      if (note === undefined) continue;
      const left = request.issuedAt + QUEUE_LIFE_MS - clock.now();
      if (left > 0) this.cancelForgetting = clock.after(left, () => void this.forgetNotes().catch(report), true);
      else await this.forgetNote(orderId);
      if (left > 0) return;
    }
  }

  /** Orders without an answer. */
  unanswered(): Promise<PendingPaymentRecord[]> {
    return this.services.store.list(KINDS.pendingPayment);
  }

  /** The order as the server has it, if it has. */
  async find(orderId: string): Promise<PaymentOrderView | undefined> {
    const { tokens } = this.services.account;
    const path = ROUTES.paymentOrder(orderId);
    try {
      return await tokens.request<PaymentOrderView>({ method: 'GET', path, shape: PAYMENT_ORDER });
    } catch (error) {
      if (AshwireError.from(error).code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }

  stop(): void {
    this.stopped = true;
    this.cancelRetry();
    this.cancelForgetting();
  }

  private async attempt(record: PendingPaymentRecord, isFirst: boolean): Promise<PaymentOrderView | undefined> {
    const { store } = this.services;
    try {
      const order = await this.send(record, isFirst);
      await this.finish(record, order);
      this.backoff.succeeded();
      return order;
    } catch (error) {
      if (!(error instanceof AshwireError)) throw error;
      const { code, message, details } = error;
      if (!isFinal(error, isFirst)) return this.later(error);
      await store.commit(store.delete(KINDS.pendingPayment, record.orderId));
      throw new AshwireError(code, { ...details, orderId: record.orderId }, { message, cause: error });
    }
  }

  private async send({ orderId, request: body }: PendingPaymentRecord, isFirst: boolean): Promise<PaymentOrderView> {
    const { tokens } = this.services.account;
    try {
      const path = ROUTES.paymentOrders;
      return await tokens.request<PaymentOrderView>({ method: 'POST', path, body, shape: PAYMENT_ORDER });
    } catch (error) {
      if (isFirst || !isFinal(AshwireError.from(error), isFirst)) throw error;
      // Refused now, but a try before may have had its effect and lost its answer.
      const order = await this.find(orderId);
      if (!order) throw error;
      return order;
    }
  }

  private async finish(record: PendingPaymentRecord, order: PaymentOrderView): Promise<void> {
    const { store, account, log, clock, onQueued } = this.services;
    const { orderId, conversationId, cardMessageId, note, request } = record;
    const { userId } = await account.get();
    if (!agrees(order, request, { payerId: userId, payeeId: request.payeeId })) throw new AshwireError('BAD_ANSWER');
    const { kind, amount, currency } = request;
    const card: PaymentCard = { orderId, kind, amount, currency, ...(note === undefined ? {} : { note }) };
    const forget = store.delete(KINDS.pendingPayment, orderId);
    const queued = await log.change(conversationId, (change) => {
      change.also(forget);
      return change.queue({ id: cardMessageId, senderId: userId, card }, clock.now());
    });
    if (queued) onQueued(conversationId);
    // The friendship is over, and with it the conversation.
    else await store.commit(forget);
  }

  private later(failure: AshwireError): undefined {
    const { clock, isOnline, report } = this.services;
    if (this.stopped) return;
    if (!failure.retryable) report(failure);
    void this.forgetNotes().catch(report);
    this.cancelRetry();
    // Without a connection the next one settles it.
    const again = (): void => void (isOnline() && this.settle().catch(report));
    this.cancelRetry = clock.after(this.backoff.next(failure.retryAfterMs), again, true);
  }

  private async forgetNote(orderId: string): Promise<void> {
    const { store } = this.services;
    await store.exclusive(lockOf(orderId), async () => {
      const record = await store.find(KINDS.pendingPayment, orderId);
      if (!record) return;
      const { note: _, ...rest } = record;
      await store.commit(store.put(KINDS.pendingPayment, rest));
    });
  }
}

/** Whether it is known now that this order moves nothing. */
function isFinal({ code, retryable }: AshwireError, isFirst: boolean): boolean {
  return Object.hasOwn(ERRORS, code) && !retryable && (isFirst || !LOGIN.includes(code));
}

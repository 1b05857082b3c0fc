import { LIMITS } from '../../src/protocol/limits.js';
import type {
  BalanceView,
  PaymentOrderList,
  PaymentOrderView,
  PaymentState,
  PaymentTerms,
  Statement,
  TopUpView,
  WithdrawalView,
} from '../../src/protocol/payloads/payment.payloads.js';
import { paymentOrderBytes, type PaymentOrderKind, withdrawalBytes } from '../../src/protocol/signing.js';
import type { Account } from '../account/account.js';
import { identityOf, randomId } from '../account/device-keys.js';
import { requireSameServer } from '../account/server-name.js';
import { AshwireError } from '../ashwire-error.js';
import type { MessageLog } from '../conversations/message-log.js';
import type { Message } from '../conversations/message.js';
import { encodeBase64Url } from '../crypto/base64url.js';
import { type ContactBook, requireUsable } from '../friends/contact-book.js';
import type { AccountRecord, ContactRecord, PendingPaymentRecord } from '../store/records.js';
import type { ServerClock } from '../time/server-clock.js';
import { Backoff } from '../transport/backoff.js';
import type { HttpRequest } from '../transport/http-transport.js';
import { ROUTES } from '../transport/routes.js';
import { requireAmount } from './amounts.js';
import { agrees, requireNote } from './payment-card.js';
import type { PaymentOutbox } from './payment-outbox.js';
import {
  BALANCE,
  PAYMENT_ORDER,
  PAYMENT_ORDERS,
  PAYMENT_TERMS,
  STATEMENT,
  TOP_UP,
  WITHDRAWAL,
} from './payment-shapes.js';

export interface PaymentOptions {
  /** For the card, encrypted: 1 to 200 characters that the server cannot read. */
  readonly note?: string;
  /** The answer to PAYEE_KEY_RECENT, once a person has made sure that the new key is the friend's. */
  readonly confirmNewKey?: boolean;
}

export interface Payment {
  readonly orderId: string;
  readonly kind: PaymentOrderKind;
  readonly amount: number;
  readonly currency: string;
  /**
   * `queued`: no answer came, so it may or may not have happened. The same order is sent again by itself; do not pay anew. What
   * it comes to is told by `payment`, or by `error` with the order's id in its details.
   */
  readonly state: PaymentState | 'queued';
}

export interface PaymentServices {
  readonly account: Account;
  readonly book: ContactBook;
  readonly log: MessageLog;
  readonly outbox: PaymentOutbox;
  readonly clock: ServerClock;
  /** The address that this client was told to talk to. */
  readonly server: string;
}

type Signing = { readonly account: AccountRecord; readonly terms: PaymentTerms };

/** No answer: it may have happened. */
const UNANSWERED: readonly string[] = ['OFFLINE', 'TIMEOUT', 'UNAVAILABLE', 'INTERNAL'];
const TRIES = 3;

/** Money between friends. Amounts are integers in the smallest unit of the currency, see `formatAmount` and `parseAmount`. */
export class Payments {
  constructor(private readonly services: PaymentServices) {}

  async terms(): Promise<PaymentTerms> {
    const terms = await this.get<PaymentTerms>(ROUTES.paymentTerms, PAYMENT_TERMS);
    requireSameServer(terms.server, this.services.server);
    return terms;
  }

  balance(): Promise<BalanceView> {
    return this.get(ROUTES.balance, BALANCE);
  }

  /** Newest first, at most 100 entries a page. */
  statement(page: { readonly cursor?: string; readonly limit?: number } = {}): Promise<Statement> {
    const query = new URLSearchParams(Object.entries(page).map(([name, value]) => [name, String(value)])).toString();
    return this.get(query === '' ? ROUTES.statement : `${ROUTES.statement}?${query}`, STATEMENT);
  }

  /** Red packets that wait, for this account or from it, oldest first, at most 100: also those whose cards have burned. */
  async pending(): Promise<PaymentOrderView[]> {
    return (await this.get<PaymentOrderList>(ROUTES.paymentOrders, PAYMENT_ORDERS)).orders;
  }

  /** Own payments without an answer so far, with whom they are for; offline too. They are sent again by themselves. */
  async unanswered(): Promise<(Payment & { readonly payeeId: string })[]> {
    const records = await this.services.outbox.unanswered();
    return records.map(({ orderId, request: { kind, amount, currency, payeeId } }) => {
      return { orderId, kind, amount, currency, payeeId, state: 'queued' };
    });
  }

  /** For its payer and its payee. @throws AshwireError NOT_FOUND. */
  order(orderId: string): Promise<PaymentOrderView> {
    return this.get(ROUTES.paymentOrder(orderId), PAYMENT_ORDER);
  }

  /**
   * Moves money to a friend, and tells it with a card in the conversation.
   * @throws AshwireError BAD_REQUEST, NOT_FOUND, KEY_CHANGED, KEY_COMPROMISED, INSUFFICIENT_FUNDS, PAYMENT_LIMIT,
   * PAYMENT_DAY_LIMIT, PAYEE_KEY_RECENT (repeat with `confirmNewKey`), …; with each of them nothing was moved.
   */
  transfer(userId: string, amount: number, options: PaymentOptions = {}): Promise<Payment> {
    return this.pay('transfer', userId, amount, options);
  }

  /** The friend gets it by claiming it in time; otherwise it comes back by itself. Errors as with a transfer. */
  sendRedPacket(userId: string, amount: number, options: PaymentOptions = {}): Promise<Payment> {
    return this.pay('red-packet', userId, amount, options);
  }

  /** @throws AshwireError ORDER_EXPIRED, NOT_FOUND, CARD_MISMATCH when the card on this device claims something else. */
  async claim(orderId: string): Promise<PaymentOrderView> {
    const messages = await this.services.log.all();
    const cards = messages.filter(({ direction, card }) => direction === 'in' && card?.orderId === orderId);
    if (cards.length > 0) {
      const order = await this.services.outbox.find(orderId);
      const agreeing = await Promise.all(cards.map((message) => this.isTrue(message, order)));
      if (!agreeing.includes(true)) throw new AshwireError('CARD_MISMATCH', { orderId });
    }
    const path = ROUTES.claimPayment(orderId);
    return this.services.account.tokens.request({ method: 'POST', path, shape: PAYMENT_ORDER });
  }

  /** The order behind a card. @throws AshwireError CARD_MISMATCH when the server has none that the card describes. */
  async verifyCard(message: Pick<Message, 'card' | 'direction' | 'senderId'>): Promise<PaymentOrderView> {
    if (!message.card) throw new AshwireError('BAD_REQUEST', { field: 'card' });
    const { orderId } = message.card;
    const order = await this.services.outbox.find(orderId);
    if (!order || !(await this.isTrue(message, order))) throw new AshwireError('CARD_MISMATCH', { orderId });
    return order;
  }

  /** Pending until the provider reports that it was paid; `payAt` is where to pay. */
  async topUp(amount: number): Promise<TopUpView> {
    requireAmount(amount);
    const { currency } = await this.terms();
    const body = { topUpId: randomId(), amount, currency };
    return this.repeated({ method: 'POST', path: ROUTES.topUps, body, shape: TOP_UP });
  }

  /** `destination` is for the payment provider, 1 to 200 characters. The fee of the terms comes on top. */
  async withdraw(amount: number, destination: string): Promise<WithdrawalView> {
    requireAmount(amount);
    const max = LIMITS.withdrawalDestinationCharacters;
    if (typeof destination !== 'string' || destination.length < 1 || destination.length > max) {
      throw new AshwireError('BAD_REQUEST', { field: 'destination', min: 1, max });
    }
    const { account, terms } = await this.signing();
    const unsigned = { withdrawalId: randomId(), amount, currency: terms.currency, destination, issuedAt: this.now() };
    const bytes = withdrawalBytes({ ...unsigned, server: terms.server, userId: account.userId });
    const body = { ...unsigned, signature: await sign(account, bytes) };
    return this.repeated({ method: 'POST', path: ROUTES.withdrawals, body, shape: WITHDRAWAL });
  }

  private async pay(
    kind: PaymentOrderKind,
    userId: string,
    amount: number,
    { note, confirmNewKey = false }: PaymentOptions,
  ): Promise<Payment> {
    const { book, log, outbox } = this.services;
    requireAmount(amount);
    requireNote(note);
    const contact = await book.get(userId);
    requireUsable(contact);
    await log.getConversation(contact.conversationId);
    const request = await this.signedOrder(contact, { kind, amount, newKeyConfirmed: confirmNewKey });
    const { orderId, currency } = request;
    const record: PendingPaymentRecord = {
      ...{ orderId, conversationId: contact.conversationId, userId, request, cardMessageId: randomId() },
      ...(note === undefined ? {} : { note }),
    };
    const order = await outbox.submit(record);
    return { orderId, kind, amount, currency, state: order?.state ?? 'queued' };
  }

  private async signedOrder(
    { userId: payeeId, identityKey: payeeKey }: ContactRecord,
    wish: { readonly kind: PaymentOrderKind; readonly amount: number; readonly newKeyConfirmed: boolean },
  ) {
    const { account, terms } = await this.signing();
    const { server, currency } = terms;
    const unsigned = { orderId: randomId(), payeeId, payeeKey, currency, issuedAt: this.now(), ...wish };
    const bytes = paymentOrderBytes({ ...unsigned, server, payerId: account.userId });
    return { ...unsigned, signature: await sign(account, bytes) };
  }

  /** The terms each time: without a connection nothing is signed, and the server's name and currency are the current ones. */
  private async signing(): Promise<Signing> {
    return { account: await this.services.account.get(), terms: await this.terms() };
  }

  /** Whether the order is what the sender of this message says. */
  private async isTrue(
    { card, direction, senderId: payerId }: Pick<Message, 'card' | 'direction' | 'senderId'>,
    order: PaymentOrderView | undefined,
  ): Promise<boolean> {
    if (!card || !order) return false;
    const { userId } = await this.services.account.get();
    return agrees(order, card, direction === 'in' ? { payerId, payeeId: userId } : { payerId: userId });
  }

  /** The same body again while no answer comes: its id has one effect at most. */
  private async repeated<T>(request: HttpRequest): Promise<T> {
    const { account, clock } = this.services;
    const backoff = new Backoff();
    for (let attempt = 1; ; attempt++) {
      try {
        return await account.tokens.request<T>(request);
      } catch (error) {
        const { code, retryAfterMs } = AshwireError.from(error);
        if (!UNANSWERED.includes(code) || attempt === TRIES) throw error;
        await new Promise<void>((resolve) => clock.after(backoff.next(retryAfterMs), resolve));
      }
    }
  }

  private get<T>(path: string, shape: NonNullable<HttpRequest['shape']>): Promise<T> {
    return this.services.account.tokens.request<T>({ method: 'GET', path, shape });
  }

  private now(): number {
    return this.services.clock.now();
  }
}

const sign = async (account: AccountRecord, bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  encodeBase64Url(await identityOf(account).sign(bytes));

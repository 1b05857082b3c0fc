import { defineStore } from 'pinia';
import { computed, reactive, shallowRef, toRaw } from 'vue';
import { AshwireError } from '../../../sdk/ashwire-error.js';
import type { BalanceView, Message, Payment, PaymentOrderView, PaymentTerms } from '../../../sdk/index.js';
import type { Failure } from '../client/errors.js';
import type { RemoteHost } from '../client/link.js';
import type { Verdict } from '../screens/money/card-state.js';
import { useSession } from './session.store.js';

export interface PaymentWish {
  readonly kind: Payment['kind'];
  readonly payeeId: string;
  /** In the smallest unit. */
  readonly amount: number;
  /** '' for none. */
  readonly note: string;
  readonly confirmNewKey: boolean;
}

/** Without an answer so far. */
export type QueuedPayment = Payment & { readonly payeeId: string };

/** A payment that had waited for an answer; what it was is known unless another tab has begun it. */
export interface RefusedPayment {
  readonly failure: Failure;
  readonly payment: QueuedPayment | undefined;
}

/** The wallet as far as screens share it. */
export const useMoney = defineStore('money', () => {
  const session = useSession();
  const terms = shallowRef<PaymentTerms>();
  const balance = shallowRef<BalanceView>();
  const { orders, queued, packets, learn } = knownOrders();
  const { verdicts, verdictOf, verify } = checkedCards(session.host, learn);
  /** The last order that came to its end while this page listened. */
  const settled = shallowRef<PaymentOrderView>();
  /** The last one. Nothing was moved by it. */
  const refused = shallowRef<RefusedPayment>();

  /** Needs a connection. */
  async function load(): Promise<void> {
    const { payments } = session.host().api;
    const [ownTerms, ownBalance, waiting] = await Promise.all([
      payments.terms(),
      payments.balance(),
      payments.pending(),
    ]);
    [terms.value, balance.value] = [ownTerms, ownBalance];
    for (const order of waiting) learn(order);
    // What ended meanwhile is not among those that wait.
    const ended = packets.value.filter(({ orderId }) => !waiting.some((order) => order.orderId === orderId));
    for (const { orderId } of ended) learn(await payments.order(orderId));
  }

  /** Without a connection too. */
  async function loadUnanswered(): Promise<void> {
    const unanswered = await session.host().api.payments.unanswered();
    for (const payment of unanswered) if (!orders.has(payment.orderId)) queued.set(payment.orderId, payment);
  }

  /** Needs a connection, the first time. */
  async function loadTerms(): Promise<PaymentTerms> {
    return (terms.value ??= await session.host().api.payments.terms());
  }

  /** @throws AshwireError as the SDK does; nothing was moved then. */
  async function pay(wish: PaymentWish): Promise<Payment> {
    const payment = await paid(session.host(), wish);
    const { orderId, state } = payment;
    if (state === 'queued' && !orders.has(orderId)) queued.set(orderId, { ...payment, payeeId: wish.payeeId });
    return payment;
  }

  /** @throws AshwireError ORDER_EXPIRED, CARD_MISMATCH, … */
  async function claim(orderId: string): Promise<void> {
    learn(await session.host().api.payments.claim(orderId));
  }

  session.on('payment', (order) => {
    if (learn(order)) settled.value = order;
  });
  session.on('balance', (news) => (balance.value = news));
  session.on('error', (failure) => {
    const orderId = failure.details['orderId'];
    if (typeof orderId !== 'string') return;
    refused.value = { failure, payment: queued.get(orderId) };
    queued.delete(orderId);
  });
  session.on('host', ({ kind }) => {
    if (kind === 'open') return;
    [terms.value, balance.value, settled.value, refused.value] = [undefined, undefined, undefined, undefined];
    for (const known of [orders, queued, verdicts]) known.clear();
  });

  const shown = { terms, balance, orders, queued, packets, settled, refused };
  return { ...shown, load, loadUnanswered, loadTerms, pay, claim, verdictOf, verify };
});

function paid(host: RemoteHost, { kind, payeeId, amount, note, confirmNewKey }: PaymentWish): Promise<Payment> {
  const { payments } = host.api;
  const options = { ...(note !== '' && { note }), ...(confirmNewKey && { confirmNewKey }) };
  return kind === 'transfer'
    ? payments.transfer(payeeId, amount, options)
    : payments.sendRedPacket(payeeId, amount, options);
}

function knownOrders() {
  /** By id: orders of this account that were heard of since the page began. */
  const orders = reactive(new Map<string, PaymentOrderView>());
  /** By id: own payments that may or may not have happened. They are sent again by themselves. */
  const queued = reactive(new Map<string, QueuedPayment>());
  /** Red packets that nobody has claimed, oldest first. */
  const packets = computed(() =>
    [...orders.values()]
      .filter(({ kind, state }) => kind === 'red-packet' && state === 'pending')
      .sort((a, b) => a.createdAt - b.createdAt),
  );

  /** Whether it has come to its end by this. An answer may be overtaken by an event: what is settled stays so. */
  function learn(order: PaymentOrderView): boolean {
    const { state = 'pending' } = orders.get(order.orderId) ?? {};
    queued.delete(order.orderId);
    if (state !== 'pending') return false;
    orders.set(order.orderId, order);
    return order.state !== 'pending';
  }

  return { orders, queued, packets, learn };
}

function checkedCards(host: () => RemoteHost, learn: (order: PaymentOrderView) => unknown) {
  /** By conversation and message: a friend may use the id of a message elsewhere again. */
  const verdicts = reactive(new Map<string, Verdict>());
  const keyOf = ({ conversationId, id }: Message): string => `${conversationId}/${id}`;
  const verdictOf = (message: Message): Verdict | undefined => verdicts.get(keyOf(message));

  /** Asks the server about a card, unless it has said. */
  async function verify(message: Message): Promise<void> {
    const { card, direction, senderId } = message;
    const known = verdictOf(message);
    if (!card || (known !== undefined && known !== 'unknown')) return;
    verdicts.set(keyOf(message), 'checking');
    try {
      // A reactive object cannot be sent to the worker.
      learn(await host().api.payments.verifyCard({ card: { ...toRaw(card) }, direction, senderId }));
      verdicts.set(keyOf(message), 'true');
    } catch (error) {
      verdicts.set(keyOf(message), AshwireError.from(error).code === 'CARD_MISMATCH' ? 'false' : 'unknown');
    }
  }

  return { verdicts, verdictOf, verify };
}

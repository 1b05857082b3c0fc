import { LIMITS } from '../../../protocol/limits.js';
import type { PaymentOrderRequest, PaymentState } from '../../../protocol/payloads/payment.payloads.js';

export const LIFE_MS = 5_000;
export const MAX_PER_DAY = 1_500;
export const GIVEN = 1_000;

interface ModelOrder {
  readonly payer: number;
  readonly payee: number;
  readonly request: PaymentOrderRequest;
  readonly expiresAt: number;
  state: PaymentState;
}

export interface Attempt {
  readonly payer: number;
  readonly payee: number;
  readonly request: PaymentOrderRequest;
}

/** What orders do, in numbers and without a database. Every verb says what the answer must be and what it changes. */
export class LedgerModel {
  readonly balances: number[];
  readonly orders = new Map<string, ModelOrder>();
  /** Everything that was tried, with or without effect. */
  readonly attempts: Attempt[] = [];
  /** Sides of moves. */
  entries: number;
  private readonly spent: number[];

  constructor(people: number) {
    this.balances = Array.from({ length: people }, () => GIVEN);
    this.spent = Array.from({ length: people }, () => 0);
    this.entries = 2 * people;
  }

  get escrow(): number {
    return this.pending().reduce((sum, { request }) => sum + request.amount, 0);
  }

  /** Answer and effect; the effect only happens where the answer is a state that is new. */
  place({ payer, payee, request }: Attempt, now: number): [answer: string, effect: () => void] {
    const nothing = (): void => undefined;
    const { orderId, amount, issuedAt, kind } = request;
    const earlier = this.orders.get(orderId);
    if (earlier) return [earlier.request.amount === amount ? earlier.state : 'ORDER_ID_REUSED', nothing];
    if (Math.abs(now - issuedAt) > LIMITS.orderClockSkewMs) return ['ORDER_OUTDATED', nothing];
    if ((this.spent[payer] ?? 0) + amount > MAX_PER_DAY) return ['PAYMENT_DAY_LIMIT', nothing];
    if ((this.balances[payer] ?? 0) < amount) return ['INSUFFICIENT_FUNDS', nothing];
    const state = kind === 'transfer' ? 'posted' : 'pending';
    const effect = (): void => {
      this.orders.set(orderId, { payer, payee, request, expiresAt: now + LIFE_MS, state });
      this.spent[payer] = (this.spent[payer] ?? 0) + amount;
      this.move(payer, -amount);
      if (state === 'posted') this.move(payee, amount);
      this.entries += 2;
    };
    return [state, effect];
  }

  claim(orderId: string, person: number, now: number): [answer: string, effect: () => void] {
    const order = this.orders.get(orderId);
    if (order?.request.kind !== 'red-packet' || order.payee !== person) return ['NOT_FOUND', () => undefined];
    if (order.state === 'posted') return ['posted', () => undefined];
    if (order.state === 'voided' || order.expiresAt <= now) return ['ORDER_EXPIRED', () => undefined];
    return ['posted', () => this.end(order, 'posted', order.payee)];
  }

  expire(now: number): void {
    for (const order of this.pending()) if (order.expiresAt <= now) this.end(order, 'voided', order.payer);
  }

  private pending(): ModelOrder[] {
    return [...this.orders.values()].filter(({ state }) => state === 'pending');
  }

  private end(order: ModelOrder, state: PaymentState, receiver: number): void {
    order.state = state;
    this.move(receiver, order.request.amount);
    this.entries += 2;
  }

  private move(person: number, amount: number): void {
    this.balances[person] = (this.balances[person] ?? 0) + amount;
  }
}

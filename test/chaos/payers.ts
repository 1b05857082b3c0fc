import { setTimeout as wait } from 'node:timers/promises';
import { ERRORS } from '../../src/protocol/errors.js';
import type { Statement } from '../../src/protocol/payloads/payment.payloads.js';
import { type OrderFields, orderOf, topUp } from '../rig/order-payer.js';
import type { Chatter } from './chatter.js';
import type { ApiAnswer } from './front-door.js';
import type { EntryOf } from './history.js';

const ISSUED = 100_000;
const RETRY_MS = 500;
const RED_PACKETS = 0.3;
const UNTIL_LOGIN: readonly string[] = ['UNAUTHENTICATED', 'SESSION_REVOKED'];

type PaymentState = EntryOf<'order-answered'>['state'];

/** Two friends who pay each other, each order until it is answered, as the SDK does. */
export class Payers {
  private readonly underWay = new Set<Promise<void>>();
  private stopped = false;

  constructor(
    private readonly one: Chatter,
    private readonly other: Chatter,
  ) {}

  async begin(): Promise<void> {
    for (const { person, id, setting } of [this.one, this.other]) {
      await topUp(person, ISSUED);
      setting.history.note({ kind: 'topped-up', user: id, amount: ISSUED });
    }
  }

  /** Begins one order, unless one is under way. */
  pay(): void {
    if (this.underWay.size > 0 || this.stopped) return;
    const { random } = this.one.setting;
    const [payer, payee] = random() < 0.5 ? [this.one, this.other] : [this.other, this.one];
    const work = this.order(payer, payee, random() < RED_PACKETS ? 'red-packet' : 'transfer').catch(() => undefined);
    this.underWay.add(work);
    void work.finally(() => this.underWay.delete(work));
  }

  /** Waits for the orders under way, then notes what there is. */
  async settle(): Promise<void> {
    await Promise.all(this.underWay);
    this.stopped = true;
    const { history } = this.one.setting;
    const ours = new Set([this.one.id, this.other.id]);
    for (const { order, payer } of history.of('ordered')) {
      if (!ours.has(payer)) continue;
      const state = await this.stateOf(payer === this.one.id ? this.one : this.other, order);
      history.note({ kind: 'order-at-end', order, state });
    }
    for (const person of [this.one, this.other]) await this.noteBooks(person);
  }

  stop(): void {
    this.stopped = true;
  }

  private async order(payer: Chatter, payee: Chatter, kind: 'transfer' | 'red-packet'): Promise<void> {
    const { history, random } = payer.setting;
    const amount = 1 + Math.floor(random() * 50);
    const order = await orderOf(payer.person, payee.person, { kind, amount });
    history.note({ kind: 'ordered', order: order.orderId, payer: payer.id, payee: payee.id, amount, type: kind });
    const state = await this.untilAnswered(payer, order);
    if (state === 'pending' && random() < 0.7) await this.claim(payee, order.orderId);
  }

  private async untilAnswered(payer: Chatter, order: OrderFields): Promise<PaymentState | undefined> {
    const { history } = payer.setting;
    for (let isFirst = true; !this.stopped; isFirst = false) {
      const answer = await attempt(payer, 'POST', '/api/payments/orders', order);
      if (answer?.status === 200) return this.answered(payer, order.orderId, answer);
      const code = answer && finalCodeOf(answer, isFirst);
      if (code !== undefined) {
        // Refused now, but a try before may have had its effect and lost its answer.
        const state = isFirst ? 'none' : await this.stateOf(payer, order.orderId);
        if (state !== 'none') return state;
        history.note({ kind: 'order-refused', order: order.orderId, code });
        return undefined;
      }
      await wait(RETRY_MS);
    }
    return undefined;
  }

  private async claim(payee: Chatter, orderId: string): Promise<void> {
    while (!this.stopped) {
      const answer = await attempt(payee, 'POST', `/api/payments/orders/${orderId}/claim`);
      if (answer?.status === 200) return void this.answered(payee, orderId, answer);
      if (answer && finalCodeOf(answer, true) !== undefined) return;
      await wait(RETRY_MS);
    }
  }

  private answered({ setting }: Chatter, order: string, { body }: ApiAnswer): PaymentState {
    const state = body['state'] as PaymentState;
    setting.history.note({ kind: 'order-answered', order, state });
    return state;
  }

  private async stateOf(payer: Chatter, orderId: string): Promise<PaymentState | 'none'> {
    const { status, body } = await insist(payer, `/api/payments/orders/${orderId}`);
    return status === 404 ? 'none' : (body['state'] as PaymentState);
  }

  private async noteBooks(person: Chatter): Promise<void> {
    const { history } = person.setting;
    for (let cursor = ''; ;) {
      const page = (await insist(person, `/api/payments/statement?limit=100${cursor}`)).body as unknown as Statement;
      for (const { reference, amount } of page.entries) {
        history.note({ kind: 'entry-at-end', user: person.id, reference, amount });
      }
      if (page.nextCursor === undefined) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    const { available, pending } = (await insist(person, '/api/payments/balance')).body;
    const amounts = { available: Number(available), pending: Number(pending) };
    history.note({ kind: 'balance-at-end', user: person.id, ...amounts });
  }
}

function attempt(who: Chatter, method: string, path: string, body?: unknown): Promise<ApiAnswer | undefined> {
  return who.entrance.call(who.person.tokens.accessToken, method, path, body).catch(() => undefined);
}

/** Reading is repeated until there is an answer; what never answers fails the run. */
async function insist(who: Chatter, path: string): Promise<ApiAnswer> {
  for (let tries = 0; tries < 40; tries += 1) {
    const answer = await attempt(who, 'GET', path);
    if (answer && (answer.status === 200 || answer.status === 404)) return answer;
    await wait(RETRY_MS);
  }
  throw new Error(`${path} is not answered`);
}

function finalCodeOf({ body }: ApiAnswer, isFirst: boolean): string | undefined {
  const { code } = (body['error'] ?? {}) as { code?: string };
  if (code === undefined || !(code in ERRORS) || ERRORS[code as keyof typeof ERRORS].retryable) return undefined;
  return isFirst || !UNTIL_LOGIN.includes(code) ? code : undefined;
}

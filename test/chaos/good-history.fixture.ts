import { History } from './history.js';

const MEMBERS = new Map<string, readonly string[]>([
  ['pair', ['a', 'b']],
  ['group', ['a', 'b', 'c']],
]);
const LIFE_MS = 1_000;
const MESSAGES = 40;

/** A run in which everything went well: every fate of a message and an order is in it at least once. */
export function goodHistory(random: () => number): History {
  const history = new History(new Map(MEMBERS));
  const log = new GoodLog(history, random);
  for (let n = 0; n < MESSAGES; n += 1) log.message(n);
  log.end();
  pay(history, random);
  return history;
}

class GoodLog {
  private now = 1;
  private readonly heads = new Map<string, number>();

  constructor(
    private readonly history: History,
    private readonly random: () => number,
  ) {}

  message(n: number): void {
    const { history } = this;
    const conversation = n < 8 || this.random() < 0.5 ? 'group' : 'pair';
    const members = MEMBERS.get(conversation) ?? [];
    // The first ones have one fate each, so that no mutation lacks its victim.
    const by = n < 6 ? 'a' : (members[Math.floor(this.random() * members.length)] as string);
    const message = `m${n}`;
    const isAnswered = n < 6 || this.random() < 0.9;
    const seq = (this.heads.get(conversation) ?? 0) + 1;
    this.heads.set(conversation, seq);
    const place = { conversation, incarnation: 'only', seq };
    const burnAt = this.now + LIFE_MS;
    history.note({ kind: 'sent', conversation, message, by }, this.tick());
    // Without an answer it was stored all the same, and only the others know.
    if (isAnswered) history.note({ kind: 'acked', message, by, burnAt, ...place }, this.tick());
    else history.note({ kind: 'own', message, to: by, ...place }, this.tick());
    const fate = n % 3;
    if (fate === 1) history.note({ kind: 'recall-asked', by, ...place }, this.tick());
    for (const to of members) {
      if (to === by) continue;
      if (fate === 0) this.show(place, { message, by, to });
      else if (fate === 1) history.note({ kind: 'hole', to, reason: 'recalled', ...place }, this.tick());
      else history.note({ kind: 'hole', to, reason: 'expired', ...place }, burnAt + this.tick());
    }
  }

  end(): void {
    for (const [conversation, members] of MEMBERS) {
      const headSeq = this.heads.get(conversation) ?? 0;
      const head = { kind: 'head' as const, conversation, headSeq, incarnation: 'only' };
      for (const to of members) this.history.note({ ...head, to }, this.tick());
    }
  }

  private show(
    place: { readonly conversation: string; readonly incarnation: string; readonly seq: number },
    { message, by, to }: { readonly message: string; readonly by: string; readonly to: string },
  ): void {
    const { history } = this;
    const askedAt = this.tick();
    history.note({ kind: 'shown', message, by, to, ...place }, this.tick());
    history.note({ kind: 'readable', to, askedAt, ...place }, this.tick());
    history.note({ kind: 'delivered-asked', by: to, ...place }, this.tick());
    history.note({ kind: 'receipt', what: 'delivered', from: to, to: by, ...place }, this.tick());
  }

  private tick(): number {
    return (this.now += 0.01);
  }
}

function pay(history: History, random: () => number): void {
  const balances = new Map([
    ['a', { available: 1_000, pending: 0 }],
    ['b', { available: 1_000, pending: 0 }],
  ]);
  for (const user of balances.keys()) history.note({ kind: 'topped-up', user, amount: 1_000 }, 0);
  for (let n = 0; n < 12; n += 1) {
    const [payer, payee] = random() < 0.5 ? (['a', 'b'] as const) : (['b', 'a'] as const);
    const [order, amount] = [`o${n}`, 1 + Math.floor(random() * 9)];
    const state = (['posted', 'pending', 'none', 'voided'] as const)[n % 4] ?? 'none';
    history.note({ kind: 'ordered', order, payer, payee, amount, type: 'red-packet' }, 0);
    if (state !== 'none') history.note({ kind: 'order-answered', order, state }, 0);
    history.note({ kind: 'order-at-end', order, state }, 0);
    const took = state === 'posted' || state === 'pending';
    const from = balances.get(payer);
    const to = balances.get(payee);
    if (state !== 'none') history.note({ kind: 'entry-at-end', user: payer, reference: order, amount: -amount }, 0);
    if (state === 'voided') history.note({ kind: 'entry-at-end', user: payer, reference: order, amount }, 0);
    if (state === 'posted') history.note({ kind: 'entry-at-end', user: payee, reference: order, amount }, 0);
    if (from && took) from.available -= amount;
    if (from && state === 'pending') from.pending += amount;
    if (to && state === 'posted') to.available += amount;
  }
  for (const [user, balance] of balances) history.note({ kind: 'balance-at-end', user, ...balance }, 0);
}

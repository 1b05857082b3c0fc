import { type EntryOf, groupBy, type History, type Violation } from './history.js';

/** Everything that is wrong with the money: what clients were told against what they find at the end. */
export function checkMoney(history: History): Violation[] {
  return [...successesLast(history), ...effectsAreSingle(history), ...balancesAdd(history)];
}

/** Every success that a client saw exists at the end, and a final one is as it was. */
function successesLast(history: History): Violation[] {
  const ends = endsOf(history);
  return history.of('order-answered').flatMap(({ order, state, at }) => {
    const end = ends.get(order);
    // Nobody could look, which is a fault of its own.
    if (end === undefined) return [];
    const holds = state === end || (state === 'pending' && end !== 'none');
    return holds ? [] : [{ rule: 'money lost', what: `order ${order} was ${state} and is ${end}`, at }];
  });
}

/** In both statements an order stands once for each thing it did, and one that was refused stands nowhere. */
function effectsAreSingle(history: History): Violation[] {
  const ends = endsOf(history);
  const entries = groupBy(history.of('entry-at-end'), ({ reference, user }) => `${reference} ${user}`);
  return history.of('ordered').flatMap((ordered) => {
    const { order, payer, payee, amount, at } = ordered;
    const end = ends.get(order);
    if (end === undefined) return [];
    const amounts = (user: string): string =>
      (entries.get(`${order} ${user}`) ?? [])
        .map((entry) => entry.amount)
        .sort()
        .join(' ');
    const paid = end === 'none' ? '' : end === 'voided' ? `-${amount} ${amount}` : `-${amount}`;
    const got = end === 'posted' ? `${amount}` : '';
    if (amounts(payer) === paid && amounts(payee) === got) return [];
    const what = `order ${order} is ${end}; it took [${amounts(payer)}] and gave [${amounts(payee)}]`;
    return [{ rule: 'effect', what, at }];
  });
}

/** What everybody has is what came in, less what was paid, plus what was got; in all, what was issued. */
function balancesAdd(history: History): Violation[] {
  const ends = endsOf(history);
  const expected = new Map<string, { available: number; pending: number }>();
  const of = (user: string) => {
    const balance = expected.get(user) ?? { available: 0, pending: 0 };
    expected.set(user, balance);
    return balance;
  };
  for (const { user, amount } of history.of('topped-up')) of(user).available += amount;
  for (const ordered of history.of('ordered')) settle(ordered, ends.get(ordered.order), of);
  return history.of('balance-at-end').flatMap(({ user, available, pending, at }) => {
    const right = of(user);
    if (right.available === available && right.pending === pending) return [];
    const what = `${user} has ${available} and ${pending} pending, not ${right.available} and ${right.pending}`;
    return [{ rule: 'balance', what, at }];
  });
}

function settle(
  { payer, payee, amount }: EntryOf<'ordered'>,
  end: EntryOf<'order-at-end'>['state'] | undefined,
  of: (user: string) => { available: number; pending: number },
): void {
  if (end === 'posted' || end === 'pending') of(payer).available -= amount;
  if (end === 'pending') of(payer).pending += amount;
  if (end === 'posted') of(payee).available += amount;
}

const endsOf = (history: History): Map<string, EntryOf<'order-at-end'>['state']> =>
  new Map(history.of('order-at-end').map(({ order, state }) => [order, state]));

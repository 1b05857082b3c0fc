import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dice } from '../rig/fault-proxy.js';
import { type EntryOf, type History, type HistoryEntry, placeOf } from './history.js';
import { checkMessages } from './message-rules.js';
import { checkMoney } from './money-rules.js';
import { goodHistory } from './good-history.fixture.js';

type Mutation = (history: History, pick: <T>(items: readonly T[]) => T) => void;

const replaced = (history: History, old: HistoryEntry, ...changed: readonly HistoryEntry[]): void =>
  void history.entries.splice(history.entries.indexOf(old), 1, ...changed);

const swapPlaces = (history: History, one: EntryOf<'shown'>, other: EntryOf<'shown'>): void => {
  replaced(history, one, { ...one, message: other.message });
  replaced(history, other, { ...other, message: one.message });
};

const delivered = (history: History): EntryOf<'shown'>[] => {
  const acked = new Set(history.of('acked').map(({ message }) => message));
  return history.of('shown').filter(({ message }) => acked.has(message));
};

/** What each rule is for, as something that goes wrong in a history that is right. */
const MUTATIONS: readonly (readonly [rule: string, Mutation])[] = [
  ['lost', (history, pick) => replaced(history, pick(delivered(history)))],
  [
    'lost',
    (history, pick) => {
      const last = pick(history.of('head').filter(({ headSeq }) => headSeq > 0));
      const heads = history.of('head').filter(({ conversation }) => conversation === last.conversation);
      for (const head of heads) replaced(history, head, { ...head, headSeq: head.headSeq - 1 });
      const { conversation, incarnation, headSeq } = last;
      const message = { kind: 'acked' as const, message: 'new', by: 'nobody', burnAt: 0, at: 0 };
      history.entries.push({ ...message, conversation, incarnation, seq: headSeq });
    },
  ],
  [
    'twice',
    (history, pick) => {
      const shown = pick(history.of('shown'));
      replaced(history, shown, shown, { ...shown, seq: shown.seq + 1_000 });
    },
  ],
  [
    'order',
    (history, pick) => {
      const ours = history.of('shown').filter(({ conversation }) => conversation === 'group');
      const one = pick(ours.slice(0, -1));
      const other = ours.slice(ours.indexOf(one) + 1).find(({ to, seq }) => to === one.to && seq !== one.seq);
      if (other) swapPlaces(history, one, other);
      else replaced(history, one, { ...one, message: 'another' });
    },
  ],
  [
    'own order',
    (history, pick) => {
      // All six by one person, in one conversation, and acknowledged.
      const [first, ...later] = history.of('sent').slice(0, 6);
      const other = pick(later);
      if (!first) return;
      replaced(history, first, { ...first, message: other.message });
      replaced(history, other, { ...other, message: first.message });
    },
  ],
  [
    'gap',
    (history, pick) => {
      const explained = history.of('hole').filter(({ to }) => to === 'c');
      const { conversation, incarnation, seq } = pick(explained);
      for (const hole of explained)
        if (placeOf(hole) === placeOf({ conversation, incarnation, seq })) replaced(history, hole);
    },
  ],
  [
    'burned early',
    (history, pick) => {
      const acked = new Set(history.of('acked').map(placeOf));
      const expired = history.of('hole').filter((hole) => hole.reason === 'expired' && acked.has(placeOf(hole)));
      const hole = pick(expired);
      replaced(history, hole, { ...hole, at: 0 });
    },
  ],
  [
    'readable after its end',
    (history, pick) => {
      const { conversation, incarnation, seq, burnAt } = pick(history.of('acked'));
      const place = { conversation, incarnation, seq };
      history.entries.push({ kind: 'readable', to: 'another', askedAt: burnAt, at: burnAt + 1, ...place });
    },
  ],
  [
    'came back',
    (history, pick) => {
      const { conversation, incarnation, seq, to, at } = pick(history.of('hole'));
      history.entries.push({ kind: 'readable', to, askedAt: at + 1, at: at + 2, conversation, incarnation, seq });
    },
  ],
  [
    'log lost',
    (history, pick) => {
      const shown = pick(history.of('shown'));
      replaced(history, shown, { ...shown, incarnation: 'new' });
    },
  ],
  ['never settled', (history, pick) => replaced(history, pick(history.of('head')))],
  [
    'untrue receipt',
    (history, pick) => {
      const { conversation, incarnation, seq, by } = pick(history.of('shown'));
      const place = { conversation, incarnation, seq };
      history.entries.push({ kind: 'receipt', what: 'read', from: 'a stranger', to: by, at: 0, ...place });
    },
  ],
];

const MONEY: readonly (readonly [rule: string, Mutation])[] = [
  [
    'money lost',
    (history, pick) => {
      const end = pick(history.of('order-at-end').filter(({ state }) => state !== 'none'));
      replaced(history, end, { ...end, state: 'none' });
    },
  ],
  [
    'effect',
    (history, pick) => {
      const entry = pick(history.of('entry-at-end'));
      replaced(history, entry, entry, entry);
    },
  ],
  ['effect', (history, pick) => replaced(history, pick(history.of('entry-at-end')))],
  [
    'balance',
    (history, pick) => {
      const balance = pick(history.of('balance-at-end'));
      replaced(history, balance, { ...balance, available: balance.available + 1 });
    },
  ],
];

const rulesBroken = (history: History): Set<string> =>
  new Set([...checkMessages(history), ...checkMoney(history)].map(({ rule }) => rule));

describe('The history checker', () => {
  it('finds nothing in a history that is right', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const history = goodHistory(dice(seed));
        expect([...checkMessages(history), ...checkMoney(history)]).toEqual([]);
      }),
    );
  });

  it.each([...MUTATIONS, ...MONEY].map(([rule, mutate], index) => ({ rule, mutate, index })))(
    'sees "$rule" ($index)',
    ({ rule, mutate }) => {
      fc.assert(
        fc.property(fc.integer(), (seed) => {
          const random = dice(seed);
          const history = goodHistory(random);
          mutate(history, (items) => items[Math.floor(random() * items.length)] as (typeof items)[number]);
          expect(rulesBroken(history)).toContain(rule);
        }),
      );
    },
  );

  it('takes a new log for a loss unless the tier says that a restart loses them', () => {
    const history = goodHistory(dice(1));
    const [shown] = history.of('shown');
    if (shown) replaced(history, shown, { ...shown, incarnation: 'before' });
    expect(checkMessages(history, { mayLoseLogs: true }).map(({ rule }) => rule)).not.toContain('log lost');
  });
});

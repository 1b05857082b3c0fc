import { type EntryOf, groupBy, type History, type Place, placeOf, type Violation } from './history.js';

export interface MessageRules {
  /** The embedded tier keeps messages in memory: its restart loses the logs, and the next incarnation says so. */
  readonly mayLoseLogs?: boolean;
}

type Rule = (history: History, rules: MessageRules) => Violation[];

/** Everything that is wrong with what happened to the messages. */
export function checkMessages(history: History, rules: MessageRules = {}): Violation[] {
  return ALL.flatMap((rule) => rule(history, rules));
}

/** acked − delivered − burned − expired is empty, and a message ends early only because somebody asked for it. */
const nothingIsLost: Rule = (history, { mayLoseLogs = false }) => {
  const shown = new Set(history.of('shown').map(({ message, to }) => `${message} ${to}`));
  const holes = groupBy(history.of('hole'), (hole) => `${placeOf(hole)} ${hole.to}`);
  const asked = new Set(history.of('recall-asked', 'read-asked').map((one) => `${placeOf(one)} ${one.by}`));
  const violations: Violation[] = [];
  for (const ack of history.of('acked')) {
    const recalled = asked.has(`${placeOf(ack)} ${ack.by}`);
    for (const to of recipients(history, ack)) {
      const ends = holes.get(`${placeOf(ack)} ${to}`) ?? [];
      const read = asked.has(`${placeOf(ack)} ${to}`);
      const early = ends.find((end) => !isFounded(end, { burnAt: ack.burnAt, recalled, read }));
      if (early) violations.push(violation('burned early', `${ack.message} for ${to}, at ${placeOf(ack)}`, early.at));
      if (shown.has(`${ack.message} ${to}`) || ends.length > 0 || mayLoseLogs) continue;
      violations.push(violation('lost', `${ack.message} for ${to}, acknowledged at ${placeOf(ack)}`, ack.at));
    }
  }
  return violations;
};

function isFounded(
  { reason, at }: EntryOf<'hole'>,
  { burnAt, recalled, read }: { readonly burnAt: number; readonly recalled: boolean; readonly read: boolean },
): boolean {
  const may = { expired: at >= burnAt, recalled, read };
  return reason === undefined ? Object.values(may).includes(true) : may[reason];
}

const nothingIsShownTwice: Rule = (history, { mayLoseLogs = false }) =>
  [...groupBy(history.of('shown'), ({ message, to }) => `${message} to ${to}`)].flatMap(([what, times]) => {
    const logs = new Set(times.map(({ incarnation }) => incarnation));
    return times.length > (mayLoseLogs ? logs.size : 1) ? [violation('twice', what, times[1]?.at ?? 0)] : [];
  });

/** A sequence is one message and a message one sequence, whoever tells it. */
const thereIsOneOrder: Rule = (history) => {
  const told = history.of('acked', 'shown', 'own');
  const differ = (by: (entry: (typeof told)[number]) => string, value: (entry: (typeof told)[number]) => unknown) =>
    [...groupBy(told, by)].flatMap(([what, entries]) =>
      new Set(entries.map(value)).size > 1 ? [violation('order', `${what} is told in two ways`, at(entries))] : [],
    );
  return [
    ...differ(placeOf, ({ message }) => message),
    ...differ(
      ({ message, conversation, incarnation }) => `${message} in ${conversation} ${incarnation}`,
      ({ seq }) => seq,
    ),
  ];
};

/** Everybody goes through a log from its first sequence to its head, and knows why what was not shown was not. */
const gapsAreExplained: Rule = (history, { mayLoseLogs = false }) => {
  const known = groupBy(
    [
      ...history.of('hole', 'own').map((entry) => ({ entry, who: entry.to })),
      ...history.of('acked').map((entry) => ({ entry, who: entry.by })),
    ],
    ({ entry, who }) => `${who} ${placeOf(entry)}`,
  );
  const steps = groupBy(history.of('shown', 'head'), ({ to, conversation }) => `${to} in ${conversation}`);
  return [...steps].flatMap(([what, entries]) => new Walk(what, known, mayLoseLogs).through(entries));
};

class Walk {
  private readonly violations: Violation[] = [];
  private readonly before = new Set<string>();
  private incarnation = '';
  private cursor = 0;

  constructor(
    private readonly what: string,
    private readonly known: ReadonlyMap<string, unknown>,
    private readonly mayLoseLogs: boolean,
  ) {}

  through(steps: readonly EntryOf<'shown' | 'head'>[]): Violation[] {
    for (const step of steps) {
      if (step.incarnation !== this.incarnation) this.enter(step);
      const seq = step.kind === 'head' ? step.headSeq + 1 : step.seq;
      if (seq <= this.cursor) this.add('order', `sequence ${seq} after ${this.cursor}`, step.at);
      for (let missing = this.cursor + 1; missing < seq; missing += 1) {
        const place = placeOf({ ...step, seq: missing });
        if (!this.known.has(`${step.to} ${place}`)) this.add('gap', `sequence ${missing}`, step.at);
      }
      this.cursor = Math.max(this.cursor, step.kind === 'head' ? step.headSeq : seq);
    }
    return this.violations;
  }

  private enter({ incarnation, at }: EntryOf<'shown' | 'head'>): void {
    if (this.before.has(incarnation)) this.add('order', `the log ${incarnation} is back`, at);
    else if (this.incarnation !== '' && !this.mayLoseLogs) this.add('log lost', `${incarnation} is a new one`, at);
    this.before.add(incarnation);
    this.incarnation = incarnation;
    this.cursor = 0;
  }

  private add(rule: string, what: string, at: number): void {
    this.violations.push(violation(rule, `${this.what}: ${what}`, at));
  }
}

/** What is acknowledged stays in the log, if only as a hole; at the end everybody has looked, and at the same log. */
const everybodyEndsAlike: Rule = (history, { mayLoseLogs = false }) => {
  const heads = groupBy(history.of('head'), ({ conversation }) => conversation);
  const acks = groupBy(history.of('acked'), ({ conversation }) => conversation);
  const violations: Violation[] = [];
  for (const [conversation, members] of history.members) {
    const last = new Map((heads.get(conversation) ?? []).map((head) => [head.to, head]));
    for (const to of members)
      if (!last.has(to)) violations.push(violation('never settled', `${to} in ${conversation}`));
    const [head, ...others] = last.values();
    if (!head) continue;
    const isAnother = others.some((one) => one.incarnation !== head.incarnation || one.headSeq !== head.headSeq);
    if (isAnother) violations.push(violation('order', `${conversation} has several heads`, head.at));
    for (const ack of acks.get(conversation) ?? []) {
      if (ack.incarnation !== head.incarnation && !mayLoseLogs)
        violations.push(violation('log lost', `${ack.message} was acknowledged at ${placeOf(ack)}`, ack.at));
      else if (ack.incarnation === head.incarnation && ack.seq > head.headSeq)
        violations.push(violation('lost', `${ack.message}: ${conversation} ends before ${ack.seq}`, ack.at));
    }
  }
  return violations;
};

/** What one person sends in a conversation stays in the order of sending. */
const ownOrderHolds: Rule = (history) => {
  const turn = new Map(history.of('sent').map(({ message }, index) => [message, index]));
  const told = history.of('acked', 'shown');
  const logs = groupBy(told, ({ by, conversation, incarnation }) => `${by} in ${conversation} ${incarnation}`);
  return [...logs].flatMap(([what, entries]) => {
    const bySeq = entries.toSorted((one, other) => one.seq - other.seq);
    const turns = bySeq.map(({ message }) => turn.get(message) ?? -1);
    const wrong = turns.findIndex((value, index) => value < (turns[index - 1] ?? -1));
    return wrong < 0 ? [] : [violation('own order', `${what}: ${bySeq[wrong]?.message}`, bySeq[wrong]?.at ?? 0)];
  });
};

/** Nothing is readable at or after its end, and nothing comes back. */
const whatIsOverIsGone: Rule = (history) => {
  const ends = new Map<string, number>();
  for (const entry of history.of('acked', 'burn-time')) {
    ends.set(placeOf(entry), Math.min(entry.burnAt, ends.get(placeOf(entry)) ?? Infinity));
  }
  const holes = new Map(history.of('hole').map((hole) => [`${placeOf(hole)} ${hole.to}`, hole.at]));
  return history.of('readable', 'shown').flatMap((seen) => {
    const askedAt = seen.kind === 'readable' ? seen.askedAt : seen.at;
    const what = `${placeOf(seen)} for ${seen.to}`;
    if (askedAt > (holes.get(`${placeOf(seen)} ${seen.to}`) ?? Infinity))
      return [violation('came back', what, seen.at)];
    if (seen.kind === 'shown' || askedAt < (ends.get(placeOf(seen)) ?? Infinity)) return [];
    return [violation('readable after its end', what, seen.at)];
  });
};

/** Nobody is told of a delivery or reading that the recipient never claimed. */
const receiptsAreTrue: Rule = (history) => {
  const key = (entry: Place & { readonly kind: string }, user: string): string => `${placeOf(entry)} ${user}`;
  const delivered = new Set(history.of('delivered-asked', 'read-asked').map((entry) => key(entry, entry.by)));
  const read = new Set(history.of('read-asked').map((entry) => key(entry, entry.by)));
  return history.of('receipt').flatMap((receipt) => {
    const claimed = receipt.what === 'read' ? read : delivered;
    if (claimed.has(key(receipt, receipt.from))) return [];
    return [violation('untrue receipt', `${receipt.what} ${placeOf(receipt)} by ${receipt.from}`, receipt.at)];
  });
};

const ALL: readonly Rule[] = [
  nothingIsLost,
  nothingIsShownTwice,
  thereIsOneOrder,
  gapsAreExplained,
  everybodyEndsAlike,
  ownOrderHolds,
  whatIsOverIsGone,
  receiptsAreTrue,
];

const recipients = (history: History, { conversation, by }: EntryOf<'acked'>): string[] =>
  (history.members.get(conversation) ?? []).filter((member) => member !== by);

const at = (entries: readonly { readonly at: number }[]): number => Math.max(...entries.map((entry) => entry.at));

const violation = (rule: string, what: string, when = 0): Violation => ({ rule, what, at: when });

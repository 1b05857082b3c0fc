import type { Message } from '../../../../sdk/index.js';

/** A message and how it stands among the others. */
export interface LogRow {
  readonly message: Message;
  /** The beginning of a day: one of its moments. */
  readonly day?: number;
  /** Of what one person sent in a row. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Longer than this apart, it is another run. */
const RUN_MS = 10 * 60_000;

/** `now` stands for the time of what was not accepted yet. `dayOf`: the same for two moments of one local day. */
export function rowsOf(messages: readonly Message[], now: number, dayOf: (at: number) => string): LogRow[] {
  const shown = messages.filter((message) => !isHidden(message));
  const timeOf = (message: Message | undefined): number => message?.acceptedAt ?? now;
  const belong = (one: Message | undefined, next: Message | undefined): boolean =>
    one !== undefined &&
    one.senderId === next?.senderId &&
    timeOf(next) - timeOf(one) < RUN_MS &&
    dayOf(timeOf(one)) === dayOf(timeOf(next));
  return shown.map((message, at) => {
    const [before, after] = [shown[at - 1], shown[at + 1]];
    const isNewDay = !before || dayOf(timeOf(before)) !== dayOf(timeOf(message));
    return {
      message,
      isFirst: !belong(before, message),
      isLast: !belong(message, after),
      ...(isNewDay && { day: timeOf(message) }),
    };
  });
}

/** Failed, and sent again or taken away by a person. */
function isHidden({ state, text, card, failure }: Message): boolean {
  const isEmpty = text === undefined && card === undefined && failure?.code !== 'MESSAGE_EXPIRED';
  return state === 'failed' && (isEmpty || failure?.replacedBy !== undefined);
}

/** The local day, for `rowsOf`. */
export function localDay(at: number): string {
  return new Date(at).toDateString();
}

import { describe, expect, it } from '@jest/globals';
import { type Held, type Outgoing, UndoWindow } from './undo-window.js';

const flush = () => new Promise((resolve) => setImmediate(resolve));
const message = (text: string, conversationId = 'a'): Outgoing => ({ conversationId, text, mentions: [] });

/** A clock that stands until it is moved, and what has left. */
function open(deliver: (message: Outgoing) => Promise<unknown> = () => Promise.resolve()) {
  let now = 1_000;
  let timers: { at: number; action: () => void }[] = [];
  const left: string[] = [];
  let held: readonly Held[] = [];
  const clock = {
    now: () => now,
    after: (milliseconds: number, action: () => void) => {
      const timer = { at: now + milliseconds, action };
      timers.push(timer);
      return () => (timers = timers.filter((one) => one !== timer));
    },
  };
  const undo = new UndoWindow({
    clock,
    deliver: async (one) => {
      await deliver(one);
      left.push(one.text);
    },
    changed: (all) => (held = all),
  });
  const advance = async (milliseconds: number): Promise<void> => {
    now += milliseconds;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { action } of due) action();
    await flush();
  };
  return { undo, advance, left, shown: () => held, states: () => held.map(({ text, state }) => `${text} ${state}`) };
}

describe('UndoWindow', () => {
  it('holds a message for as long as it should, and not shorter', async () => {
    const { undo, advance, left, states } = open();
    undo.hold(message('hello'), 3_000);
    await advance(2_999);
    expect([left, states()]).toEqual([[], ['hello held']]);
    await advance(1);
    expect([left, states()]).toEqual([['hello'], []]);
  });

  it('gives a message back with its conversation, and never sends it', async () => {
    const { undo, advance, left, shown } = open();
    undo.hold({ ...message('hello'), mentions: ['bob'] }, 3_000);
    await advance(2_000);
    expect(undo.takeBack(shown()[0]?.key ?? 0)).toEqual({ conversationId: 'a', text: 'hello', mentions: ['bob'] });
    await advance(10_000);
    expect([left, shown()]).toEqual([[], []]);
    expect(undo.takeBack(1)).toBeUndefined();
  });

  it('keeps the order of a conversation, also when the time was made shorter meanwhile', async () => {
    const { undo, advance, left } = open();
    undo.hold(message('first'), 10_000);
    undo.hold(message('second'), 0);
    undo.hold(message('elsewhere', 'b'), 0);
    await advance(0);
    expect(left).toEqual(['elsewhere']);
    await advance(10_000);
    expect(left).toEqual(['elsewhere', 'first', 'second']);
  });

  it('cannot give back what is leaving, and lets the next one wait for it', async () => {
    let accept = (): void => undefined;
    const { undo, advance, left, states, shown } = open(
      ({ text }) => new Promise<void>((resolve) => (text === 'first' ? (accept = resolve) : resolve())),
    );
    undo.hold(message('first'), 0);
    undo.hold(message('second'), 0);
    await advance(0);
    expect(states()).toEqual(['first leaving', 'second leaving']);
    expect(undo.takeBack(shown()[0]?.key ?? 0)).toBeUndefined();
    accept();
    await flush();
    expect(left).toEqual(['first', 'second']);
  });

  it('keeps what was refused, to be tried again or taken back', async () => {
    let refuses = true;
    const { undo, advance, left, states, shown } = open(() =>
      refuses ? Promise.reject(new Error('no')) : Promise.resolve(),
    );
    undo.hold(message('hello'), 0);
    await advance(0);
    expect(states()).toEqual(['hello refused']);
    expect(shown()[0]?.refusal).toEqual(new Error('no'));
    refuses = false;
    undo.again(shown()[0]?.key ?? 0);
    await flush();
    expect([left, states()]).toEqual([['hello'], []]);
  });

  it('sends nothing that was forgotten', async () => {
    const { undo, advance, left, states } = open();
    undo.hold(message('gone'), 1_000);
    undo.hold(message('stays', 'b'), 1_000);
    undo.forget('a');
    expect(states()).toEqual(['stays held']);
    undo.forget();
    await advance(5_000);
    expect(left).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { COMMANDS, helpText, runLine } from './commands.js';
import type { Session } from './session.js';

/** Notes which part was called with what. */
function recorded(): { readonly session: Session; readonly calls: string[] } {
  const calls: string[] = [];
  const part = (path: string): unknown =>
    new Proxy(() => undefined, {
      get: (_, name) => part(path === '' ? String(name) : `${path}.${String(name)}`),
      apply: (_, __, values: readonly unknown[]) => {
        calls.push(`${path}(${values.join(', ')})`);
        return Promise.resolve();
      },
    });
  return { session: part('') as Session, calls };
}

describe('a typed line', () => {
  it.each([
    ['hello /bob', 'chat.say(hello /bob)'],
    ['/to Our picnic', 'chat.select(Our picnic)'],
    ['/group', 'groups.list()'],
    ['/group new "Our picnic" bob carol', 'groups.create("Our picnic" bob carol)'],
    ['/group name  Our lunch', 'groups.rename(Our lunch)'],
    ['/group leave', 'groups.leave()'],
    [' /pay 8.88 for the cake ', 'money.pay(8.88 for the cake)'],
    ['/wait balance 8.88', 'waiting.wait(balance 8.88)'],
    ['/verify yes', 'friends.verify(true)'],
  ])('%j calls %s', async (line, call) => {
    const { session, calls } = recorded();
    await runLine(session, line);
    expect(calls).toEqual([call]);
  });

  it.each([
    ['/nothing', 'There is no /nothing.'],
    ['/constructor', 'There is no /constructor.'],
    ['/group dance', 'There is no /group dance.'],
    ['/help dance', 'no help on dance'],
  ])('%j is refused with a sentence', async (line, sentence) => {
    const { session, calls } = recorded();
    await expect(runLine(session, line)).rejects.toThrow(sentence);
    expect(calls).toEqual([]);
  });

  it('that is empty does nothing', async () => {
    const { session, calls } = recorded();
    await runLine(session, '  ');
    expect(calls).toEqual([]);
  });
});

describe('the help', () => {
  it.each(['', 'friends', 'chat', 'groups', 'money', 'keys', 'program'])('on %j fits a screen of 80 by 24', (topic) => {
    const lines = helpText(topic);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.length).toBeLessThanOrEqual(20);
  });

  it('names every command in the overview, and explains it under its topic', () => {
    for (const name of Object.keys(COMMANDS)) {
      expect(helpText().join('\n')).toContain(name.split(' ').at(-1));
      expect(helpText(name).join('\n')).toContain(`/${name}`);
    }
    expect(helpText('/pay')).toEqual(helpText('money'));
  });
});

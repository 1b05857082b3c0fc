import { afterEach, describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import type { Message } from '../sdk/index.js';
import { FullScreen } from './full-screen.js';
import type { ShownMessage } from './message-line.js';
import { PlainScreen } from './plain-screen.js';
import type { Screen } from './screen.port.js';

const open: Screen[] = [];

/** A screen, and what it has written since one last looked. */
function show(kind: 'plain' | 'full'): { readonly screen: Screen; readonly written: () => string } {
  const output = Object.assign(new PassThrough(), { columns: 80, rows: 24 });
  const input = new PassThrough();
  const screen =
    kind === 'plain'
      ? new PlainScreen(input, output)
      : new FullScreen(input as unknown as NodeJS.ReadStream, output as unknown as NodeJS.WriteStream);
  open.push(screen);
  return { screen, written: () => String(output.read() ?? '') };
}

const shown = (changes: Partial<Message>, more: Partial<ShownMessage> = {}): ShownMessage => ({
  ...{ sender: 'bob', readBy: [] },
  message: {
    ...{ id: 'i', conversationId: 'c', direction: 'out', senderId: 's', state: 'accepted', burnAfterReadSeconds: 30 },
    ...changes,
  },
  ...more,
});

afterEach(() => {
  for (const screen of open.splice(0)) screen.close();
});

describe('both screens', () => {
  it.each(['plain', 'full'] as const)('let no notice and no heading move the cursor: %s', (kind) => {
    const { screen, written } = show(kind);
    screen.notice('a\u001b[2J\nbob: forged  [read]');
    screen.heading('x\u001b[5n');
    const text = written();
    expect(text).toContain('a\\u{1b}[2J\\u{a}bob: forged');
    expect(text).toContain('x\\u{1b}[5n');
  });

  it.each([
    ['plain', '@alice! come'],
    ['full', '\u001b[1m@alice\u001b[0m come'],
  ] as const)('make a mention stand out: %s', (kind, text) => {
    const { screen, written } = show(kind);
    screen.message(shown({ text: '@alice come' }, { mentioned: 'alice' }));
    expect(written()).toContain(`bob: ${text}`);
  });
});

describe('the plain screen', () => {
  it('writes a line for each new state, reader and card, and none for a countdown', () => {
    const { screen, written } = show('plain');
    screen.message(shown({ text: 'hello', burnAt: 1 }));
    screen.message(shown({ text: 'hello', burnAt: 2 }));
    screen.message(shown({ text: 'hello', burnAt: 2 }, { readBy: ['carol'] }));
    screen.message(shown({ text: 'hello', state: 'read', burnAt: 2 }, { readBy: ['carol'] }));
    expect(written().match(/\[\w+/g)).toEqual(['[accepted', '[accepted', '[read']);
  });
});

describe('the full screen', () => {
  it('keeps one line for a message, and nothing of a conversation that is left', () => {
    const { screen, written } = show('full');
    screen.message(shown({ text: 'first' }));
    screen.message(shown({ id: 'j', conversationId: 'd', text: 'second' }));
    written();
    screen.message(shown({ text: 'first', state: 'read' }));
    expect(written().match(/first/g)).toHaveLength(1);
    screen.forget('c');
    const left = written();
    expect(left).not.toContain('first');
    expect(left).toContain('second');
  });
});

import type { Message } from '../sdk/index.js';
import { emphasise } from './mentions.js';

/** A message, and what its line says besides. */
export interface ShownMessage {
  readonly message: Message;
  /** The name of the sender. */
  readonly sender: string;
  /** In groups: the names of those who have read an own message. */
  readonly readBy: readonly string[];
  /** The own name, in a message that mentions it. */
  readonly mentioned?: string;
  /** Money, in words. */
  readonly card?: string;
}

/** How long a burn has to go, for people. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** The state of a message in words, with its burn countdown while there is something to burn. */
export function describeState(message: Message, now: number, readBy: readonly string[] = []): string {
  const burns = message.burnAt === undefined ? '' : `, burns in ${countdown(message.burnAt - now)}`;
  const readers = readBy.length === 0 ? '' : `read by ${readBy.join(', ')}`;
  switch (message.state) {
    case 'queued':
      return 'queued';
    case 'accepted':
    case 'delivered': {
      const state = message.direction === 'in' && message.state === 'accepted' ? 'new' : message.state;
      return `${state}${readers && ', '}${readers}${burns}`;
    }
    case 'read':
      return `${readers || 'read'}${burns}`;
    case 'burned':
      return 'burned';
    case 'expired':
      return message.direction === 'out' ? 'expired unread' : 'expired';
    case 'failed':
      return `not sent: ${message.failure?.code ?? 'unknown'}`;
    case 'unreadable':
      return 'cannot be read on this device';
  }
}

/** One line of the conversation. What was burned has no text any more. */
export function describeMessage(shown: ShownMessage, now: number, emphasis: (mention: string) => string): string {
  const { message, sender, readBy } = shown;
  const content = contentOf(shown, emphasis);
  return `${sender}:${content && ' '}${content}  [${describeState(message, now, readBy)}]`;
}

function contentOf({ message, mentioned, card }: ShownMessage, emphasis: (mention: string) => string): string {
  if (card !== undefined) return printable(card);
  const text = printable(message.text ?? '');
  return mentioned === undefined ? text : emphasise(text, mentioned, emphasis);
}

/** Text of others on a terminal: control and format characters could move the cursor, colour, or reverse what is read. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\u200d' ? character : `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

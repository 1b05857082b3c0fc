import type { Message } from '../sdk/index.js';

/** How long a burn has to go, for people. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** The state of a message in words, with its burn countdown while there is something to burn. */
export function describeState(message: Message, now: number): string {
  const burns = message.burnAt === undefined ? '' : `, burns in ${countdown(message.burnAt - now)}`;
  switch (message.state) {
    case 'queued':
      return 'queued';
    case 'accepted':
      return message.direction === 'out' ? `accepted${burns}` : `new${burns}`;
    case 'delivered':
    case 'read':
      return `${message.state}${burns}`;
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
export function describeMessage(message: Message, name: string, now: number): string {
  const text = message.text === undefined ? '' : ` ${printable(message.text)}`;
  return `${name}:${text}  [${describeState(message, now)}]`;
}

/** Text of others on a terminal: control and format characters could move the cursor, colour, or reverse what is read. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\u200d' ? character : `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

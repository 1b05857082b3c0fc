import type { Message } from '../sdk/index.js';

/** Where a chat is shown and typed. */
export abstract class Screen {
  /** One line from the program itself. */
  abstract notice(text: string): void;
  /** A message that is new or has changed; `name` is its sender's. */
  abstract message(message: Message, name: string): void;
  /** Whom one is writing to, and how the connection is. */
  abstract heading(text: string): void;
  /** The lines typed, pasted or piped, one after the other. Ends with the input. */
  abstract lines(): AsyncIterable<string, undefined>;
  abstract close(): void;
}

import type { ShownMessage } from './message-line.js';

/** Where a chat is shown and typed. Control characters in what is shown are made visible here, whatever their source. */
export abstract class Screen {
  /** A word from the program itself, in one line or several. */
  abstract notice(...lines: readonly string[]): void;
  /** A message that is new or has changed. */
  abstract message(shown: ShownMessage): void;
  /** Another conversation is shown from now on, or this one is gone. */
  abstract forget(conversationId: string): void;
  /** Whom one is writing to, and how the connection is. */
  abstract heading(text: string): void;
  /** The lines typed, pasted or piped, one after the other. Ends with the input. */
  abstract lines(): AsyncIterable<string, undefined>;
  abstract close(): void;
}

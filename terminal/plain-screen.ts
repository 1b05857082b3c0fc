import { createInterface } from 'node:readline';
import type { Message } from '../sdk/index.js';
import { describeMessage } from './message-line.js';
import { Screen } from './screen.port.js';

/** For pipes: each new thing and each new state is a line. */
export class PlainScreen extends Screen {
  private readonly shown = new Map<string, string>();

  constructor(
    private readonly input: NodeJS.ReadableStream,
    private readonly output: NodeJS.WritableStream,
  ) {
    super();
  }

  notice(text: string): void {
    this.output.write(`* ${text}\n`);
  }

  message(message: Message, name: string): void {
    if (this.shown.get(message.id) === message.state) return;
    this.shown.set(message.id, message.state);
    this.output.write(`${describeMessage(message, name, Date.now())}\n`);
  }

  heading(text: string): void {
    this.notice(text);
  }

  lines(): AsyncIterable<string, undefined> {
    return createInterface({ input: this.input, crlfDelay: Infinity });
  }

  close(): void {}
}

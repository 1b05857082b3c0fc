import { createInterface } from 'node:readline';
import { describeMessage, printable, type ShownMessage } from './message-line.js';
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

  notice(...lines: readonly string[]): void {
    this.output.write(`* ${lines.map(printable).join('\n')}\n`);
  }

  message(shown: ShownMessage): void {
    const { message, readBy, card } = shown;
    // The rest changes with each second.
    const changes = JSON.stringify([message.state, readBy, card]);
    if (this.shown.get(message.id) === changes) return;
    this.shown.set(message.id, changes);
    this.output.write(`${describeMessage(shown, Date.now(), (mention) => `${mention}!`)}\n`);
  }

  /** What went through a pipe is out of reach. */
  forget(): void {}

  heading(text: string): void {
    this.notice(text);
  }

  lines(): AsyncIterable<string, undefined> {
    return createInterface({ input: this.input, crlfDelay: Infinity });
  }

  close(): void {}
}

import { createInterface, type Interface } from 'node:readline';
import stringWidth from 'string-width';
import { describeMessage, printable, type ShownMessage } from './message-line.js';
import { Screen } from './screen.port.js';

const ALTERNATE_SCREEN = '\u001b[?1049h';
const NORMAL_SCREEN = '\u001b[?1049l';
const HOME_AND_CLEAR = '\u001b[H\u001b[2J';
const DIM = '\u001b[2m';
const BOLD = '\u001b[1m';
const PLAIN = '\u001b[0m';
/** Lines kept beside the messages: help and notices that scrolled away are not worth more. */
const MOST_LINES = 200;

const bold = (text: string): string => `${BOLD}${text}${PLAIN}`;

type Line = { readonly notice: string } | { shown: ShownMessage };

/**
 * For people: the alternate screen of the terminal, drawn anew each second for the countdowns. Nothing of it is left in the
 * scroll-back when a message burns or the program ends.
 */
export class FullScreen extends Screen {
  private kept: Line[] = [];
  private readonly editor: Interface;
  private readonly timer: NodeJS.Timeout;
  private title = '';
  private closed = false;

  constructor(
    private readonly input: NodeJS.ReadStream,
    private readonly output: NodeJS.WriteStream,
  ) {
    super();
    output.write(ALTERNATE_SCREEN);
    this.editor = createInterface({ input, output, prompt: '> ' });
    this.timer = setInterval(() => this.draw(), 1_000);
    output.on('resize', () => this.draw());
    // Ctrl-C must leave the alternate screen like /quit does.
    this.editor.on('SIGINT', () => this.editor.close());
  }

  notice(...lines: readonly string[]): void {
    for (const line of lines) this.add({ notice: printable(line) });
    this.draw();
  }

  message(shown: ShownMessage): void {
    const known = this.kept.find((line) => 'shown' in line && line.shown.message.id === shown.message.id);
    if (known && 'shown' in known) known.shown = shown;
    else this.add({ shown });
    this.draw();
  }

  forget(conversationId: string): void {
    this.kept = this.kept.filter((line) => !('shown' in line) || line.shown.message.conversationId !== conversationId);
    this.draw();
  }

  heading(text: string): void {
    this.title = printable(text);
    this.draw();
  }

  async *lines(): AsyncIterable<string, undefined> {
    this.draw();
    for await (const line of this.editor) {
      yield line;
      this.draw();
    }
  }

  close(): void {
    this.closed = true;
    clearInterval(this.timer);
    this.editor.close();
    this.input.pause();
    this.output.write(NORMAL_SCREEN);
  }

  private add(line: Line): void {
    this.kept.push(line);
    if (this.kept.length > MOST_LINES) this.kept.shift();
  }

  private draw(): void {
    // What is still told while the client closes would be left in the scroll-back.
    if (this.closed) return;
    const { columns } = this.output;
    const texts = this.fitting();
    this.output.write(`${HOME_AND_CLEAR}${bold(this.title.slice(0, columns))}\n${texts.join('\n')}\n\n`);
    this.editor.prompt(true);
  }

  /** The latest lines that fit. The terminal wraps long ones itself, so that a link can be copied whole. */
  private fitting(): string[] {
    const now = Date.now();
    const texts: string[] = [];
    let left = this.output.rows - 3;
    for (const line of this.kept.toReversed()) {
      const text = 'notice' in line ? line.notice : describeMessage(line.shown, now, bold);
      left -= Math.max(1, Math.ceil(stringWidth(text) / this.output.columns));
      if (left < 0) break;
      texts.unshift('notice' in line ? `${DIM}${text}${PLAIN}` : text);
    }
    return texts;
  }
}

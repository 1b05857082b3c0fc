import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countsOf, type Outcome } from './outcome.js';
import { escaped, timeLines } from './time-line.js';

const HEAD = [
  ...['fault', 'window s', 'sent', 'acked', 'delivered', 'burned', 'expired', 'refused', 'failed tries', 'paid'],
  ...['reconnects', 'back p50 s', 'back max s', 'violations', 'audit'],
];
const MOST_LISTED = 50;

/** What all faults of a run came to, for a terminal, a page and a program. */
export class ChaosReport {
  constructor(
    private readonly outcomes: readonly Outcome[],
    /** Files with something of a message in them. */
    private readonly leftovers: readonly string[],
    private readonly seed: number,
  ) {}

  get isClean(): boolean {
    return this.leftovers.length === 0 && this.outcomes.every(({ violations }) => violations.length === 0);
  }

  toTerminal(): string {
    const rows = [HEAD, ...this.outcomes.map(row)];
    const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
    const lines = rows.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
    return [...lines, '', ...this.findings()].join('\n');
  }

  /** report.md, report.html, time-line.svg, and of each fault with violations every record. */
  write(directory: string): void {
    const picture = timeLines(this.outcomes);
    writeFileSync(join(directory, 'time-line.svg'), picture);
    writeFileSync(join(directory, 'report.md'), this.toMarkdown());
    writeFileSync(join(directory, 'report.html'), this.toHtml(picture));
    for (const { fault, violations, history } of this.outcomes) {
      if (violations.length === 0) continue;
      const lines = history.entries.map((entry) => JSON.stringify(entry));
      writeFileSync(join(directory, `${fault.replace(/\W+/g, '-')}.jsonl`), `${lines.join('\n')}\n`);
    }
  }

  private toMarkdown(): string {
    const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    const table = [line(HEAD), line(HEAD.map(() => '---')), ...this.outcomes.map((outcome) => line(row(outcome)))];
    const stories = this.outcomes.map(({ fault, story }) => `- **${fault}**: ${story}`);
    const parts = ['# Chaos', `Seed ${this.seed}.`, table.join('\n'), this.findings().join('\n'), stories.join('\n')];
    return `${[...parts, '![time line](time-line.svg)'].join('\n\n')}\n`;
  }

  private toHtml(picture: string): string {
    const cells = (tag: string, words: readonly string[]): string =>
      `<tr>${words.map((word) => `<${tag}>${escaped(word)}</${tag}>`).join('')}</tr>`;
    const rows = this.outcomes.map((outcome) => cells('td', row(outcome)));
    const style =
      'body{font:14px sans-serif;margin:2em}td,th{padding:.2em .6em;text-align:right}td:first-child{text-align:left}';
    const table = `<table><thead>${cells('th', HEAD)}</thead><tbody>${rows.join('')}</tbody></table>`;
    const findings = `<pre>${escaped(this.findings().join('\n'))}</pre>`;
    return `<!doctype html><meta charset="utf-8"><title>Chaos</title><style>${style}</style><h1>Chaos, seed ${this.seed}</h1>${table}${findings}${picture}`;
  }

  private findings(): string[] {
    if (this.isClean) return ['Nothing violated, nothing left behind.'];
    const found = this.outcomes.flatMap(({ fault, violations, window }) => {
      const listed = violations.slice(0, MOST_LISTED).map(({ rule, what, at }) => {
        const when = at > 0 ? ` (${seconds(at - window.from)} s after the fault)` : '';
        return `${fault}: ${rule}: ${what}${when}`;
      });
      const more = violations.length - listed.length;
      return more > 0 ? [...listed, `${fault}: and ${more} more`] : listed;
    });
    return [...found, ...this.leftovers.map((file) => `something of a message is in ${file}`)];
  }
}

function row({ fault, window, history, recovery, violations, audit, reconnects }: Outcome): string[] {
  const { sent, acked, delivered, burned, expired, refused, failed, orders } = countsOf(history);
  const counts = [sent, acked, delivered, burned, expired, refused, failed, orders, reconnects].map(String);
  const back = [recovery?.p50, recovery?.max].map((value) => (value === undefined ? '–' : seconds(value)));
  return [fault, seconds(window.until - window.from), ...counts, ...back, String(violations.length), audit];
}

const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(1);

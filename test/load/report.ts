import { cpus } from 'node:os';

interface Row {
  readonly what: string;
  readonly values: Map<string, number[]>;
}

const WIDTH = 58;

/** Collects what each subject measured, round by round; shows medians side by side. */
export class Report {
  private readonly rows = new Map<string, Row>();

  /** The ratio is of the first of `compared` to the second. */
  constructor(
    private readonly title: string,
    private readonly columns: readonly string[],
    private readonly compared: readonly [string, string],
  ) {}

  add(what: string, column: string, value: number): void {
    const row = this.rows.get(what) ?? { what, values: new Map<string, number[]>() };
    this.rows.set(what, row);
    row.values.set(column, [...(row.values.get(column) ?? []), value]);
  }

  toTable(): string {
    const { columns } = this;
    const widths = columns.map((column) => Math.max(10, column.length));
    const lines = [...this.rows.values()].map(({ what, values }) => {
      const medians = new Map(columns.map((column) => [column, medianOf(values.get(column))]));
      const [own, other] = this.compared.map((column) => medians.get(column));
      const ratio = own !== undefined && other !== undefined ? (own / other).toFixed(2) : '';
      const cells = columns.map((column, index) => shown(medians.get(column)).padStart(widths[index] ?? 0));
      return `| ${[what.padEnd(WIDTH), ...cells, ratio.padStart(5)].join(' | ')} |`;
    });
    const heads = columns.map((column, index) => column.padStart(widths[index] ?? 0));
    const head = `| ${[this.title.padEnd(WIDTH), ...heads, 'ratio'].join(' | ')} |`;
    const rule = [...widths, 5].map((width) => `${'-'.repeat(width + 1)}:|`).join('');
    return [head, `|${'-'.repeat(WIDTH + 2)}|${rule}`, ...lines].join('\n');
  }

  toJson(): unknown {
    const rows = [...this.rows.values()].map(({ what, values }) => ({ what, ...Object.fromEntries(values) }));
    return { title: this.title, rows };
  }
}

export const hardware = (): string => `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`;

function medianOf(values: readonly number[] = []): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function shown(value: number | undefined): string {
  if (value === undefined) return '';
  return value.toFixed(value < 10 ? 2 : value < 1_000 ? 1 : 0);
}

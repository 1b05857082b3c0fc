import { availableParallelism, cpus } from 'node:os';

interface Row {
  readonly what: string;
  readonly values: Map<string, number[]>;
}

/** Collects what each subject measured, round by round; shows medians side by side. */
export class Report {
  private readonly rows = new Map<string, Row>();

  constructor(private readonly subjects: readonly [ours: string, bare: string]) {}

  add(what: string, subject: string, value: number): void {
    const row = this.rows.get(what) ?? { what, values: new Map<string, number[]>() };
    this.rows.set(what, row);
    row.values.set(subject, [...(row.values.get(subject) ?? []), value]);
  }

  toTable(): string {
    const [ours, bare] = this.subjects;
    const lines = [...this.rows.values()].map(({ what, values }) => {
      const [own, other] = [medianOf(values.get(ours)), medianOf(values.get(bare))];
      const ratio = own !== undefined && other !== undefined ? (own / other).toFixed(2) : '';
      return `| ${what.padEnd(58)} | ${shown(own)} | ${shown(other)} | ${ratio.padStart(5)} |`;
    });
    const head = `| ${'medians'.padEnd(58)} | ${ours.padStart(10)} | ${bare.padStart(10)} | ratio |`;
    return [head, `|${'-'.repeat(60)}|${'-'.repeat(11)}:|${'-'.repeat(11)}:|${'-'.repeat(6)}:|`, ...lines].join('\n');
  }

  toJson(): unknown {
    const rows = [...this.rows.values()].map(({ what, values }) => ({ what, ...Object.fromEntries(values) }));
    return { hardware: hardware(), node: process.version, rows };
  }
}

export const hardware = (): string => `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown'}`;

function medianOf(values: readonly number[] = []): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

function shown(value: number | undefined): string {
  if (value === undefined) return ''.padStart(10);
  const digits = value < 10 ? 2 : value < 1_000 ? 1 : 0;
  return value.toFixed(digits).padStart(10);
}

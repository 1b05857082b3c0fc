import type { EntryOf } from './history.js';
import type { Outcome } from './outcome.js';

const STEP_MS = 250;
const WIDTH = 1_000;
const HEIGHT = 220;
const MARGIN = { left: 60, right: 20, top: 46, bottom: 30 };
const PLOT = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };

const LINES = [
  { kind: 'sent', name: 'sent', colour: '#8a8f98' },
  { kind: 'acked', name: 'acknowledged', colour: '#1769c4' },
  { kind: 'shown', name: 'delivered', colour: '#1f9d55' },
  { kind: 'failed', name: 'attempts failed', colour: '#d0342c' },
] as const;

/** All faults below each other, a panel each: what happened in each quarter of a second. */
export function timeLines(outcomes: readonly Outcome[]): string {
  const shown = outcomes.filter(({ history }) => history.entries.length > 0);
  const panels = shown.map((outcome, index) => `<g transform="translate(0 ${index * HEIGHT})">${panel(outcome)}</g>`);
  const height = HEIGHT * shown.length;
  const style = 'font-family="Helvetica, Arial, sans-serif" font-size="12"';
  const frame = `xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`;
  return `<svg ${frame} ${style}><rect width="100%" height="100%" fill="white"/>${panels.join('')}</svg>\n`;
}

function panel(outcome: Outcome): string {
  const { history, fault, window, violations } = outcome;
  const told = history.of(...LINES.map(({ kind }) => kind));
  const begin = Math.min(...told.map(({ at }) => at));
  const end = Math.max(...told.map(({ at }) => at), window.until);
  const steps = Math.ceil((end - begin) / STEP_MS) + 1;
  const counted = LINES.map(({ kind }) => countPerStep(told, kind, begin, steps));
  const most = Math.max(1, ...counted.flat());
  const x = (at: number): number => MARGIN.left + ((at - begin) / (steps * STEP_MS)) * PLOT.width;
  const y = (count: number): number => MARGIN.top + PLOT.height * (1 - count / most);
  const verdict = violations.length === 0 ? 'nothing violated' : `${violations.length} violations`;
  const colour = violations.length === 0 ? '#1f9d55' : '#d0342c';
  return [
    text(MARGIN.left, 18, fault, 'font-size="14" font-weight="bold"'),
    text(WIDTH - MARGIN.right, 18, verdict, `text-anchor="end" fill="${colour}"`),
    faultWindow(outcome, x),
    axes({ x, y, begin, end, most }),
    ...counted.map((counts, index) => line(counts, LINES[index]?.colour ?? '', begin, x, y)),
    legend(),
  ].join('');
}

function countPerStep(
  entries: readonly EntryOf<(typeof LINES)[number]['kind']>[],
  kind: string,
  begin: number,
  steps: number,
): number[] {
  const counts = new Array<number>(steps).fill(0);
  for (const entry of entries) {
    const step = Math.floor((entry.at - begin) / STEP_MS);
    if (entry.kind === kind) counts[step] = (counts[step] ?? 0) + 1;
  }
  return counts;
}

type Scale = (value: number) => number;

function line(counts: readonly number[], colour: string, begin: number, x: Scale, y: Scale): string {
  const points = counts.map((count, step) => `${round(x(begin + step * STEP_MS))},${round(y(count))}`);
  return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points.join(' ')}"/>`;
}

/** Where something is broken, what was done when, and when the last sender was served again. */
function faultWindow({ window: { from, until }, marks, recovery, backFrom }: Outcome, x: Scale): string {
  const height = PLOT.height;
  const area = (start: number, end: number, fill: string): string =>
    `<rect x="${round(x(start))}" y="${MARGIN.top}" width="${round(x(end) - x(start))}" height="${height}" fill="${fill}"/>`;
  const since = backFrom === 'fault' ? from : until;
  const slow = recovery && recovery.max > 0 ? area(since, since + recovery.max, '#fde2a8') : '';
  const lines = marks.map(({ at, what }, index) => {
    const place = `x1="${round(x(at))}" x2="${round(x(at))}" y1="${MARGIN.top}" y2="${MARGIN.top + height}"`;
    const label = text(x(at) + 3, MARGIN.top + 11 + 13 * (index % 4), what, 'fill="#555" font-size="10"');
    return `<line ${place} stroke="#555" stroke-dasharray="3 3"/>${label}`;
  });
  return area(from, until, '#f4f4f6') + slow + lines.join('');
}

function axes({ x, y, begin, end, most }: { x: Scale; y: Scale; begin: number; end: number; most: number }): string {
  const bottom = MARGIN.top + PLOT.height;
  const seconds = Math.floor((end - begin) / 1_000);
  const every = seconds > 60 ? 10 : 5;
  const ticks = Array.from({ length: Math.floor(seconds / every) + 1 }, (_, index) => {
    const at = begin + index * every * 1_000;
    return text(x(at), bottom + 15, `${index * every} s`, 'text-anchor="middle" fill="#555" font-size="10"');
  });
  const counts = [0, most].map((count) =>
    text(
      MARGIN.left - 6,
      y(count) + 4,
      String((count * 1_000) / STEP_MS),
      'text-anchor="end" fill="#555" font-size="10"',
    ),
  );
  const unit = text(MARGIN.left - 6, y(most / 2), 'a second', 'text-anchor="end" fill="#555" font-size="10"');
  const base = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${bottom}" y2="${bottom}" stroke="#aaa"/>`;
  return [base, unit, ...ticks, ...counts].join('');
}

const legend = (): string =>
  LINES.map(({ name, colour }, index) => {
    const left = MARGIN.left + index * 130;
    return `<rect x="${left}" y="28" width="12" height="4" fill="${colour}"/>${text(left + 17, 34, name, 'fill="#333" font-size="11"')}`;
  }).join('');

const text = (x: number, y: number, words: string, attributes: string): string =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(words)}</text>`;

const round = (value: number): number => Math.round(value * 10) / 10;

export const escaped = (words: string): string =>
  words.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

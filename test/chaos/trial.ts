import { setTimeout as wait } from 'node:timers/promises';
import { checkMessages, type MessageRules } from './message-rules.js';
import { checkMoney } from './money-rules.js';
import type { Violation } from './history.js';
import { type Mark, type Outcome, recoveryOf, unanswered } from './outcome.js';
import type { Workload } from './workload.js';

/** The promise of safety.md: who lost its stores, or a node of its own, is back within this. */
const BACK_WITHIN_MS = 10_000;

export interface Phases {
  readonly warmUpMs: number;
  readonly holdMs: number;
  readonly coolDownMs: number;
  readonly settleMs: number;
}

export interface TrialSubject {
  readonly fault: string;
  readonly story: string;
  readonly backFrom: 'fault' | 'heal';
  readonly backWithinMs?: number;
  readonly rules?: MessageRules;
  inject(mark: (what: string) => void): Promise<void>;
  heal(mark: (what: string) => void): Promise<void>;
  /** Throws when something of the system is not as it was before. */
  isWhole(): Promise<void>;
  /** The last line of the ledger's audit; throws when a row is wrong. */
  audit(): Promise<string>;
}

/** One fault under load: what went on before, during and after it, checked in the end. */
export async function runTrial(workload: Workload, subject: TrialSubject, phases: Phases): Promise<Outcome> {
  const { history } = workload;
  const marks: Mark[] = [];
  const mark = (what: string): void => void marks.push({ at: Date.now(), what });
  const violations: Violation[] = [];
  const from = await warm(workload, phases.warmUpMs);
  const before = workload.connections().connected;
  mark(subject.fault);
  await subject.inject(mark);
  const broken = Date.now();
  await wait(phases.holdMs);
  mark('heal');
  await subject.heal(mark);
  const until = Date.now();
  await wait(phases.coolDownMs);
  const loadEndedAt = Date.now();
  const note = (rule: string) => (error: unknown) => void violations.push(asViolation(rule, error));
  await subject.isWhole().catch(note('not whole again'));
  await workload.settle(phases.settleMs).catch(note('settle'));
  await workload.look();
  const audit = (await subject.audit().catch(note('audit'))) ?? 'failed';
  const reconnects = workload.connections().connected - before;
  await workload.end();
  const recovery = recoveryOf(history, subject.backFrom === 'fault' ? broken : until, loadEndedAt);
  if ((recovery?.max ?? 0) > (subject.backWithinMs ?? BACK_WITHIN_MS)) {
    violations.push({ rule: 'late', what: `back after ${recovery?.max} ms`, at: until });
  }
  violations.push(...checkMessages(history, subject.rules), ...checkMoney(history), ...unanswered(history));
  const { fault, story, backFrom } = subject;
  const window = { from, until };
  return { fault, story, history, window, backFrom, marks, violations, recovery, audit, reconnects };
}

async function warm(workload: Workload, warmUpMs: number): Promise<number> {
  await workload.begin();
  await wait(warmUpMs);
  return Date.now();
}

const asViolation = (rule: string, error: unknown): Violation => ({
  rule,
  what: error instanceof Error ? error.message : String(error),
  at: Date.now(),
});

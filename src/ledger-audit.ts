import { NestFactory } from '@nestjs/core';
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { AppModule } from './app.module.js';
import { loadConfig } from './config/load-config.js';
import { type AuditReport, LedgerAudit } from './modules/payment/index.js';

/** The longest that a timer can wait: an audit changes nothing. */
const NEVER_MS = 2 ** 31 - 1;

const USAGE = `npm run ledger:audit                               recomputes the whole ledger; exit code 1 when a row is wrong
npm run ledger:audit -- --expect-head SEQ:HASH     and looks for a head that an earlier audit has printed
Add --tier NAME for another tier than embedded. The server may run meanwhile.`;

/** For an operator: whether the money adds up, and if not, which row is the first that is wrong. */
async function run(): Promise<void> {
  const { values } = parseArgs({ options: { tier: { type: 'string' }, 'expect-head': { type: 'string' } } });
  const noted = values['expect-head'] === undefined ? [] : [headOf(values['expect-head'])];
  const config = loadConfig({ mustBeBuilt: true, ...(values.tier !== undefined && { tier: values.tier }) });
  const payments = { ...config.payments, settleEveryMs: NEVER_MS };
  const context = await NestFactory.createApplicationContext(AppModule.for({ ...config, payments }), {
    logger: ['error'],
    abortOnError: false,
  });
  try {
    const report = await context.get(LedgerAudit, { strict: false }).run(...noted);
    process.stdout.write(`${linesOf(report).join('\n')}\n`);
    if (report.finding) process.exitCode = 1;
  } finally {
    await context.close();
  }
}

function headOf(text: string): AuditReport['head'] {
  const [, seq, hash] = /^(\d{1,15}):([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) throw new Error(USAGE);
  return { seq: Number(seq), hash };
}

function linesOf({ entries, accounts, orders, head, finding }: AuditReport): string[] {
  if (finding) return [`WRONG: table ${finding.table}, row ${finding.key}: it ${finding.problem}`];
  return [`${entries} entries, ${accounts} accounts, ${orders} orders: all right`, `head ${head.seq}:${head.hash}`];
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

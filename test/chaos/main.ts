import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Tier } from '../../tier/tier.js';
import { FULL, runChaos, SHORT } from './chaos.js';
import { FAULTS, SHORT_FAULTS } from './faults/index.js';
import { raiseTier, razeTier } from './tier-stage.js';

const USAGE = `npm run chaos [-- --only FAULT] [--seed N] [--short] [--report DIRECTORY]
--only    one fault, may be given several times: ${FAULTS.map(({ name }) => `"${name}"`).join(', ')}
--seed    the dice of the load and the proxy; printed with every report
--short   the most telling faults with a small load
--report  where report.md, report.html, time-line.svg and the records of violations go
Exit code 1 with any violation.`;

const options = {
  only: { type: 'string', multiple: true },
  seed: { type: 'string' },
  short: { type: 'boolean' },
  report: { type: 'string' },
  help: { type: 'boolean' },
  // Of a tier that runs: how this program starts itself once there is a certificate to trust.
  tier: { type: 'string' },
} as const;
const { values } = parseArgs({ options });

async function main(): Promise<number> {
  const wanted = values.only ?? (values.short ? SHORT_FAULTS : FAULTS.map(({ name }) => name));
  const faults = FAULTS.filter(({ name }) => wanted.includes(name));
  if (values.help || faults.length < wanted.length) {
    process.stdout.write(`${USAGE}\n`);
    return values.help ? 0 : 2;
  }
  const tier = values.tier === undefined ? undefined : Tier.at(values.tier);
  if (!tier) return withTier();
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
  const reports = values.report ?? mkdtempSync(join(tmpdir(), 'ashwire-chaos-report-'));
  mkdirSync(reports, { recursive: true });
  const report = await runChaos(tier, faults, { ...(values.short ? SHORT : FULL), seed });
  report.write(reports);
  process.stdout.write(`${report.toTerminal()}\n\nseed ${seed}, report in ${reports}\n`);
  return report.isClean ? 0 : 1;
}

/** Node trusts what its environment names when it starts. */
async function withTier(): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'ashwire-chaos-'));
  const tier = await raiseTier(directory, 'chaos');
  try {
    const program = [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--tier', directory];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: tier.certificateFile };
    const child = spawn(process.execPath, program, { env, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    await razeTier(tier);
    rmSync(directory, { recursive: true, force: true });
  }
}

process.exitCode = await main();

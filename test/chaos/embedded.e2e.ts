import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ServerProcess } from '../rig/server-process.js';
import { countsOf } from './outcome.js';
import { runTrial } from './trial.js';
import { Workload } from './workload.js';

const run = promisify(execFile);
const SIZE = { pairs: 10, groups: 2, sendsPerSecond: 15, payingPairs: 3, ordersPerSecond: 3 };
const PHASES = { warmUpMs: 2_000, holdMs: 1_000, coolDownMs: 4_000, settleMs: 15_000 };

describe('The embedded server, killed under load', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    const wide = { points: 1_000, perMs: 1_000 };
    const limits = { paymentOrdersPerUser: wide, invitationTriesPerUser: wide };
    server = await ServerProcess.start({ limits, messages: { lifeMs: 4_000 } });
  });
  afterAll(() => server.close());

  it('keeps what it has promised but the logs, which start anew', async () => {
    const door = { url: server.url, registerAt: server.url };
    const outcome = await runTrial(
      new Workload(door, SIZE, 1, 'sealed'.repeat(4)),
      {
        fault: 'server killed',
        story: 'SIGKILL, then started again',
        backFrom: 'heal',
        rules: { mayLoseLogs: true },
        inject: async () => void (await server.kill('SIGKILL')),
        heal: () => server.launch(),
        isWhole: () => Promise.resolve(),
        audit: async () => {
          const environment = { ...process.env, ...server.environment };
          const { stdout } = await run(process.execPath, ['dist/src/ledger-audit.js'], { env: environment });
          return stdout.trim().split('\n').at(-1) ?? '';
        },
      },
      PHASES,
    );
    expect(outcome.violations).toEqual([]);
    const counts = countsOf(outcome.history);
    for (const kind of ['acked', 'delivered', 'burned', 'expired', 'orders'] as const) {
      expect({ [kind]: counts[kind] > 0 }).toEqual({ [kind]: true });
    }
  }, 90_000);
});

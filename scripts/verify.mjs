// Everything that must hold before a change lands: each step with its name and time, up to the first that fails.
// The last line is `N passed, N failed`, of the Jest tests that ran.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { isInstalled, isUnpacked, unpack } from './install.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const reports = mkdtempSync(join(tmpdir(), 'ashwire-verify-'));
// Tests wait for servers and clients: two at once keep two cores busy on 100k, three on embedded, and with the unit tests, of which
// three suites do little else for minutes, four.
const workers = Math.max(2, availableParallelism() - 1);
const STATIC = ['format:check', 'typecheck', 'typecheck:web', 'lint', 'lint:deps', 'knip'];
const count = { passed: 0, failed: 0 };
/** Exit codes to come. */
const begun = [];

const steps = [
  [
    'packages of npm',
    () => {
      begin('scripts/servers.mjs');
      return isUnpacked() ? 0 : unpack();
    },
  ],
  [
    'format, types, lint, dependency rules, unused code',
    () => {
      if (!isInstalled()) begin('scripts/install.mjs', '--compile');
      return npmTogether(STATIC);
    },
  ],
  ['build', () => build({ types: false })],
  ['packages of Debian, and the compiled one of npm', finished],
  [
    'unit tests',
    () =>
      jest('unit', ['--testPathIgnorePatterns', '/node_modules/', '/test/(e2e|two-node|chaos|load|web)/'], workers + 2),
  ],
  [
    'end-to-end tests on embedded, and of the web client in a browser',
    () => jest('embedded', ['--testPathPatterns', '/test/(e2e|two-node|chaos|load|web)/'], workers + 1),
  ],
  ['end-to-end tests on 100k', () => jest('100k', ['--testPathPatterns', '/test/e2e/'], workers, '100k')],
];

let failed;
for (const [name, run] of steps) {
  if (await passes(name, run)) continue;
  failed = name;
  break;
}
rmSync(reports, { recursive: true });
if (failed) console.log(`\nverify stopped at: ${failed}`);
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = failed ? 1 : 0;

async function passes(name, run) {
  console.log(`\n── ${name}`);
  const startedAt = performance.now();
  const code = await run();
  console.log(
    `── ${name}: ${code === 0 ? 'ok' : `failed (exit ${code})`}, ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
  );
  return code === 0;
}

/** Goes on beside the steps; `finished` waits for it. What waits for a network or one compiler leaves room for checks. */
function begin(...command) {
  const child = spawn(process.execPath, command, { cwd: root, stdio: 'inherit' });
  begun.push(once(child, 'close').then(([code]) => code ?? 1));
}

async function finished() {
  return Math.max(0, ...(await Promise.all(begun)));
}

/** All at once; each says what it has to say when it is through. */
async function npmTogether(scripts) {
  const codes = await Promise.all(
    scripts.map(async (script) => {
      const child = spawn(`npm run --silent ${script}`, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: true });
      const [said, complained, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      process.stdout.write(`${script}: ${code === 0 ? 'ok' : 'failed'}\n${code === 0 ? '' : said + complained}`);
      return code ?? 1;
    }),
  );
  return Math.max(...codes);
}

function jest(suite, args, maxWorkers, tier = 'embedded') {
  const report = join(reports, `${suite}.json`);
  const options = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const reporting = [`--maxWorkers=${maxWorkers}`, '--json', '--outputFile', report];
  // --json prints the report as well; what a person reads goes to stderr.
  const stdio = ['ignore', 'ignore', 'inherit'];
  const env = { ...process.env, ASHWIRE_TEST_TIER: tier };
  const { status } = spawnSync(process.execPath, [...options, ...reporting, ...args], { cwd: root, stdio, env });
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    count.passed += numPassedTests;
    count.failed += numFailedTests + numRuntimeErrorTestSuites;
  } else count.failed += 1;
  return status ?? 1;
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PACKAGE_ROOT } from '../src/config/package-root.js';
import { type Arguments, readArguments, USAGE } from './arguments.js';
import { leadership } from './health.js';
import { statusOf, table } from './status-table.js';
import { supervise } from './supervise.js';
import { Tier } from './tier.js';
import { TierError } from './tier-error.js';

async function main(args: readonly string[]): Promise<number> {
  if (['help', '--help', '-h'].includes(args[0] ?? '')) {
    console.log(USAGE.trimEnd());
    return 0;
  }
  const read = readArguments(args);
  if (read.command === 'up') return up(read);
  const tier = Tier.at(read.directory);
  if (!tier) throw new TierError(`There is no tier in ${read.directory}; start one with: npm run tier -- up 100k`);
  return apply(tier, read);
}

async function apply(tier: Tier, { command, names, signal, hold, data, follow }: Arguments): Promise<number> {
  const [first = '', second = ''] = names;
  switch (command) {
    case 'status':
      return showStatus(tier);
    case 'logs':
      return showLogs(tier, first, follow);
    case 'kill':
      await tier.kill(first, signal, { hold });
      return 0;
    case 'start':
      tier.start(first);
      return 0;
    case 'cut':
      tier.cut(Number(first), Number(second));
      return 0;
    case 'heal':
      tier.heal();
      return 0;
    case 'down':
      await tier.down({ data });
      console.log('Down: no process, namespace or bridge of it is left.');
      return 0;
    case 'supervise':
      return supervise(tier);
    case 'up':
      return 0;
  }
}

async function up({ directory, suffix, nodes, restartAfterMs }: Arguments): Promise<number> {
  const { status } = spawnSync(process.execPath, [join(PACKAGE_ROOT, 'scripts', 'servers.mjs')], { stdio: 'inherit' });
  if (status !== 0) return 1;
  const ran = Tier.at(directory)?.isUp ?? false;
  if (!ran) console.log('Starting three machines; this takes about half a minute …');
  const supervised = restartAfterMs === undefined ? {} : { restartAfterMs };
  const tier = await Tier.up({ directory, suffix, nodes, ...supervised });
  console.log(ran ? 'It runs already.' : 'It runs.');
  console.log(introduction(tier));
  return ran ? showStatus(tier) : 0;
}

function introduction({ layout, url, certificateFile }: Tier): string {
  const near = (file: string): string => relative(process.cwd(), file);
  const which = layout.options.suffix && ` --suffix ${layout.options.suffix}`;
  return `
  address       ${url}
  certificate   ${near(certificateFile)} (self-made: clients must be told to trust it)
  nodes         ${layout.apps.map(({ name, address }) => `${name} http://${address}`).join(', ')}
  logs          ${near(layout.file('logs'))}
  data          ${near(layout.directory)}

Try:
  NODE_EXTRA_CA_CERTS=${near(certificateFile)} npm run chat -- --name alice --server ${url}
  npm run tier -- status${which}
  npm run tier -- kill redis-1${which}       and look at status again: another one is primary
  npm run tier -- down${which}               docs/operate.md says more
`;
}

async function showStatus(tier: Tier): Promise<number> {
  const rows = await statusOf(tier);
  console.log(table(rows).trimEnd());
  const named = rows.map(({ process: name, role }) => ({ name, role }));
  const split = tier.isUp ? leadership(named) : [];
  for (const line of split) console.log(line);
  const cuts = tier.cuts.map(({ machine, from }) => `${machine} from ${from}`);
  if (cuts.length > 0) console.log(`Cut off: ${cuts.join(', ')}. To end that: npm run tier -- heal`);
  if (tier.isUp && tier.layout.options.restartAfterMs !== undefined && tier.supervisorPid === undefined) {
    console.log('The supervisor has ended: nothing is started again by itself.');
  }
  return split.length === 0 && rows.every(({ health }) => health === 'ok') ? 0 : 1;
}

/** By tail, which can follow. */
function showLogs(tier: Tier, name: string, follow: boolean): number {
  const files = (name ? [name] : tier.logged).map((each) => tier.logFile(each));
  const there = files.filter((file) => existsSync(file));
  const options = [...(follow ? ['-F'] : []), '-n', name ? '200' : '5'];
  return spawnSync('tail', [...options, ...there], { stdio: 'inherit' }).status ?? 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof TierError ? error.message : error);
    process.exitCode = 1;
  },
);

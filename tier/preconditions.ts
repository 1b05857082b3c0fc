import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/config/package-root.js';
import { TierError } from './tier-error.js';
import type { TierOptions } from './tier-options.js';

/** What the supervisor runs, whoever started the tier. */
export const MAIN = join(PACKAGE_ROOT, 'dist', 'tier', 'main.js');

/** Throws with what is missing or wrong before anything is started. */
export function refuseWithout({ suffix = '', network, nodes = 2 }: TierOptions): void {
  if (process.getuid?.() !== 0) throw new TierError('Network namespaces need root: run this with sudo.');
  if (!/^[a-z0-9]{0,5}$/.test(suffix)) throw new TierError('A suffix is up to five small letters and digits.');
  if (network !== undefined && !/^10\.\d{1,3}\.\d{1,3}$/.test(network)) {
    throw new TierError('A network is three numbers such as 10.89.0.');
  }
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 16) throw new TierError('There are 1 to 16 application nodes.');
  if (!existsSync(MAIN)) throw new TierError('Nothing is built yet: run `npm run build` first.');
  const servers = join(PACKAGE_ROOT, 'scripts', 'servers.mjs');
  const { status, stderr } = spawnSync(process.execPath, [servers, '--check'], { encoding: 'utf8' });
  if (status !== 0) throw new TierError(stderr.trim());
}

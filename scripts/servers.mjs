// The server programs that tests start themselves, on free ports: installed from Debian's packages where that is allowed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE_OF = {
  mariadbd: 'mariadb-server',
  'redis-server': 'redis-server',
  'redis-sentinel': 'redis-sentinel',
  openssl: 'openssl',
};
// Debian keeps servers in sbin, which is not in everybody's PATH.
const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin'];
const isMissing = (program) => !folders.some((folder) => existsSync(join(folder, program)));

/** Returns an exit code; says what to do when it is not 0. */
export function installServers() {
  const packages = Object.keys(PACKAGE_OF)
    .filter(isMissing)
    .map((program) => PACKAGE_OF[program]);
  if (packages.length === 0) return 0;
  if (process.getuid?.() !== 0 || isMissing('apt-get')) {
    console.error(
      `These Debian packages are missing: ${packages.join(', ')}. Install them, or run this as root on Debian.`,
    );
    return 1;
  }
  const aptGet = (...args) =>
    spawnSync('apt-get', ['-qq', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status ?? 1;
  // The packages' own services are not wanted: tests start servers of their own.
  return aptGet('update') || aptGet('install', '--yes', '--no-install-recommends', ...packages);
}

// The server programs that tests and `npm run tier` start, and the browser of tests: installed from Debian's packages where that is
// allowed. Run by itself it does so; with --check it only says what is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PACKAGE_OF = {
  mariadbd: 'mariadb-server',
  mariadb: 'mariadb-client',
  'redis-server': 'redis-server',
  'redis-sentinel': 'redis-sentinel',
  'redis-cli': 'redis-tools',
  nginx: 'nginx',
  keepalived: 'keepalived',
  ip: 'iproute2',
  nft: 'nftables',
  curl: 'curl',
  openssl: 'openssl',
  setpriv: 'util-linux',
  faketime: 'faketime',
  chromium: 'chromium',
};
// Debian keeps servers in sbin, which is not in everybody's PATH.
const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const isMissing = (program) => !folders.some((folder) => existsSync(join(folder, program)));
const missingPackages = () => [
  ...new Set(
    Object.keys(PACKAGE_OF)
      .filter(isMissing)
      .map((program) => PACKAGE_OF[program]),
  ),
];

/** Returns an exit code; says what to do when it is not 0. */
export function installServers({ mayInstall = true } = {}) {
  const packages = missingPackages();
  if (packages.length === 0) return 0;
  if (!mayInstall || process.getuid?.() !== 0 || isMissing('apt-get')) {
    console.error(
      `These Debian packages are missing: ${packages.join(', ')}. Install them, or run this as root on Debian.`,
    );
    return 1;
  }
  return withoutServices(() => aptGet('update') || aptGet('install', '--yes', '--no-install-recommends', ...packages));
}

function aptGet(...args) {
  const { status } = spawnSync('apt-get', ['-qq', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status ?? 1;
}

/** The packages' own services are not wanted: Debian asks this file before it starts one. */
function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return install();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return install();
  } finally {
    rmSync(policy);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = installServers({ mayInstall: !process.argv.includes('--check') });
}

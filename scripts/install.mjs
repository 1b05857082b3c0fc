// `npm ci` in two parts, of which the second takes as long as the first and only Node waits for it.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The one dependency that is not complete when it is unpacked: it gets a compiled part from its makers, or compiles it here. */
const COMPILED = 'better-sqlite3';
const modules = join(root, 'node_modules');

export function isInstalled() {
  return isUnpacked() && existsSync(join(modules, COMPILED, 'build', 'Release'));
}

/** Returns the exit code of npm. */
export function install() {
  return unpack() || compile();
}

export function isUnpacked() {
  // npm writes this file last.
  const installed = join(modules, '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

export const unpack = () => npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
export const compile = () => npm('rebuild', COMPILED, '--loglevel=error');

/** npm is a script of its own on Windows. */
function npm(...command) {
  return spawnSync(['npm', ...command].join(' '), { cwd: root, stdio: 'inherit', shell: true }).status ?? 1;
}

if (process.argv.includes('--compile')) process.exitCode = compile();

// `npm ci`, only when node_modules is missing or older than the lock file.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export function isInstalled() {
  // npm writes this file last.
  const installed = join(root, 'node_modules', '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

/** Returns the exit code of npm, which is a script of its own on Windows. */
export function install() {
  const command = ['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync(command.join(' '), { cwd: root, stdio: 'inherit', shell: true });
  return status ?? 1;
}

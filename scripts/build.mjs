// Compiles into dist/. With --if-missing or --if-stale only when that is so. Output whose source is gone is removed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const stamp = join(dist, '.built');
const sources = ['src', 'sdk', 'terminal', 'tier', 'test', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

export function isBuilt() {
  return existsSync(stamp);
}

export function isStale() {
  if (!isBuilt()) return true;
  const builtAt = statSync(stamp).mtimeMs;
  return sources.flatMap((source) => files(join(root, source))).some((file) => statSync(file).mtimeMs > builtAt);
}

/** Returns the exit code of the compiler. */
export function build() {
  const startedAt = new Date();
  removeOrphans();
  rmSync(stamp, { force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) return status ?? 1;
  writeFileSync(stamp, `${startedAt.toISOString()}\n`);
  return 0;
}

/** Incremental compiling leaves the output of deleted and renamed sources behind. */
function removeOrphans() {
  for (const file of files(dist)) {
    const source = join(root, relative(dist, file).replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts'));
    if (/\.(js|d\.ts)(\.map)?$/.test(file) && !existsSync(source)) rmSync(file);
  }
}

function files(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat ? [path] : [];
  return readdirSync(path).flatMap((name) => files(join(path, name)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const skip =
    (process.argv.includes('--if-missing') && isBuilt()) || (process.argv.includes('--if-stale') && !isStale());
  process.exitCode = skip ? 0 : build();
}

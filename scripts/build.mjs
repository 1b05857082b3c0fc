// Compiles into dist/, and the web client into dist/web. With --if-missing or --if-stale only when that is so. Output whose source is gone is removed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const stamp = join(dist, '.built');
const web = join(dist, 'web');
const folders = ['src', 'sdk', 'terminal', 'tier', 'test', 'web'];
const sources = [...folders, 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

export function isBuilt() {
  return existsSync(stamp);
}

export function isStale() {
  if (!isBuilt()) return true;
  const builtAt = statSync(stamp).mtimeMs;
  return sources.flatMap((source) => files(join(root, source))).some((file) => statSync(file).mtimeMs > builtAt);
}

/** Returns the exit code of the compiler that failed, or 0. `types: false` leaves out to check them, which is half of the work. */
export function build({ types = true } = {}) {
  const startedAt = new Date();
  removeOrphans();
  rmSync(stamp, { force: true });
  const status =
    run('typescript/bin/tsc', '-p', 'tsconfig.build.json', ...(types ? [] : ['--noCheck'])) ||
    run('vite/bin/vite.js', 'build', 'web', '--logLevel', 'error');
  if (status !== 0) return status;
  compress();
  writeFileSync(stamp, `${startedAt.toISOString()}\n`);
  return 0;
}

function run(program, ...options) {
  const file = join(root, 'node_modules', ...program.split('/'));
  return spawnSync(process.execPath, [file, ...options], { cwd: root, stdio: 'inherit' }).status ?? 1;
}

/** Beside each file of the web client that gets smaller so: the server and Nginx give that to browsers. */
function compress() {
  for (const file of files(web).filter((name) => /\.(html|js|css|svg|webmanifest)$/.test(name))) {
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  }
}

/** Incremental compiling leaves the output of deleted and renamed sources behind. */
function removeOrphans() {
  for (const file of files(dist)) {
    if (file.startsWith(web)) continue;
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

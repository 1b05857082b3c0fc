// From a fresh clone to a running embedded tier: install and build what is missing or old, start, say what to type next.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, isStale } from './build.mjs';
import { install, isInstalled } from './install.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const port = process.env.PORT || '3000';
const server = port === '3000' ? '' : ` --server http://localhost:${port}`;

step('Installing (once, about a minute)', isInstalled(), install);
step('Building', !isStale(), () => build({ types: false }));

// Whoever has the port already would answer in place of our server, which is about to say so and stop.
const taken = await new Promise((resolve) => {
  const socket = connect(Number(port), 'localhost', () => resolve(true)).on('error', () => resolve(false));
  socket.on('connect', () => socket.destroy());
});

const main = join(root, 'dist', 'src', 'main.js');
// The flag is that of `npm start`: what a message leaves behind dies young (docs/performance.md).
const child = spawn(process.execPath, ['--max-semi-space-size=32', main, '--tier', 'embedded'], {
  cwd: root,
  stdio: 'inherit',
});
// Printed once the server answers, so that it stands below the server's own lines and never above an error.
const asking = setInterval(async () => {
  const ready = await fetch(`http://localhost:${port}/health/ready`).catch(() => undefined);
  if (!ready?.ok || taken) return;
  clearInterval(asking);
  console.log(`
Ashwire runs. Open it in a browser:   http://localhost:${port}
and for a second person in a private window or another browser.

In terminals instead:   npm run chat -- --name alice${server}
                        npm run chat -- --name bob${server}
Its data is in data/embedded; Ctrl+C stops it.
`);
}, 200);

// A terminal sends Ctrl+C to the server too, and a second one would cut its shutdown short.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  clearInterval(asking);
  process.exitCode = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1);
});

function step(name, done, run) {
  if (done) return;
  console.log(`${name} …`);
  const code = run();
  if (code !== 0) process.exit(code);
}

import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';

it('the bench runs in its short form, and every message is delivered', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    'dist/test/load/main.js',
    '--short',
    '--only',
    'traffic',
  ]);
  expect(stderr.toString() + (status === 0 ? '' : stdout.toString())).not.toMatch(/Error/);
  expect(status).toBe(0);
  expect(stdout.toString()).toMatch(/CPU µs a message\s+\|\s+[\d.]+ \|\s+[\d.]+ \|\s+[\d.]+/);
}, 180_000);

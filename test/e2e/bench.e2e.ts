import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';

function bench(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/test/load/main.js', '--short', ...words]);
  expect(stderr.toString() + (status === 0 ? '' : stdout.toString())).not.toMatch(/Error/);
  expect(status).toBe(0);
  return stdout.toString();
}

it('the bench runs in its short form, and every message is delivered', () => {
  expect(bench('--only', 'traffic')).toMatch(/CPU µs a message\s+\|\s+[\d.]+ \|\s+[\d.]+ \|\s+[\d.]+/);
}, 180_000);

it('the bench of several nodes runs in its short form, and every message is delivered, read and burned', () => {
  const table = bench('nodes');
  const four = '\\|\\s+[\\d.]+ '.repeat(4);
  expect(table).toMatch(new RegExp(`saturated: CPU µs a message\\s+${four}`));
  expect(table).toMatch(/sent, read, burned: Redis primary, CPU µs\s+\|\s+[\d.]+ /);
  // With one WAIT for each write it would be two.
  const waits = Number(/saturated: WAIT a message\s+\|\s+([\d.]+)/.exec(table)?.[1]);
  expect(waits).toBeLessThan(1);
}, 180_000);

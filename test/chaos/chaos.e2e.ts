import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WITHIN_MS = 280_000;

describe('Tier 100k under its most telling faults', () => {
  it(
    'loses nothing, shows nothing twice and leaves nothing behind',
    () => {
      const reports = mkdtempSync(join(tmpdir(), 'ashwire-chaos-report-'));
      const args = ['dist/test/chaos/main.js', '--short', '--report', reports];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: WITHIN_MS });
      expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
      rmSync(reports, { recursive: true });
    },
    WITHIN_MS + 20_000,
  );
});

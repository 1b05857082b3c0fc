import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawPerson } from '../rig/raw-person.js';
import { ServerProcess } from '../rig/server-process.js';

describe('the programs of the server', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ashwire-start-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (program: string, options: readonly string[], environment: Record<string, string> = {}) => {
    const env = { ...process.env, ASHWIRE_DATA_DIR: folder, ...environment };
    const { status, stdout, stderr } = spawnSync(process.execPath, [`dist/src/${program}.js`, ...options], { env });
    return { status, output: stdout.toString() + stderr.toString() };
  };

  it.each([
    [
      'a tier that is not built',
      ['--tier', '1m'],
      {},
      'asks for messageStore redis-cluster; this build has: memory, redis.',
    ],
    ['a tier that does not exist', ['--tier', 'huge'], {}, 'There is no tier "huge"'],
    ['a port that is none', [], { PORT: 'http' }, 'PORT must be a whole number'],
    ['a secret that is none', [], { ASHWIRE_BLINDING_KEY: 'short' }, 'ASHWIRE_BLINDING_KEY'],
  ])('refuses %s in a sentence and without a stack', (_, options, environment, sentence) => {
    const { status, output } = run('main', options, environment);
    expect(status).toBe(1);
    expect(output).toContain(sentence);
    expect(output).not.toMatch(/^\s+at /m);
  });

  it('says whom a taken port belongs to: not to us', async () => {
    const server = await ServerProcess.start();
    try {
      const { status, output } = run('main', [], { PORT: String(server.port) });
      expect(status).toBe(1);
      expect(output).toContain(`Port ${server.port} is taken.`);
    } finally {
      await server.close();
    }
  });

  it('lets the operator invite and make an admin beside the running server', async () => {
    const server = await ServerProcess.start();
    try {
      const person = await RawPerson.register(server.url);
      const beside = server.environment;
      expect(run('operator', ['invite'], beside).output).toMatch(/^[A-Za-z0-9_-]{22}\n$/);
      expect(run('operator', ['grant-admin', person.username], beside)).toMatchObject({ status: 0 });
      expect(run('operator', ['grant-admin', 'nobody_here'], beside)).toMatchObject({ status: 1 });
      expect(run('operator', [], beside)).toMatchObject({ status: 1, output: expect.stringContaining('invite') });
    } finally {
      await server.close();
    }
  }, 60_000);
});

import { afterAll, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../src/config/load-config.js';
import { Layout } from './layout.js';
import { plan } from './plan.js';
import { provision } from './provision.js';

describe('the plan of a tier', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ashwire-plan-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const layout = (more: object = {}) => new Layout({ directory: folder, ...more }, '10.89.7');

  it('puts every process under a file of docker/ that can be run', () => {
    const processes = plan(layout());
    expect(processes.map(({ name, machine }) => `${name}@${machine}`)).toEqual([
      ...['sentinel-1@1', 'sentinel-2@2', 'sentinel-3@3', 'redis-1@1', 'redis-2@2', 'redis-3@3'],
      ...['mysql-1@1', 'mysql-2@2', 'app-1@1', 'app-2@2', 'nginx-1@1', 'nginx-2@2', 'keepalived-1@1', 'keepalived-2@2'],
    ]);
    for (const { name, command } of processes) {
      if (!name.startsWith('app-')) accessSync(command[0] ?? '', constants.X_OK);
    }
  });

  it('gives nodes ports and machines of their own', () => {
    expect(layout({ nodes: 4 }).apps.map(({ address }) => address)).toEqual([
      ...['10.89.7.11:3000', '10.89.7.12:3000', '10.89.7.11:3001', '10.89.7.12:3001'],
    ]);
    expect(layout({ separateApps: true }).apps.map(({ machine }) => machine)).toEqual([4, 5]);
  });

  it('makes names that the kernel takes, with the longest suffix too', () => {
    const { bridge, ...rest } = layout({ suffix: 'abcde' });
    expect(bridge.length).toBeLessThanOrEqual(15);
    expect(new Layout(rest.options, '10.89.7').linkOf(3).length).toBeLessThanOrEqual(15);
  });

  it('makes secrets for their owner alone, a certificate for every address, and keeps both', () => {
    provision(layout());
    const secrets = readdirSync(join(folder, 'secrets'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(secrets).toHaveLength(9);
    for (const file of [...secrets, layout().keyFile]) expect(statSync(file).mode & 0o077).toBe(0);
    const certificate = new X509Certificate(readFileSync(layout().certificateFile));
    for (const address of ['10.89.7.10', '10.89.7.11', '10.89.7.12', '127.0.0.1']) {
      expect(certificate.checkIP(address)).toBe(address);
    }
    expect(certificate.checkHost('localhost')).toBe('localhost');
    const before = [...secrets, layout().keyFile].map((file) => readFileSync(file, 'utf8'));
    provision(layout());
    expect([...secrets, layout().keyFile].map((file) => readFileSync(file, 'utf8'))).toEqual(before);
    provision(new Layout({ directory: folder }, '10.89.8'));
    expect(new X509Certificate(readFileSync(layout().certificateFile)).checkIP('10.89.8.10')).toBe('10.89.8.10');
  });

  it('gives the nodes a profile that they take, with what was laid over it', () => {
    const changed = layout({ nodes: 3, overrides: { limits: { socketsPerAddress: 9 } } });
    provision(changed);
    const app = plan(changed).find(({ name }) => name === 'app-1');
    const config = loadConfig({ tier: '100k', environment: { ...app?.environment }, mustBeBuilt: true });
    expect(config).toMatchObject({
      ...{ nodes: 3, http: { port: 3_000, publicUrl: 'https://10.89.7.10' }, limits: { socketsPerAddress: 9 } },
    });
    const named = [...(config.redis?.nodes ?? []), ...(config.adapters.database as { hosts: string[] }).hosts];
    for (const address of named) expect(changed.hosts).toHaveProperty(address.split(':')[0] ?? '');
  });
});

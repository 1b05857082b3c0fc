import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { Profile } from '../src/config/config.schema.js';
import { Layout } from './layout.js';
import { plan } from './plan.js';

interface Service {
  readonly image: string;
  readonly build?: string | { readonly context: string; readonly dockerfile: string };
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly network_mode?: string;
  readonly networks?: { readonly ashwire: { readonly ipv4_address: string } };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly extra_hosts?: readonly string[];
  readonly healthcheck?: object;
  readonly restart?: string;
}

const FILE = 'docker/compose.100k.yml';

describe(FILE, () => {
  const compose = parse(readFileSync(FILE, 'utf8'), { merge: true }) as {
    readonly services: Readonly<Record<string, Service>>;
    readonly volumes: Readonly<Record<string, unknown>>;
  };
  const { services } = compose;
  const layout = new Layout({ directory: '/tier' }, '10.89.0');
  const planned = plan(layout);
  const machines = Object.keys(services).filter((name) => name.startsWith('machine-'));

  it('has the machines and processes of the native tier, each where it is there, and nothing else', () => {
    expect(machines.map((name) => services[name]?.networks?.ashwire.ipv4_address)).toEqual(
      layout.machines.map((machine) => layout.addressOf(machine)),
    );
    const placed = Object.entries(services).flatMap(([name, { network_mode: mode }]) =>
      mode?.startsWith('service:') ? [`${name}@${mode.split('-').at(-1)}`] : [],
    );
    expect(placed.sort()).toEqual(planned.map(({ name, machine }) => `${name}@${machine}`).sort());
    expect(Object.keys(services)).toHaveLength(placed.length + machines.length + 1);
  });

  it('starts each under the same file with the same settings; only paths of directories differ', () => {
    const isPath = (value: string): boolean => value.startsWith('/');
    for (const { name, command, environment } of planned) {
      const service = services[name];
      expect(Object.keys(service?.environment ?? {}).sort()).toEqual(Object.keys(environment).sort());
      for (const [key, value] of Object.entries(environment)) {
        if (!isPath(value)) expect([name, key, service?.environment?.[key]]).toEqual([name, key, value]);
      }
      if (!name.startsWith('app-')) expect(command[0]).toBe(resolve(`.${service?.entrypoint?.[0]}`));
    }
  });

  it('mounts only what exists, restarts what ends, and asks each how it is', () => {
    for (const [name, { volumes = [], build, healthcheck, restart }] of Object.entries(services)) {
      for (const [source = '', target = ''] of volumes.map((volume) => volume.split(':'))) {
        if (source.startsWith('.')) expect(existsSync(join('docker', source))).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(source);
        expect(target).toMatch(/^\//);
      }
      const file =
        typeof build === 'string' ? join(build, 'Dockerfile') : build && join(build.context, build.dockerfile);
      if (file) expect(existsSync(join('docker', file))).toBe(true);
      if (name === 'provision') continue;
      expect([name, restart]).toEqual([name, 'always']);
      if (!machines.includes(name)) expect([name, healthcheck]).toEqual([name, expect.any(Object)]);
    }
  });

  it('gives every name in config/100k.yaml an address of a process that is there', () => {
    const profile = parse(readFileSync('config/100k.yaml', 'utf8')) as Profile;
    const { database } = profile.adapters;
    const named = [...(profile.redis?.nodes ?? []), ...('hosts' in database ? database.hosts : [])];
    expect(named.length).toBeGreaterThan(0);
    for (const machine of machines) {
      const lines = services[machine]?.extra_hosts ?? [];
      const hosts = Object.fromEntries(lines.map((line) => line.split(':') as [string, string]));
      expect(hosts).toEqual(layout.hosts);
      for (const address of named) expect(hosts).toHaveProperty(address.split(':')[0] ?? '');
    }
  });

  it('is what Docker takes, where that is installed', () => {
    // Without Docker Compose the parts above are all that can be checked.
    if (spawnSync('docker', ['compose', 'version']).status !== 0) return;
    const { status, stderr } = spawnSync('docker', ['compose', '-f', FILE, 'config', '--quiet']);
    expect([status, stderr.toString()]).toEqual([0, '']);
  });

  it('makes its secrets once, each for its owner alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ashwire-compose-'));
    try {
      const environment = { PATH: process.env['PATH'], SECRETS: folder, ...services['provision']?.environment };
      const run = () =>
        execFileSync(resolve('docker', 'provision.sh'), { env: { ...environment, SECRETS: folder }, stdio: 'pipe' });
      run();
      const secrets = planned
        .flatMap(({ name }) => Object.values(services[name]?.environment ?? {}))
        .filter((value) => /^\/secrets\/.*\/.*/.test(value))
        .map((value) => join(folder, value.slice('/secrets/'.length)));
      for (const file of secrets) expect([file, statSync(file).mode & 0o777]).toEqual([file, 0o600]);
      const content = () => secrets.map((file) => readFileSync(file, 'utf8'));
      const before = content();
      expect(before.every((secret) => secret.length > 40)).toBe(true);
      run();
      expect(content()).toEqual(before);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { Layout } from '../../tier/layout.js';
import { freeNetwork, Network } from '../../tier/network.js';
import { Tier } from '../../tier/tier.js';
import { runningSince } from '../../tier/process-table.js';
import { eventually } from '../rig/people.js';
import { TerminalProcess } from '../rig/terminal-process.js';

const SUFFIX = 'e2e';
const QUICK = { registration: { proofOfWork: { cost: 1, baseTries: 1, maxTries: 1 } } };

describe('the tier 100k', () => {
  let folder: string;
  let tier: Tier;
  let pids: number[];
  const people: TerminalProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ashwire-tier-'));
    const options = { directory: join(folder, 'tier'), suffix: SUFFIX, overrides: QUICK };
    leaveRemains(new Layout({ ...options, directory: join(folder, 'killed'), separateApps: true }, freeNetwork()));
    tier = await Tier.up(options);
    pids = tier.processes.flatMap(({ pid }) => pid ?? []);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(people.map((person) => person.kill()));
    await tier?.down();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As docs/operate.md says: the terminal client, which trusts the certificate because it was told to. */
  function enter(name: string): TerminalProcess {
    const trust = { NODE_EXTRA_CA_CERTS: tier.certificateFile };
    const person = new TerminalProcess(name, tier.url, join(folder, name), [], trust);
    people.push(person);
    return person;
  }

  it('runs every process, in roles that fit together', async () => {
    const roles = await Promise.all(tier.processes.map(async ({ name }) => [name, (await tier.healthOf(name)).role]));
    // Whichever Nginx answered first is in front.
    const [front = 0] = tier.holdersOf(tier.layout.frontAddress);
    expect(Object.fromEntries(roles)).toEqual({
      ...{ 'sentinel-1': '', 'sentinel-2': '', 'sentinel-3': '' },
      ...{ 'redis-1': 'primary', 'redis-2': 'replica', 'redis-3': 'replica' },
      ...{ 'mysql-1': 'primary', 'mysql-2': 'standby', 'app-1': '', 'app-2': '', 'nginx-1': '', 'nginx-2': '' },
      'keepalived-1': `front ${front === 1 ? 'master' : 'backup'}, mysql master`,
      'keepalived-2': `front ${front === 2 ? 'master' : 'backup'}, mysql backup`,
    });
    expect(pids).toHaveLength(14);
    const again = await Tier.up({ directory: join(folder, 'tier'), suffix: SUFFIX });
    expect(again.processes).toEqual(tier.processes);
  });

  it('is left alone by a tier of the same name elsewhere', async () => {
    const directory = join(folder, 'elsewhere');
    mkdirSync(directory);
    cpSync(tier.layout.file('tier.json'), join(directory, 'tier.json'));
    const refused = `The bridge ashwire0e2e belongs to the tier in ${tier.layout.directory}: `;
    await expect(Tier.up({ directory, suffix: SUFFIX })).rejects.toThrow(refused);
    await Tier.at(directory)?.down();
    await tier.healthy();
    expect(tier.processes.map(({ pid }) => pid)).toEqual(pids);
  });

  it('takes a WebSocket to any node and nothing else: no client needs a particular one', async () => {
    const polled = await ask('/socket.io/?EIO=4&transport=polling');
    expect(polled.status).toBe(400);
    const answers = await Promise.all(Array.from({ length: 20 }, () => openSocket()));
    expect(answers).toEqual(answers.map(() => 101));
    const nodes = readFileSync(tier.logFile(`nginx-${tier.holdersOf(tier.layout.frontAddress)[0]}`), 'utf8')
      .split('\n')
      .filter((line) => line.includes(' socket.io 101 '))
      .map((line) => /(\S+):3000 101$/.exec(line)?.[1]);
    expect(new Set(nodes)).toEqual(new Set([tier.layout.addressOf(1), tier.layout.addressOf(2)]));
  });

  it('gives browsers the page, which Nginx need not look for in the folder of the clone', async () => {
    expect((await ask('/')).status).toBe(200);
    expect(tier.layout.pageDirectory.startsWith(PACKAGE_ROOT)).toBe(false);
  });

  it('does not call a standby well that follows nobody', async () => {
    const tell = (statement: string) =>
      tier.exec(2, 'mariadb', ['--no-defaults', `--socket=${tier.dataDirectories['mysql-2']}/socket`, '-e', statement]);
    await tell('STOP SLAVE');
    expect(await tier.healthOf('mysql-2')).toMatchObject({
      isHealthy: false,
      problem: 'it does not follow the primary',
    });
    await tell('START SLAVE');
    await tier.healthy();
  });

  it('carries a message between friends over TLS, and brings them back when the Nginx in front is killed', async () => {
    const [alice, bob] = [enter('alice'), enter('bob')];
    alice.type('/invite');
    const [, invitation = ''] = await alice.shows(/(\/accept https\S+)/);
    bob.type(invitation);
    await Promise.all([alice.shows(/alice → bob/), bob.shows(/bob → alice/)]);
    alice.type('hello over the address');
    await bob.shows(/hello over the address/);

    const [holder = 0] = tier.holdersOf(tier.layout.frontAddress);
    const killedAt = Date.now();
    await tier.kill(`nginx-${holder}`);
    alice.type('hello again');
    await bob.shows(/hello again/);
    expect(Date.now() - killedAt).toBeLessThan(10_000);
    expect(tier.holdersOf(tier.layout.frontAddress)).toEqual([3 - holder]);
  });

  it('moves the address away from a machine that nobody reaches, and back without a pause', async () => {
    tier.start(`nginx-${3 - (tier.holdersOf(tier.layout.frontAddress)[0] ?? 0)}`);
    await tier.healthy();
    const answers = async () => (await ask('/health/live').catch(() => undefined))?.status === 200;
    // Twice: after a cut the machine with the higher priority has the address, so the second one is that one's.
    for (let round = 0; round < 2; round++) {
      const [holder = 0] = tier.holdersOf(tier.layout.frontAddress);
      tier.isolate(holder);
      await eventually(answers, 15_000);
      expect(tier.holdersOf(tier.layout.frontAddress)).toContain(3 - holder);
      tier.heal();
      await eventually(() => tier.holdersOf(tier.layout.frontAddress).length === 1, 15_000);
      expect(tier.holdersOf(tier.layout.frontAddress)).toEqual([1]);
      await eventually(answers, 5_000);
    }
  }, 60_000);

  it('keeps addresses and what was asked for out of the logs of Nginx', async () => {
    await ask('/api/invitations/secret-word?token=secret-token');
    const logs = readdirSync(tier.layout.file('logs'))
      .filter((name) => name.startsWith('nginx'))
      .map((name) => readFileSync(tier.layout.file('logs', name), 'utf8'))
      .join('');
    expect(logs).toContain(' api/invitations ');
    expect(logs).not.toMatch(/secret-word|secret-token/);
    expect(logs.split(/[\s,]+/)).not.toContain(tier.layout.hostAddress);
  });

  it('says what it does on the command line, in a sentence and without a stack when it cannot', () => {
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/tier/main.js', ...args]);
      return { status, output: stdout.toString() + stderr.toString() };
    };
    const here = ['--directory', join(folder, 'tier')];
    const { output } = run('status', '100k', ...here);
    expect(output).toMatch(/redis-(\d) +\1 \d+\.\d+\.\d+\.1\1 +\d+ +primary +ok/);
    expect(run('cut', '3', '0', ...here).status).toBe(0);
    const cut = run('status', ...here);
    expect(cut).toMatchObject({ status: 1, output: expect.stringContaining('Cut off: 3 from 0. To end that:') });
    expect(run('heal', ...here).status).toBe(0);
    expect(run('help')).toMatchObject({ status: 0, output: expect.stringContaining('npm run tier -- COMMAND') });
    expect(run('kill', 'redis-9', ...here)).toMatchObject({
      status: 1,
      output: expect.stringContaining('There is no process redis-9; there are sentinel-1,'),
    });
    expect(run('status', '--directory', join(folder, 'nothing'))).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^There is no tier in .*\n$/),
    });
  });

  it('goes down and leaves no process, namespace or bridge', async () => {
    await Promise.all(people.splice(0).map((person) => person.kill()));
    await tier.down({ data: true });
    expect(pids.filter((pid) => runningSince(pid) !== undefined)).toEqual([]);
    for (const machine of tier.layout.machines) {
      expect(existsSync(`/run/netns/${tier.layout.namespaceOf(machine)}`)).toBe(false);
      expect(existsSync(`/etc/netns/${tier.layout.namespaceOf(machine)}`)).toBe(false);
      expect(existsSync(`/sys/class/net/${tier.layout.linkOf(machine)}`)).toBe(false);
    }
    expect(existsSync(`/sys/class/net/${tier.layout.bridge}`)).toBe(false);
    expect(existsSync(tier.layout.directory)).toBe(false);
    expect(existsSync(tier.layout.pageDirectory)).toBe(false);
  });

  /** Of a tier whose every process was killed at once. */
  function leaveRemains(layout: Layout): void {
    const network = new Network(layout);
    network.claim();
    network.addMachines();
    network.cut(1, 0);
  }

  function ask(path: string, headers: Record<string, string> = {}): Promise<{ status: number; upgraded: boolean }> {
    const ca = readFileSync(tier.certificateFile);
    const timeout = 3_000;
    return new Promise((resolve, reject) => {
      const asked = request(new URL(path, tier.url), { ca, headers, timeout, agent: false });
      asked.on('timeout', () => asked.destroy(new Error('no answer')));
      asked.on('response', (response: IncomingMessage) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, upgraded: false });
      });
      asked.on('upgrade', (response: IncomingMessage, socket) => {
        socket.destroy();
        resolve({ status: response.statusCode ?? 0, upgraded: true });
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  async function openSocket(): Promise<number> {
    const upgrade = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
    const key = { 'Sec-WebSocket-Key': Buffer.alloc(16, 7).toString('base64') };
    const { status } = await ask('/socket.io/?EIO=4&transport=websocket', { ...upgrade, ...key });
    return status;
  }
});

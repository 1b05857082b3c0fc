import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { MysqlMachines } from '../rig/mysql-machine.js';
import { balanceOf, orderOf, place, topUp } from '../rig/order-payer.js';
import { befriend as befriendPeople, leave, receive, registerPerson } from '../rig/people.js';
import { befriend, RawPerson } from '../rig/raw-person.js';
import { ServerProcess } from '../rig/server-process.js';

describe('npm run backup and npm run restore', () => {
  const canary = ['what', 'was', 'said', String(Date.now())].join('-');
  const backups = join(mkdtempSync(join(tmpdir(), 'ashwire-backups-')), 'backups');
  let machines: MysqlMachines;
  let server: ServerProcess;
  let alice: RawPerson;
  let bob: RawPerson;

  beforeAll(async () => {
    machines = await MysqlMachines.make();
    await machines.start();
    const { first, second } = machines;
    const hosts = [second.host, first.host];
    const database = { kind: 'mysql', hosts, database: 'ashwire', user: 'ashwire', poolSize: 5, requireSemiSync: true };
    server = await ServerProcess.start(
      { adapters: { database: database as never }, limits: { paymentOrdersPerUser: { points: 1_000 } } },
      { ASHWIRE_DATABASE_PASSWORD: first.password('app') },
    );
    alice = await RawPerson.register(server.url);
    bob = await RawPerson.register(server.url);
    await befriend(alice, bob);
    await topUp(alice, 10_000);
  }, 120_000);

  afterAll(async () => {
    await server.close();
    await machines.close();
    rmSync(join(backups, '..'), { recursive: true, force: true });
  }, 120_000);

  async function run(program: string, ...args: string[]): Promise<{ code: number; said: string }> {
    const secrets = {
      ASHWIRE_BACKUP_PASSWORD_FILE: join(machines.folder, 'passwords', 'backup'),
      ASHWIRE_RESTORE_PASSWORD_FILE: join(machines.folder, 'passwords', 'restore'),
      ASHWIRE_TIER: server.stores.tier,
    };
    const child = spawn(process.execPath, [`dist/src/${program}.js`, ...args], {
      env: { ...process.env, ...server.environment, ...secrets },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, said };
  }
  const done = { code: 0, said: expect.not.stringMatching(/failed|Error/) };
  const backUp = (...args: string[]) => run('operations/backup', '--to', backups, ...args);
  const restore = (...args: string[]) => run('operations/restore', '--from', backups, ...args);
  const balances = async () => [await balanceOf(alice), await balanceOf(bob)];
  async function pay(amount: number): Promise<object> {
    const order = await orderOf(alice, bob, { amount });
    expect((await place(alice, order)).body).toMatchObject({ state: 'posted' });
    return order;
  }
  const filesUnder = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile());
  const holding = (folder: string, text: string): string[] =>
    filesUnder(folder).filter((path) => contentOf(path).includes(text));

  it('bring back all money, and no message was in any file', async () => {
    const [carol, dave] = [await registerPerson(server.url), await registerPerson(server.url)];
    const conversation = await befriendPeople(carol, dave);
    await carol.client.conversation(conversation).send(canary);
    await receive(dave, conversation, canary);

    const orders = [await pay(100)];
    // A backup is taken of one moment, and keeps nobody from paying.
    const [full] = await Promise.all([backUp(), ...Array.from({ length: 5 }, async () => orders.push(await pay(1)))]);
    expect(full).toEqual(done);
    orders.push(await pay(200));
    expect(await backUp('--incremental')).toEqual(done);
    expect(await backUp('--incremental')).toEqual(done);
    const then = await balances();
    await pause(1_100);
    const between = new Date().toISOString().slice(0, 19) + 'Z';
    await pause(1_100);
    // What comes after a promotion is in the log of another server.
    await machines.first.kill();
    expect((await machines.second.run('promote.sh'))[0]).toBe(0);
    await machines.first.inSync();
    orders.push(await pay(400));
    expect(await backUp('--incremental')).toEqual(done);
    const now = await balances();
    await leave(carol, dave);
    await server.kill('SIGTERM');

    for (const path of filesUnder(backups)) expect([path, statSync(path).mode & 0o777]).toEqual([path, 0o600]);
    expect(holding(backups, carol.name).length).toBeGreaterThan(0);
    expect(holding(machines.folder, carol.name).join()).toMatch(/binary-log/);
    for (const folder of [backups, machines.folder]) expect(holding(folder, canary)).toEqual([]);

    expect(await restore()).toMatchObject({ code: 1, said: expect.stringContaining('--force') });
    await machines.second.sql('DROP DATABASE ashwire');
    expect(await restore()).toEqual(done);
    expect(await run('ledger-audit')).toMatchObject({ code: 0, said: expect.stringContaining('all right') });
    await server.launch();
    expect(await balances()).toEqual(now);
    for (const order of orders) expect((await place(alice, order)).body).toMatchObject({ state: 'posted' });
    expect(await balances()).toEqual(now);
    await server.kill('SIGTERM');

    expect(await restore('--until', between, '--force')).toEqual(done);
    await server.launch();
    expect(await balances()).toEqual(then);
    await server.kill('SIGTERM');
    expect(await run('ledger-audit')).toEqual(done);
    expect(await restore('--to-database', 'ashwire_practice')).toEqual(done);
    const practised = '(SELECT COUNT(*) FROM ashwire_practice.payment_order)';
    expect(Number(await machines.second.value(practised))).toBe(orders.length);
    // The standby follows.
    await machines.first.eventually(
      async () => Number(await machines.first.value(practised)) === orders.length,
      'has what was restored',
    );
  }, 240_000);

  it('take nothing that is damaged, missing or not complete', async () => {
    const names = readdirSync(backups).sort();
    const [first = '', second = '', third = ''] = names;
    const file = join(
      backups,
      second,
      readdirSync(join(backups, second)).find((name) => name.startsWith('binary-log')) ?? '',
    );
    const content = readFileSync(file);
    const refusal = async (expected: string): Promise<void> => {
      expect(await restore('--to-database', 'ashwire_other')).toMatchObject({
        code: 1,
        said: expect.stringContaining(expected),
      });
      const databases = await machines.second.sql("SHOW DATABASES LIKE 'ashwire_other'");
      expect(databases).toEqual([]);
    };
    appendFileSync(file, 'x');
    await refusal('is not what was written');
    content[100] = (content[100] ?? 0) ^ 1;
    writeFileSync(file, content);
    await refusal('is not what was written');
    rmSync(file);
    await refusal('is missing');
    content[100] = (content[100] ?? 0) ^ 1;
    writeFileSync(file, content);
    renameSync(join(backups, third), join(backups, '..', third));
    renameSync(join(backups, second), join(backups, '..', second));
    await refusal('A backup between');
    renameSync(join(backups, '..', second), join(backups, second));
    renameSync(join(backups, '..', third), join(backups, third));
    writeFileSync(join(backups, third, 'manifest.json'), '{');
    await refusal('manifest.json cannot be read');
    rmSync(join(backups, third), { recursive: true });
    rmSync(join(backups, first), { recursive: true });
    mkdirSync(join(backups, `partial-${first}`));
    await refusal('There is no full backup');
  }, 120_000);

  it('say what is wrong with what they were told', async () => {
    expect(await run('operations/backup')).toMatchObject({ code: 1, said: expect.stringContaining('--to DIRECTORY') });
    expect(await backUp('--all')).toMatchObject({ code: 1, said: expect.stringContaining('--to DIRECTORY') });
    const empty = mkdtempSync(join(backups, '..', 'empty-'));
    expect(await run('operations/backup', '--to', empty, '--incremental')).toMatchObject({
      code: 1,
      said: expect.stringContaining('full one first'),
    });
    expect(await run('operations/restore', '--from', '/nowhere')).toMatchObject({
      code: 1,
      said: expect.stringContaining('does not exist'),
    });
    expect(await restore('--until', 'yesterday')).toMatchObject({
      code: 1,
      said: expect.stringContaining('time zone'),
    });
    expect(await backUp('--tier', 'embedded2')).toMatchObject({ code: 1, said: expect.stringContaining('no tier') });
    await machines.second.stop('SIGKILL');
    expect(await backUp()).toMatchObject({ code: 1, said: expect.stringContaining('No primary answers') });
    expect(readdirSync(backups).filter((name) => /^\d.*-full$/.test(name))).toEqual([]);
  }, 120_000);
});

const contentOf = (path: string): Buffer =>
  path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path);

import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MysqlDatabase } from '../../src/platform/database/adapters/mysql-database.js';
import { sampleSchema } from '../../src/platform/database/spec/sample.fixture.js';
import { type MysqlMachine, MysqlMachines } from '../rig/mysql-machine.js';
import { Namespaces } from '../rig/namespaces.js';

/** With Keepalived, on machines that are network namespaces: nobody but the files of docker/ decides here. */
describe('the MySQL pair under Keepalived', () => {
  let network: Namespaces;
  let machines: MysqlMachines;
  let keepalived: ChildProcess[];
  let database: MysqlDatabase;
  let said: string;

  const address = (): string => `${network.network}.9`;
  const holders = (): (1 | 2)[] => ([1, 2] as const).filter((id) => network.addressesOf(id).includes(` ${address()}/`));

  function startKeepalived(machine: MysqlMachine): ChildProcess {
    const { id, prefix = [] } = machine.options;
    const [program = '', ...args] = [...prefix, resolve('docker/keepalived/start-keepalived.sh')];
    const other = id === 1 ? 2 : 1;
    const environment = {
      ...{ KEEPALIVED_DIRECTORY: join(machines.folder, `keepalived-${id}`), KEEPALIVED_ADDRESS: network.addressOf(id) },
      ...{ KEEPALIVED_PEER: network.addressOf(other), KEEPALIVED_PRIORITY: String(110 - 10 * id) },
      ...{ KEEPALIVED_PARTS: resolve('docker/mysql/keepalived.conf'), MYSQL_VIRTUAL_ADDRESS: `${address()}/24` },
    };
    const env = { ...process.env, ...machine.environment, ...environment };
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    return child;
  }

  beforeEach(async () => {
    said = '';
    acknowledged.length = 0;
    network = new Namespaces();
    const placeOf = (id: 1 | 2) => ({ address: network.addressOf(id), port: 3306, prefix: network.prefixOf(id) });
    machines = await MysqlMachines.make([placeOf(1), placeOf(2)]);
    const { first, second } = machines;
    for (const machine of [first, second]) machine.start();
    keepalived = [first, second].map(startKeepalived);
    await second.inSync();
    const hosts = [`${address()}:3306`];
    const at = { hosts, database: 'ashwire', user: 'ashwire', password: first.password('app'), poolSize: 8 };
    database = await MysqlDatabase.open({ ...at, requireSemiSync: true }, sampleSchema);
  }, 120_000);

  afterEach(async () => {
    await database.close();
    await Promise.all(
      keepalived.map(async (child) => {
        const gone = once(child, 'close');
        child.kill('SIGTERM');
        await gone;
      }),
    );
    await machines.close();
    network.remove();
  }, 120_000);

  const acknowledged: number[] = [];
  let next = 0;
  const post = async (): Promise<void> => {
    const id = (next += 1);
    await database.securedTransaction((manager) => manager.query('INSERT INTO sample (id) VALUES (?)', [id]));
    acknowledged.push(id);
  };
  /** Resolves with how long nothing was taken. */
  async function postsAgain(): Promise<number> {
    const from = performance.now();
    for (;;) {
      try {
        await post();
        return performance.now() - from;
      } catch {
        if (performance.now() - from > 90_000) throw new Error(`nothing is taken:\n${said}`);
        await pause(100);
      }
    }
  }
  const lost = async (): Promise<number[]> => {
    const rows = await database.read((manager) => manager.query<{ id: number }[]>('SELECT id FROM sample'));
    const kept = new Set(rows.map(({ id }) => id));
    return acknowledged.filter((id) => !kept.has(id));
  };
  async function underLoad(fault: () => Promise<unknown>): Promise<void> {
    let goes = true;
    const writers = Array.from({ length: 6 }, async () => {
      while (goes) await post().catch(() => pause(20));
    });
    const from = acknowledged.length;
    while (acknowledged.length < from + 100) await pause(5);
    await fault();
    await pause(1_000);
    goes = false;
    await Promise.all(writers);
  }

  it('moves its address when the primary is killed, there and back, and loses nothing that was acknowledged', async () => {
    const { first, second } = machines;
    expect(holders()).toEqual([1]);
    for (const [primary, standby, holder] of [
      [first, second, 2],
      [second, first, 1],
    ] as const) {
      await underLoad(() => primary.kill());
      await postsAgain();
      expect(holders()).toEqual([holder]);
      expect(await lost()).toEqual([]);
      await primary.inSync();
      expect(await standby.value('@@read_only')).toEqual(expect.anything());
    }
    // Again at once: whoever is not yet in sync is not promoted, and money waits.
    await underLoad(() => first.kill());
    await second.kill();
    await postsAgain();
    expect(await lost()).toEqual([]);
  }, 280_000);

  it('acknowledges nothing on a primary whose cable is out, and takes it back when it is in again', async () => {
    const { first, second } = machines;
    await underLoad(() => {
      network.plug(1, 'down');
      return Promise.resolve();
    });
    await second.eventually(async () => Number(await second.value('@@read_only')) === 0, 'is promoted');
    const before = Number(await first.value('(SELECT COUNT(*) FROM ashwire.sample)'));
    expect(Number(await first.value('@@read_only'))).toBe(0);
    expect(Number(await first.value('(SELECT COUNT(*) FROM ashwire.sample)'))).toBe(before);
    await database.transaction((manager) => manager.query('INSERT INTO sample (id) VALUES (-1)'));
    network.plug(1, 'up');
    await first.inSync();
    await postsAgain();
    expect(holders()).toEqual([2]);
    expect(await lost()).toEqual([]);
    const count = '(SELECT COUNT(*) FROM ashwire.sample)';
    await first.eventually(async () => (await first.value(count)) === (await second.value(count)), 'has the same');
  }, 180_000);
});

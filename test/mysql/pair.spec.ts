import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { type MysqlMachine, MysqlMachines } from '../rig/mysql-machine.js';

describe('the MySQL pair of docker/mysql', () => {
  let machines: MysqlMachines;
  let first: MysqlMachine;
  let second: MysqlMachine;

  beforeEach(async () => {
    machines = await MysqlMachines.make();
    ({ first, second } = machines);
  });

  afterEach(() => machines.close(), 60_000);

  const login = (machine: MysqlMachine, user: string, password: string) =>
    createConnection({ host: machine.options.address, port: machine.options.port, user, password });
  /** As the application; the number is acknowledged when this resolves. */
  async function write(machine: MysqlMachine, id: number): Promise<number> {
    const connection = await login(machine, 'ashwire', machine.password('app'));
    try {
      await connection.query('INSERT INTO ashwire.sample VALUES (?)', [id]);
      return id;
    } finally {
      await connection.end().catch(() => undefined);
    }
  }
  async function written(machine: MysqlMachine): Promise<number[]> {
    return (await machine.sql('SELECT id FROM ashwire.sample ORDER BY id')).map(({ id }) => Number(id));
  }
  async function start(): Promise<void> {
    await machines.start();
    await first.sql('CREATE TABLE ashwire.sample (id INT PRIMARY KEY)');
  }
  const isPrimary = async (machine: MysqlMachine): Promise<boolean> => Number(await machine.value('@@read_only')) === 0;
  /** It receives nothing from now on, and so acknowledges nothing. */
  const deafen = (machine: MysqlMachine): Promise<unknown> => machine.sql('STOP SLAVE IO_THREAD');
  const refused = expect.stringContaining('not ');

  it('has accounts that can do what they are for and no more, and root over the socket alone', async () => {
    await start();
    const accounts = await first.sql('SELECT user, host FROM mysql.global_priv ORDER BY user, host');
    expect(accounts.map(({ user, host }) => `${String(user)}@${String(host)}`)).toEqual([
      ...[
        'ashwire@%',
        'backup@%',
        'mariadb.sys@localhost',
        'monitor@%',
        'replication@%',
        'restore@%',
        'root@localhost',
      ],
    ]);
    await expect(login(first, 'root', '')).rejects.toThrow('Access denied');
    await expect(login(first, '', '')).rejects.toThrow('Access denied');
    const app = await login(first, 'ashwire', first.password('app'));
    for (const forbidden of ['SET GLOBAL read_only = 0', 'CREATE DATABASE other', 'SELECT * FROM pair.term']) {
      await expect(app.query(forbidden)).rejects.toThrow(/denied/);
    }
    app.destroy();
    const files = readdirSync(first.directory, { recursive: true, encoding: 'utf8' });
    const secret = first.password('app');
    expect(files.filter((file) => !file.startsWith('socket') && contains(join(first.directory, file), secret))).toEqual(
      [],
    );
  }, 90_000);

  it('has one primary after both were killed at once, with everything', async () => {
    await start();
    for (let id = 1; id <= 20; id += 1) await write(first, id);
    await Promise.all([first.kill(), second.kill()]);
    await Promise.all([first.isUp(), second.isUp()]);
    expect([await isPrimary(first), await isPrimary(second)]).toEqual([false, false]);
    const [[one], [two]] = await Promise.all([first.run('promote.sh'), second.run('promote.sh')]);
    expect([one, two]).toEqual([0, 1]);
    await second.inSync();
    expect(await write(first, 21)).toBe(21);
    expect(await written(second)).toHaveLength(21);
  }, 120_000);

  it('loses nothing acknowledged when a primary is killed under load, and takes it back as a standby, twice', async () => {
    await start();
    const acknowledged: number[] = [];
    let next = 0;
    const writer = async (machine: MysqlMachine): Promise<void> => {
      for (;;) acknowledged.push(await write(machine, (next += 1)));
    };
    for (const [primary, standby] of [
      [first, second],
      [second, first],
    ] as const) {
      const writers = Array.from({ length: 8 }, () => writer(primary).catch(() => undefined));
      const from = acknowledged.length;
      while (acknowledged.length < from + 200) await pause(5);
      await primary.kill();
      await Promise.all(writers);
      expect(await standby.run('promote.sh')).toEqual([0, expect.stringContaining('is primary')]);
      const kept = new Set(await written(standby));
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
      await primary.inSync();
      expect(await written(primary)).toEqual(await written(standby));
    }
  }, 180_000);

  it('takes back what a killed primary had logged and told nobody', async () => {
    await start();
    await write(first, 1);
    await deafen(second);
    const unheard = write(first, 2).catch(() => 'no answer');
    await first.eventually(async () => /0-1-\d+/.test(String(await first.value('@@gtid_binlog_pos'))), 'logs');
    await pause(500);
    await first.kill();
    expect(await unheard).toBe('no answer');
    expect(await second.run('promote.sh')).toEqual([0, expect.anything()]);
    await first.inSync();
    expect(first.log).toContain('Successfully truncated binlog file');
    await write(second, 3);
    await first.eventually(async () => (await written(first)).length === 2, 'follows');
    expect([await written(first), await written(second)]).toEqual([
      [1, 3],
      [1, 3],
    ]);
  }, 120_000);

  it('acknowledges nothing on a primary that was left alone, not even when it is ended, and takes it back', async () => {
    await start();
    await write(first, 1);
    await deafen(second);
    let answers = 0;
    const waiting = [2, 3].map((id) =>
      write(first, id).then(
        () => (answers += 1),
        () => 'no answer',
      ),
    );
    // The other side is promoted without being able to tell it.
    await second.run('promote.sh');
    expect(await isPrimary(second)).toBe(true);
    await write(second, 4);
    expect(await Promise.all(waiting)).toEqual(['no answer', 'no answer']);
    expect(answers).toBe(0);
    await first.inSync();
    expect([await written(first), await written(second)]).toEqual([
      [1, 4],
      [1, 4],
    ]);
    await deafen(first);
    const last = write(second, 5).then(
      () => (answers += 1),
      () => 'no answer',
    );
    await pause(500);
    await second.stop();
    expect([await last, answers]).toEqual(['no answer', 0]);
  }, 120_000);

  it('refuses a server that has what the primary never had, until it is rebuilt', async () => {
    await start();
    await write(first, 1);
    // What it only has in its relay log, it asks the primary for again when it starts.
    await second.inSync();
    await second.stop('SIGKILL');
    const alone = write(first, 2).catch(() => 'no answer');
    await pause(500);
    // So that it is visible without the standby.
    await first.sql('SET GLOBAL rpl_semi_sync_master_enabled = 0');
    await alone;
    await first.stop();
    second.start();
    await second.isUp();
    expect(await second.run('promote.sh')).toEqual([1, refused]);
    expect(await second.run('promote.sh', '--force')).toEqual([0, expect.anything()]);
    await write(second, 3);
    first.start();
    await first.eventually(() => Promise.resolve(first.output.includes('NOT A STANDBY')), 'is found out');
    expect(await first.run('check-mysql.sh')).toEqual([1, refused]);
    expect(await first.run('promote.sh')).toEqual([1, refused]);
    expect(await second.run('rebuild-standby.sh')).toEqual([1, refused]);
    expect(await first.run('rebuild-standby.sh')).toEqual([0, expect.anything()]);
    await first.inSync();
    expect(await written(first)).toEqual([1, 3]);
    expect((await first.run('check-mysql.sh'))[0]).toBe(0);
    // What it was made from it can pass on.
    await second.kill();
    expect((await first.run('promote.sh'))[0]).toBe(0);
    await second.inSync();
    expect(await write(first, 4)).toBe(4);
    expect(await written(second)).toEqual([1, 3, 4]);
  }, 180_000);

  it('never promotes a standby that the primary has gone on without', async () => {
    await start();
    await second.stop('SIGKILL');
    await first.sql('SET GLOBAL rpl_semi_sync_master_enabled = 0');
    await write(first, 1);
    await first.stop('SIGKILL');
    second.start();
    await second.isUp();
    expect(await second.run('check-mysql.sh')).toEqual([1, refused]);
    expect(await second.run('promote.sh')).toEqual([1, refused]);
    first.start();
    await first.isUp();
    expect(await second.run('promote.sh')).toEqual([1, refused]);
    expect((await first.run('promote.sh'))[0]).toBe(0);
    await second.inSync();
    expect(await written(second)).toEqual([1]);
  }, 120_000);

  it('does not apply again what a standby had logged and not noted when it was killed', async () => {
    await start();
    await write(first, 1);
    await second.inSync();
    const logged = String(await second.value('@@gtid_binlog_pos'));
    const [domain, server, sequence] = logged.split('-').map(Number);
    const root = await createConnection({ socketPath: join(second.directory, 'socket'), user: 'root' });
    for (const statement of [
      'STOP SLAVE',
      'SET sql_log_bin = 0',
      'DELETE FROM mysql.gtid_slave_pos',
      `INSERT INTO mysql.gtid_slave_pos VALUES (${domain}, 1, ${server}, ${Number(sequence) - 1})`,
    ]) {
      await root.query(statement);
    }
    root.destroy();
    await second.kill();
    await second.isUp();
    await second.inSync();
    await write(first, 2);
    expect(await written(second)).toEqual([1, 2]);
  }, 120_000);

  it('forgets that a standby had everything before the primary may go on without it', async () => {
    await start();
    expect((await second.run('check-mysql.sh'))[0]).toBe(0);
    await deafen(second);
    await second.sql('UPDATE pair.in_sync SET at = NOW() - INTERVAL 46 MINUTE');
    expect(await second.run('check-mysql.sh')).toEqual([1, refused]);
    const hour = Number(await first.value('@@rpl_semi_sync_master_timeout'));
    expect(hour).toBeGreaterThan(45 * 60_000);
  }, 90_000);

  it('hands over to a standby that has everything, and stays when there is none', async () => {
    await start();
    expect(await first.run('demote.sh')).toEqual([0, expect.stringContaining('no more the primary')]);
    expect(await isPrimary(first)).toBe(false);
    expect((await first.run('promote.sh'))[0]).toBe(1);
    expect((await second.run('promote.sh'))[0]).toBe(0);
    await first.inSync();
    await first.stop('SIGKILL');
    expect(await second.run('demote.sh')).toEqual([0, expect.stringContaining('stays as it is')]);
    expect(await isPrimary(second)).toBe(true);
  }, 120_000);
});

function contains(file: string, text: string): boolean {
  try {
    return readFileSync(file).includes(text);
  } catch {
    return false;
  }
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { type MysqlMachine, MysqlMachines } from '../rig/mysql-machine.js';
import { deafen, isPrimary, login, start, write, written } from './numbers.js';

describe('the MySQL pair of docker/mysql', () => {
  let machines: MysqlMachines;
  let first: MysqlMachine;
  let second: MysqlMachine;

  beforeEach(async () => {
    machines = await MysqlMachines.make();
    ({ first, second } = machines);
  });

  afterEach(() => machines.close(), 60_000);

  it('has accounts that can do what they are for and no more, and root over the socket alone', async () => {
    await start(machines);
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

  it('keeps its temporary tables while another server of the same machine starts', async () => {
    await start(machines);
    const session = await createConnection({ socketPath: join(first.directory, 'socket'), user: 'root' });
    await session.query('SET sql_log_bin = 0');
    await session.query('CREATE TEMPORARY TABLE ashwire.kept (text TEXT) ENGINE = Aria');
    await second.kill();
    await second.isUp();
    await session.query('DROP TEMPORARY TABLE ashwire.kept');
    session.destroy();
  }, 60_000);

  it('has one primary after both were killed at once, with everything', async () => {
    await start(machines);
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
    await start(machines);
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
    await start(machines);
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
    await start(machines);
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
});

function contains(file: string, text: string): boolean {
  try {
    return readFileSync(file).includes(text);
  } catch {
    return false;
  }
}

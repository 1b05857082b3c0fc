import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { MariadbServer } from '../rig/mariadb-server.js';

describe('docker/mysql/server.cnf', () => {
  let server: MariadbServer;
  let login: { host: string; port: number; user: string; password: string; database: string };

  beforeAll(async () => {
    server = await MariadbServer.start({ settings: ['--server-id=1', '--read-only=0'] });
    const { database, user, password } = await server.createDatabase();
    login = { host: '127.0.0.1', port: server.port, user, password, database };
  }, 60_000);
  afterAll(() => server.close());

  const holding = (text: string): string[] =>
    readdirSync(server.directory, { recursive: true, encoding: 'utf8' })
      .map((name) => join(server.directory, name))
      .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text));

  it.each([
    ['innodb_flush_log_at_trx_commit', 1],
    ['sync_binlog', 1],
    ['log_bin', 1],
    ['binlog_format', 'ROW'],
    ['binlog_row_image', 'FULL'],
    ['binlog_checksum', 'CRC32'],
    ['log_slave_updates', 1],
    ['gtid_strict_mode', 1],
    ['binlog_expire_logs_seconds', 14 * 86_400],
    ['rpl_semi_sync_slave_enabled', 1],
    ['rpl_semi_sync_master_enabled', 0],
    ['rpl_semi_sync_master_wait_point', 'AFTER_SYNC'],
    ['rpl_semi_sync_master_wait_no_slave', 1],
    ['rpl_semi_sync_master_timeout', 3_600_000],
    ['relay_log_recovery', 1],
    ['skip_name_resolve', 1],
  ])('sets %s to %s', async (name, value) => {
    expect(await server.sql(`SELECT @@global.${name} AS value`)).toEqual([{ value }]);
  });

  it('writes no statement into any file, only rows', async () => {
    const connection = await createConnection(login);
    const [spoken, kept] = [`spoken-${Date.now()}`, `kept-${Date.now()}`];
    await connection.query('CREATE TABLE noted (value VARCHAR(40))');
    await connection.query(`INSERT /* ${spoken} */ INTO noted VALUES (?)`, [kept]);
    await connection.query(`SELECT SLEEP(0.1), '${spoken}'`);
    await connection.query(`SELECT '${spoken}' FROM`).catch(() => undefined);
    await server.sql('FLUSH LOGS');
    expect(holding(kept).join()).toMatch(/binary-log/);
    expect(holding(spoken)).toEqual([]);
    await connection.end();
  });

  it('takes a whole transaction back when a lock wait is given up', async () => {
    const [one, other] = [await createConnection(login), await createConnection(login)];
    await one.query('CREATE TABLE waited (id INT PRIMARY KEY, amount INT)');
    await one.query('INSERT INTO waited VALUES (1, 0), (2, 0)');
    await one.query('START TRANSACTION');
    await one.query('UPDATE waited SET amount = 1 WHERE id = 1');
    await other.query('SET SESSION innodb_lock_wait_timeout = 1');
    await other.query('START TRANSACTION');
    await other.query('UPDATE waited SET amount = 1 WHERE id = 2');
    await expect(other.query('UPDATE waited SET amount = 2 WHERE id = 1')).rejects.toThrow('Lock wait timeout');
    await other.query('COMMIT');
    await one.query('COMMIT');
    expect((await one.query('SELECT amount FROM waited ORDER BY id'))[0]).toEqual([{ amount: 1 }, { amount: 0 }]);
    await Promise.all([one.end(), other.end()]);
  });

  it('refuses what does not fit, and tells ids apart by case, without being asked to', async () => {
    const connection = await createConnection(login);
    await server.sql('CREATE DATABASE IF NOT EXISTS plain');
    expect(
      await server.sql(
        "SELECT default_collation_name AS c FROM information_schema.schemata WHERE schema_name = 'plain'",
      ),
    ).toEqual([{ c: 'utf8mb4_bin' }]);
    await connection.query('CREATE TABLE narrow (value VARCHAR(2))');
    await expect(connection.query("INSERT INTO narrow VALUES ('abc')")).rejects.toThrow('Data too long');
    await connection.end();
  });

  it('takes no transaction whose number comes too late', async () => {
    await expect(server.sql('SET STATEMENT gtid_seq_no = 1 FOR CREATE DATABASE late')).rejects.toThrow(/out-of-order/);
  });
});

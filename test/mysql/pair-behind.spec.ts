import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { type MysqlMachine, MysqlMachines } from '../rig/mysql-machine.js';
import { deafen, isPrimary, start, write, written } from './numbers.js';

const refused = expect.stringContaining('not ');
/** Compared with, so that a failure shows what it was. */
const said = expect.any(String);

describe('the MySQL pair of docker/mysql, when one side may be behind', () => {
  let machines: MysqlMachines;
  let first: MysqlMachine;
  let second: MysqlMachine;

  beforeEach(async () => {
    machines = await MysqlMachines.make();
    ({ first, second } = machines);
  });

  afterEach(() => machines.close(), 60_000);

  it('refuses a server that has what the primary never had, until it is rebuilt', async () => {
    await start(machines);
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
    expect(await second.run('promote.sh', '--force')).toEqual([0, said]);
    await write(second, 3);
    first.start();
    await first.eventually(() => Promise.resolve(first.output.includes('NOT A STANDBY')), 'is found out');
    expect(await first.run('check-mysql.sh')).toEqual([1, refused]);
    expect(await first.run('promote.sh')).toEqual([1, refused]);
    expect(await second.run('rebuild-standby.sh')).toEqual([1, refused]);
    expect(await first.run('rebuild-standby.sh')).toEqual([0, said]);
    await first.inSync();
    expect(await written(first)).toEqual([1, 3]);
    expect(await first.run('check-mysql.sh')).toEqual([0, said]);
    // What it was made from it can pass on.
    await second.kill();
    expect(await first.run('promote.sh')).toEqual([0, said]);
    await second.inSync();
    expect(await write(first, 4)).toBe(4);
    expect(await written(second)).toEqual([1, 3, 4]);
  }, 180_000);

  it('never promotes a standby that the primary has gone on without', async () => {
    await start(machines);
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
    expect(await first.run('promote.sh')).toEqual([0, said]);
    await second.inSync();
    expect(await written(second)).toEqual([1]);
  }, 120_000);

  it('asks again who was too slow to answer, and refuses when that does not help', async () => {
    for (const machine of [first, second]) machine.start();
    await Promise.all([first.isUp(), second.isUp()]);
    second.signal('SIGSTOP');
    expect(await first.run('promote.sh')).toEqual([1, refused]);
    const promotion = first.run('promote.sh');
    // Longer than it waits for one answer.
    await pause(3_000);
    second.signal('SIGCONT');
    expect(await promotion).toEqual([0, said]);
    await second.inSync();
  }, 90_000);

  it('does not apply again what a standby had logged and not noted when it was killed', async () => {
    await start(machines);
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
    await start(machines);
    expect(await second.run('check-mysql.sh')).toEqual([0, said]);
    await deafen(second);
    await second.sql('UPDATE pair.in_sync SET at = NOW() - INTERVAL 46 MINUTE');
    expect(await second.run('check-mysql.sh')).toEqual([1, refused]);
    const hour = Number(await first.value('@@rpl_semi_sync_master_timeout'));
    expect(hour).toBeGreaterThan(45 * 60_000);
  }, 90_000);

  it('hands over to a standby that has everything, and stays when there is none', async () => {
    await start(machines);
    expect(await first.run('demote.sh')).toEqual([0, expect.stringContaining('no more the primary')]);
    expect(await isPrimary(first)).toBe(false);
    expect(await first.run('promote.sh')).toEqual([1, refused]);
    expect(await second.run('promote.sh')).toEqual([0, said]);
    await first.inSync();
    await first.stop('SIGKILL');
    expect(await second.run('demote.sh')).toEqual([0, expect.stringContaining('stays as it is')]);
    expect(await isPrimary(second)).toBe(true);
  }, 120_000);
});

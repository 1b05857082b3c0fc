import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MariadbDatabase } from '../../../../test/rig/mariadb-server.js';
import { MariadbPair } from '../../../../test/rig/mariadb-pair.js';
import { sampleSchema } from '../spec/sample.fixture.js';
import { MysqlDatabase } from './mysql-database.js';

const UNAVAILABLE = { code: 'UNAVAILABLE' };

describe('MysqlDatabase on a primary and its standby', () => {
  let pair: MariadbPair;
  let at: MariadbDatabase;
  let database: MysqlDatabase;
  let outages: unknown[];

  beforeEach(async () => {
    pair = await MariadbPair.start();
    at = await pair.primary.createDatabase();
    outages = [];
    const options = { ...at, hosts: [pair.primary.host, pair.standby.host], poolSize: 10, requireSemiSync: true };
    database = await MysqlDatabase.open({ ...options, onOutage: (cause) => outages.push(cause) }, sampleSchema);
  }, 60_000);

  afterEach(async () => {
    await database.close();
    await pair.close();
  }, 60_000);

  let runs = 0;
  const insert = (id: number): Promise<unknown> =>
    database.securedTransaction((manager) => {
      runs += 1;
      return manager.query('INSERT INTO sample (id) VALUES (?)', [id]);
    });

  it('does secured work only while the standby follows, and at once again when it is back', async () => {
    await insert(1);
    await pair.standby.kill('SIGTERM');
    await pair.hasStandbys(0);
    const before = runs;
    await expect(insert(2)).rejects.toMatchObject(UNAVAILABLE);
    expect([runs, outages]).toEqual([before, ['no standby follows this server semi-synchronously']]);
    await pair.standby.launch();
    await pair.hasStandbys(1);
    await insert(3);
    await pair.primary.sql('SET GLOBAL rpl_semi_sync_master_enabled = 0');
    await expect(insert(4)).rejects.toMatchObject(UNAVAILABLE);
    const rows = await database.read((manager) => manager.query<unknown[]>('SELECT id FROM sample ORDER BY id'));
    expect(rows).toEqual([{ id: 1 }, { id: 3 }]);
  });

  it('loses nothing that it has committed when the primary is killed and the standby promoted', async () => {
    const committed: number[] = [];
    let next = 0;
    const write = async (): Promise<void> => {
      for (;;) {
        const id = (next += 1);
        await insert(id);
        committed.push(id);
      }
    };
    const writers = Array.from({ length: 8 }, () => write().catch((error: unknown) => error));
    while (committed.length < 300) await new Promise((resolve) => setTimeout(resolve, 5));
    await pair.primary.kill('SIGKILL');
    const ends = await Promise.all(writers);
    for (const end of ends) expect(end).toMatchObject(UNAVAILABLE);
    const from = performance.now();
    await pair.promote();
    let rows: { id: number }[] = [];
    while (rows.length === 0) {
      rows = await database.read((manager) => manager.query<{ id: number }[]>('SELECT id FROM sample')).catch(() => []);
    }
    expect(performance.now() - from).toBeLessThan(10_000);
    const kept = new Set(rows.map(({ id }) => id));
    expect(committed.filter((id) => !kept.has(id))).toEqual([]);
    // Not for money until it has a standby of its own; for the rest it is the primary.
    await expect(insert(-1)).rejects.toMatchObject(UNAVAILABLE);
    await database.transaction((manager) => manager.query('INSERT INTO sample (id) VALUES (-2)'));
  });
});

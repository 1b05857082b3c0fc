import { beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type MariadbDatabase, MariadbServer } from '../../../../test/rig/mariadb-server.js';
import { describeDatabaseContract } from '../database.contract.js';
import { describeOnMariadb } from '../spec/databases.fixture.js';
import { sampleSchema } from '../spec/sample.fixture.js';
import { MysqlDatabase } from './mysql-database.js';
import type { MysqlOptions } from './mysql-options.js';

const UNAVAILABLE = { code: 'UNAVAILABLE', retryable: true };

describeOnMariadb((open, server) => {
  describeDatabaseContract(() => open(sampleSchema));

  describe('MysqlDatabase', () => {
    let at: MariadbDatabase;
    let database: MysqlDatabase;
    const start = (hosts: readonly string[] = [at.host], poolSize = 5): Promise<MysqlDatabase> =>
      MysqlDatabase.open({ ...at, hosts, poolSize, requireSemiSync: false }, sampleSchema);
    const insert = (id: number, content = String(id)): Promise<unknown> =>
      database.transaction((manager) =>
        manager.query('INSERT INTO sample VALUES (?, ?, ?)', [id, content, 2 ** 53 - 1]),
      );

    beforeEach(async () => {
      at = await server().createDatabase();
      database = await start();
    });

    it('tells ids apart by case, in every table', async () => {
      await insert(1, 'abc');
      await insert(2, 'ABC');
      const collations = await server().sql(
        `SELECT DISTINCT collation_name AS name FROM information_schema.columns
         WHERE table_schema = '${at.database}' AND table_name IN ('sample', 'migration_step') AND collation_name IS NOT NULL`,
      );
      expect(collations).toEqual([{ name: 'utf8mb4_bin' }]);
      const rows = await database.read((manager) =>
        manager.query<{ same: number }[]>("SELECT 'a' = 'A' AS same, COLLATION('a') AS collation"),
      );
      expect(rows).toEqual([{ same: 0, collation: 'utf8mb4_bin' }]);
      await database.close();
    });

    it('gives amounts as numbers, and refuses what does not fit', async () => {
      await insert(1);
      const [row] = await database.read((manager) => manager.query<object[]>('SELECT amount FROM sample'));
      expect(row).toEqual({ amount: 2 ** 53 - 1 });
      await expect(insert(2, 'x'.repeat(41))).rejects.toThrow('Data too long');
      await database.close();
    });

    it('runs work again after a deadlock, and after waiting too long for a row', async () => {
      await insert(1);
      await insert(2);
      let runs = 0;
      const both = (first: number): Promise<void> =>
        database.transaction(async (manager) => {
          runs += 1;
          await manager.query('UPDATE sample SET amount = amount - 1 WHERE id = ?', [first]);
          await pause(50);
          await manager.query('UPDATE sample SET amount = amount - 1 WHERE id = ?', [3 - first]);
        });
      await Promise.all([both(1), both(2)]);
      expect(runs).toBeGreaterThan(2);
      const slow = database.transaction(async (manager) => {
        await manager.query('UPDATE sample SET amount = amount - 1 WHERE id = 1');
        await pause(3_500);
      });
      await pause(50);
      await Promise.all([slow, both(1)]);
      const rows = await database.read((manager) => manager.query<object[]>('SELECT amount FROM sample ORDER BY id'));
      expect(rows).toEqual([{ amount: 2 ** 53 - 5 }, { amount: 2 ** 53 - 4 }]);
      await database.close();
    });

    it('lets only so many wait for a connection, and not for ever', async () => {
      await database.close();
      database = await start([at.host], 1);
      const sleep = (seconds: number): Promise<unknown> =>
        database.read((manager) => manager.query('SELECT SLEEP(?)', [seconds]));
      const results = await Promise.allSettled(Array.from({ length: 60 }, () => sleep(0.01)));
      const refused = results.filter(({ status }) => status === 'rejected');
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.length).toBeLessThan(15);
      for (const result of refused) expect(result).toMatchObject({ reason: UNAVAILABLE });
      const [long, tooLong] = [sleep(5.5), sleep(0)];
      await expect(tooLong).rejects.toMatchObject(UNAVAILABLE);
      await long;
      await sleep(0);
      await database.close();
    });

    it('waits for what is running when it is closed', async () => {
      const running = database.transaction(async (manager) => {
        await pause(100);
        return manager.query<object[]>('SELECT 1 AS one');
      });
      await database.close();
      expect(await running).toEqual([{ one: 1 }]);
    });

    it('says at the start what is wrong', async () => {
      await database.close();
      await expect(
        MysqlDatabase.open(
          { ...at, hosts: [at.host], poolSize: 1, requireSemiSync: false, password: 'no' },
          sampleSchema,
        ),
      ).rejects.toThrow('Access denied');
      await expect(start(['127.0.0.1:1'])).rejects.toThrow('ECONNREFUSED');
    });
  });
});

describe('MysqlDatabase over TLS', () => {
  /** What it says to a server that has a self-made certificate for `name`. */
  async function over(name: string, tests: (at: MysqlOptions, authorities: string) => Promise<void>): Promise<void> {
    const server = await MariadbServer.start();
    let secure: MariadbServer | undefined;
    try {
      const [key, certificate] = [join(server.directory, 'key.pem'), join(server.directory, 'certificate.pem')];
      const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
      const named = [
        '-subj',
        `/CN=${name}`,
        '-addext',
        `subjectAltName=DNS:${name}`,
        '-days',
        '1',
        '-out',
        certificate,
      ];
      execFileSync('openssl', ['req', '-x509', ...made, ...named], { stdio: 'ignore' });
      await server.kill('SIGTERM');
      const { directory, port } = server;
      const settings = [
        `--ssl-key=${key}`,
        `--ssl-cert=${certificate}`,
        '--require-secure-transport=1',
        '--read-only=0',
      ];
      secure = await MariadbServer.start({ directory, port, settings });
      const hosts = [`localhost:${port}`];
      const at = { ...(await secure.createDatabase()), hosts, poolSize: 2, requireSemiSync: false };
      await tests(at, readFileSync(certificate, 'utf8'));
    } finally {
      await secure?.close();
      await server.close();
    }
  }

  it('takes a server whose certificate its authorities have signed, and encrypts', () =>
    over('localhost', async (at, authorities) => {
      const database = await MysqlDatabase.open({ ...at, tls: { authorities } }, sampleSchema);
      const rows = database.read((manager) => manager.query<object[]>("SHOW STATUS LIKE 'Ssl_cipher'"));
      expect(await rows).toEqual([{ Variable_name: 'Ssl_cipher', Value: expect.stringMatching(/\w/) }]);
      await database.close();
      await expect(MysqlDatabase.open(at, sampleSchema)).rejects.toThrow('Access denied');
      await expect(MysqlDatabase.open({ ...at, tls: {} }, sampleSchema)).rejects.toThrow(/self-signed/);
    }));

  it('does not take a certificate for another name', () =>
    over('elsewhere.example', async (at, authorities) => {
      await expect(MysqlDatabase.open({ ...at, tls: { authorities } }, sampleSchema)).rejects.toThrow(/altnames/);
    }));
});

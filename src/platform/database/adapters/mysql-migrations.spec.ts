import { beforeEach, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { MariadbDatabase } from '../../../../test/rig/mariadb-server.js';
import { describeOnMariadb } from '../spec/databases.fixture.js';
import { MysqlDatabase } from './mysql-database.js';

/** Steps of one migration; `broken` makes the statement at that place one that fails. */
function migration(statements: readonly string[], broken?: number): new () => MigrationInterface {
  return class implements MigrationInterface {
    readonly name = 'Steps1700000000001';
    async up(runner: QueryRunner): Promise<void> {
      for (const [index, statement] of statements.entries()) {
        await runner.query(index === broken ? 'BREAK' : statement);
      }
    }
    async down(runner: QueryRunner): Promise<void> {
      await runner.query('DROP TABLE one');
    }
  };
}

const STEPS = [
  'CREATE TABLE one (id int NOT NULL PRIMARY KEY, n int NOT NULL)',
  'INSERT INTO one VALUES (1, 0)',
  'UPDATE one SET n = n + 1',
  'ALTER TABLE one ADD COLUMN more int NOT NULL DEFAULT 0',
  'CREATE INDEX one_more ON one (more)',
  'ALTER TABLE one DROP COLUMN n',
];

describeOnMariadb((_open, server) => {
  let at: MariadbDatabase;
  beforeEach(async () => {
    at = await server().createDatabase();
  });

  const start = async (statements: readonly string[], broken?: number): Promise<void> => {
    const schema = { rows: [], migrations: [migration(statements, broken)] };
    await (await MysqlDatabase.open({ ...at, hosts: [at.host], poolSize: 2, requireSemiSync: false }, schema)).close();
  };
  const rows = (table: string): Promise<unknown> => server().sql(`SELECT * FROM ${at.database}.${table}`);

  it('runs each migration once, on nodes that start at once too', async () => {
    await Promise.all(Array.from({ length: 5 }, () => start(STEPS)));
    await start(STEPS);
    expect(await rows('one')).toEqual([{ id: 1, more: 0 }]);
    expect(await rows('migrations')).toHaveLength(1);
  });

  it('goes on with the statement at which it stopped', async () => {
    for (const broken of STEPS.keys()) {
      await expect(start(STEPS, broken)).rejects.toThrow(`Steps1700000000001 stopped at its statement ${broken + 1}`);
      if (broken === 3) expect(await rows('one')).toEqual([{ id: 1, n: 1 }]);
    }
    await start(STEPS);
    expect(await rows('one')).toEqual([{ id: 1, more: 0 }]);
  });

  it('takes a statement for done that was, when its node ended before it was counted', async () => {
    for (const done of [1, 4, 5, 6]) {
      await start(STEPS, done).catch(() => undefined);
      await server().sql(`UPDATE ${at.database}.migration_step SET done = ${done - 1}, failed = 0`);
      await server().sql(`DELETE FROM ${at.database}.migrations`);
    }
    await start(STEPS);
    expect(await rows('one')).toEqual([{ id: 1, more: 0 }]);
  });

  it('does not take a table of somebody else for its own', async () => {
    await server().sql(`CREATE TABLE ${at.database}.one (other int)`);
    for (let tries = 0; tries < 3; tries += 1) await expect(start(STEPS)).rejects.toThrow('already exists');
  });
});

import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { DatabaseSchema } from '../database.port.js';
import { MysqlConnections } from './mysql-connections.js';
import { dataSourceOptions, type MysqlOptions } from './mysql-options.js';

const TABLE_OPTIONS = ' ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
/** So many statements of a migration are `done`; the one with the number `failed` was refused, so it is not. */
const STEPS_TABLE = `CREATE TABLE IF NOT EXISTS migration_step (
  name varchar(255) NOT NULL PRIMARY KEY, done int NOT NULL DEFAULT 0, failed int NOT NULL DEFAULT 0)`;
const LOCK = "CONCAT('ashwire-', MD5(DATABASE()))";
const LOCK_WAIT_SECONDS = 600;
/** The table, column or key is there already; the table, column or key to drop is not. */
const DONE_ALREADY: readonly unknown[] = [1050, 1060, 1061, 1051, 1091];

/**
 * Brings the tables up to date, one node at a time. MySQL commits before and after every statement that changes a table, so a
 * migration cannot be rolled back; instead each of its statements is counted, and the next start goes on with the one that is
 * missing. Statements that change rows are counted in their own transaction, hence run once. Every table is made binary: ids
 * and keys differ by case.
 */
export async function migrate(
  options: MysqlOptions,
  { host, port }: { readonly host: string; readonly port: number },
  migrations: DatabaseSchema['migrations'],
): Promise<void> {
  const unhurried = { ...options, poolSize: 2, statementTimeoutMs: 0 };
  const dataSource = new DataSource({
    ...dataSourceOptions(unhurried, new MysqlConnections([`${host}:${port}`])),
    migrations: migrations.map(resumable),
  });
  await dataSource.initialize();
  const lock = dataSource.createQueryRunner();
  try {
    const [taken] = await lock.manager.query<{ taken: unknown }[]>(
      `SELECT GET_LOCK(${LOCK}, ${LOCK_WAIT_SECONDS}) AS taken`,
    );
    if (Number(taken?.taken) !== 1) throw new Error('Another node has been changing the tables for 10 minutes.');
    await lock.query(STEPS_TABLE + TABLE_OPTIONS);
    await dataSource.runMigrations({ transaction: 'none' });
    await lock.query(`DO RELEASE_LOCK(${LOCK})`);
  } finally {
    await lock.release();
    // Ends the connection, and with it the lock.
    await dataSource.destroy();
  }
}

function resumable(Migration: new () => object): new () => MigrationInterface {
  const migration = new Migration() as MigrationInterface;
  const name = migration.name ?? Migration.name;
  return class implements MigrationInterface {
    readonly name = name;

    async up(runner: QueryRunner): Promise<void> {
      const steps = await MigrationSteps.of(name, runner);
      await migration.up(
        new Proxy(runner, {
          get: (target, property) =>
            property === 'query' ? (sql: string) => steps.run(sql) : (Reflect.get(target, property) as unknown),
        }),
      );
    }

    async down(runner: QueryRunner): Promise<void> {
      await migration.down(runner);
      await runner.query('DELETE FROM migration_step WHERE name = ?', [name]);
    }
  };
}

/** A migration consists of statements that need no answer. */
class MigrationSteps {
  private step = 0;

  private constructor(
    private readonly name: string,
    private readonly runner: QueryRunner,
    private readonly done: number,
    /** Undefined for a migration that has not begun. */
    private readonly failed: number | undefined,
  ) {}

  static async of(name: string, runner: QueryRunner): Promise<MigrationSteps> {
    const select = 'SELECT done, failed FROM migration_step WHERE name = ?';
    const [row] = await runner.manager.query<{ done: number; failed: number }[]>(select, [name]);
    if (!row) await runner.query('INSERT INTO migration_step (name) VALUES (?)', [name]);
    return new MigrationSteps(name, runner, row?.done ?? 0, row?.failed);
  }

  async run(sql: string): Promise<void> {
    const step = (this.step += 1);
    if (step <= this.done) return;
    try {
      await this.runner.startTransaction();
      await this.execute(sql, step);
      await this.runner.query('UPDATE migration_step SET done = ? WHERE name = ?', [step, this.name]);
      await this.runner.commitTransaction();
    } catch (cause) {
      await this.runner.rollbackTransaction();
      await this.runner.query('UPDATE migration_step SET failed = ? WHERE name = ?', [step, this.name]);
      throw new Error(
        `Migration ${this.name} stopped at its statement ${step}: ${String(cause)}. What it did before stays; the next start goes on from there.`,
        { cause },
      );
    }
  }

  private async execute(sql: string, step: number): Promise<void> {
    try {
      await this.runner.query(/^\s*CREATE TABLE/i.test(sql) ? sql + TABLE_OPTIONS : sql);
    } catch (error) {
      const { errno } = (error as { driverError?: { errno?: unknown } }).driverError ?? {};
      if (!this.mayBeDone(step) || !DONE_ALREADY.includes(errno)) throw error;
    }
  }
  /** The node that ran it may have ended before it was counted. */
  private mayBeDone(step: number): boolean {
    return step === this.done + 1 && this.failed !== undefined && this.failed !== step;
  }
}

import { Mutex } from 'async-mutex';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataSource, type EntityManager } from 'typeorm';
import { DomainError } from '../../../shared/domain-error.js';
import { Database, type DatabaseSchema } from '../database.port.js';
import { OuterTransaction } from './outer-transaction.js';

interface RawSqlite {
  pragma(statement: string): unknown;
}

/**
 * One file, one connection. TypeORM would let two transactions that overlap in time share that connection and so roll each
 * other back (seen: the insert of a committed transaction was gone), and reads would see uncommitted rows; the mutex makes
 * them take turns. `secure_delete` overwrites what is deleted, so that a removed row is in no file.
 */
export class SqliteDatabase extends Database {
  private readonly turns = new Mutex();
  private readonly outer = new OuterTransaction();

  private constructor(private readonly dataSource: DataSource) {
    super();
  }

  /** Opens the file (`:memory:` for none), creates it if need be, and brings its tables up to date. */
  static async open(file: string, schema: DatabaseSchema): Promise<SqliteDatabase> {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const dataSource = new DataSource({
      type: 'better-sqlite3',
      database: file,
      entities: [...schema.rows],
      migrations: [...schema.migrations],
      migrationsRun: true,
      migrationsTransactionMode: 'each',
      prepareDatabase: (connection: RawSqlite) => {
        connection.pragma('journal_mode = TRUNCATE');
        connection.pragma('synchronous = FULL');
        connection.pragma('foreign_keys = ON');
        connection.pragma('secure_delete = ON');
      },
    });
    await dataSource.initialize();
    return new SqliteDatabase(dataSource);
  }

  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const manager = this.outer.manager;
    return manager ? work(manager) : this.turns.runExclusive(() => work(this.dataSource.manager));
  }

  lookUp<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.read(work);
  }

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const manager = this.outer.manager;
    if (manager) return work(manager);
    return this.turns.runExclusive(() => this.dataSource.transaction((inner) => this.outer.run(inner, work)));
  }

  securedTransaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.transaction(work);
  }

  async ping(): Promise<void> {
    try {
      await this.lookUp((manager) => manager.query('SELECT 1'));
    } catch {
      throw new DomainError('UNAVAILABLE');
    }
  }

  async close(): Promise<void> {
    await this.turns.runExclusive(() => this.dataSource.destroy());
  }
}

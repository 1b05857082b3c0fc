import type { PoolConnection } from 'mysql2';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { DomainError } from '../../../shared/domain-error.js';
import { Database, type DatabaseSchema } from '../database.port.js';
import { MysqlConnections } from './mysql-connections.js';
import { isConflict, isOutage, isOutageAtStart, isRefused, isRefusedAtStart, PoolExhausted } from './mysql-errors.js';
import { migrate } from './mysql-migrations.js';
import { dataSourceOptions, type MysqlOptions } from './mysql-options.js';
import { hasStandby } from './mysql-semi-sync.js';
import { OuterTransaction } from './outer-transaction.js';

const ATTEMPTS = 8;
const PAUSE_MS = 10;
const REPORT_EVERY_MS = 5_000;
const CONNECTION_WAIT_MS = 5_000;

/**
 * Transactions at READ COMMITTED on connections of a pool, each run again as a whole after a deadlock. A read sees one moment
 * and writes nothing. Whatever a statement was waiting for when its connection broke is unknown, a COMMIT too: that is UNAVAILABLE
 * and never run again here, so callers have keys that make a repetition harmless. MySQL does not overwrite what is deleted.
 */
export class MysqlDatabase extends Database {
  private readonly outer = new OuterTransaction();
  private readonly running = new Set<Promise<unknown>>();
  private reportedAt = -Infinity;
  private isClosed = false;

  private constructor(
    private readonly dataSource: DataSource,
    private readonly connections: MysqlConnections,
    private readonly options: MysqlOptions,
  ) {
    super();
  }

  /** Connects to the primary among the hosts and brings the tables up to date. Throws the driver's error where it cannot. */
  static async open(options: MysqlOptions, schema: DatabaseSchema): Promise<MysqlDatabase> {
    const connections = new MysqlConnections(options.hosts);
    const dataSource = new DataSource({ ...dataSourceOptions(options, connections), entities: [...schema.rows] });
    const database = new MysqlDatabase(dataSource, connections, options);
    await database.initialize();
    try {
      await (await database.begin(() => Promise.resolve())).release();
      await migrate(options, connections.address, schema.migrations);
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const { manager } = this.outer;
    if (manager) return work(manager);
    const snapshot = (runner: QueryRunner): Promise<unknown> => runner.query('START TRANSACTION READ ONLY');
    return this.whileRunning(
      this.once(snapshot, async (runner) => {
        const result = await work(runner.manager);
        await runner.query('COMMIT');
        return result;
      }),
    );
  }

  /** Two round trips less than a transaction. */
  lookUp<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const { manager } = this.outer;
    if (manager) return work(manager);
    return this.whileRunning(this.lookUpNow(work));
  }

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const { manager } = this.outer;
    if (manager) return work(manager);
    const readCommitted = (runner: QueryRunner): Promise<unknown> => runner.startTransaction('READ COMMITTED');
    return this.whileRunning(
      this.again(() =>
        this.once(readCommitted, async (runner) => {
          const result = await this.outer.run(runner.manager, work);
          await runner.commitTransaction();
          return result;
        }),
      ),
    );
  }

  securedTransaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.transaction(async (manager) => {
      if (this.options.requireSemiSync && !(await hasStandby(manager))) {
        throw this.unavailable('no standby follows this server semi-synchronously');
      }
      return work(manager);
    });
  }

  async ping(): Promise<void> {
    try {
      await this.lookUp((manager) => manager.query('SELECT 1'));
    } catch {
      throw new DomainError('UNAVAILABLE');
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled(this.running);
    await this.dataSource.destroy();
  }

  private async initialize(): Promise<void> {
    for (let left = this.connections.tries; ; left -= 1) {
      try {
        return void (await this.dataSource.initialize());
      } catch (error) {
        if (left === 0 || !isOutageAtStart(error)) throw error;
        this.connections.leave(this.connections.address);
      }
    }
  }

  private async again<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isConflict(error)) throw error;
        if (tries === ATTEMPTS) throw this.unavailable(error);
      }
      await pause(Math.random() * PAUSE_MS * 2 ** tries);
    }
  }

  private async once<T>(
    start: (runner: QueryRunner) => Promise<unknown>,
    work: (runner: QueryRunner) => Promise<T>,
  ): Promise<T> {
    const runner = await this.opened(start);
    try {
      return await work(runner);
    } catch (error) {
      await this.undo(runner, error);
      throw isOutage(error) || isRefused(error) ? this.unavailable(error) : error;
    } finally {
      await runner.release();
    }
  }

  private async lookUpNow<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const found: T[] = [];
    const look = async ({ manager }: QueryRunner): Promise<unknown> => found.push(await work(manager));
    await (await this.opened(look)).release();
    return found[0] as T;
  }

  private async opened(start: (runner: QueryRunner) => Promise<unknown>): Promise<QueryRunner> {
    if (this.isClosed) throw new DomainError('UNAVAILABLE');
    return this.begin(start).catch((error: unknown) => {
      throw isOutageAtStart(error) || isRefusedAtStart(error) ? this.unavailable(error) : error;
    });
  }

  /** Tries again what has failed before anything was written: no harm can come of it. */
  private async begin(start: (runner: QueryRunner) => Promise<unknown>): Promise<QueryRunner> {
    for (let left = this.connections.tries; ; left -= 1) {
      const runner = this.dataSource.createQueryRunner();
      let { address } = this.connections;
      let connection: PoolConnection | undefined;
      try {
        connection = await connected(runner);
        address = this.connections.addressOf(connection);
        await this.connections.prepare(connection);
        await start(runner);
        return runner;
      } catch (error) {
        if (connection) this.connections.discard(connection);
        await runner.release();
        if (!isOutageAtStart(error)) throw error;
        this.connections.leave(address);
        if (left === 0) throw error;
      }
    }
  }

  /** A connection whose transaction may still be open must not go to anybody else. */
  private async undo(runner: QueryRunner, error: unknown): Promise<void> {
    const connection = (await runner.connect()) as PoolConnection;
    if (isOutage(error)) {
      this.connections.discard(connection);
      this.connections.leave(this.connections.addressOf(connection));
      return;
    }
    await runner.query('ROLLBACK').catch(() => this.connections.discard(connection));
  }

  private unavailable(cause: unknown): DomainError {
    const now = performance.now();
    if (now - this.reportedAt >= REPORT_EVERY_MS) {
      this.reportedAt = now;
      this.options.onOutage?.(cause);
    }
    return new DomainError('UNAVAILABLE');
  }

  private whileRunning<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.running.delete(tracked));
    this.running.add(tracked);
    return tracked;
  }
}

async function connected(runner: QueryRunner): Promise<PoolConnection> {
  const connecting = runner.connect() as Promise<PoolConnection>;
  const late = new AbortController();
  const tooLong = pause(CONNECTION_WAIT_MS, undefined, { signal: late.signal }).then(() => {
    void connecting.then(
      (connection) => connection.release(),
      () => undefined,
    );
    throw new PoolExhausted('no connection to the database is free');
  });
  try {
    return await Promise.race([connecting, tooLong]);
  } catch (error) {
    const isOfPool = error instanceof Error && ['Queue limit reached.', 'Pool is closed.'].includes(error.message);
    throw isOfPool ? new PoolExhausted(error.message) : error;
  } finally {
    late.abort();
    tooLong.catch(() => undefined);
  }
}

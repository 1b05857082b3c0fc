import type { EntityManager } from 'typeorm';

/**
 * SQL for the adapters of the modules. A transaction is atomic, whatever the driver gives: a rollback takes nothing of another
 * one with it. Its isolation is READ COMMITTED: what it goes by it holds, by a write that asks (`UPDATE … WHERE`, a unique key) or
 * a row that all who decide the same write first. Work may be run again after a deadlock, so it must not have effects outside
 * of the manager it is given, nor go on after an error of it. Errors of the work pass through unchanged, after the rollback;
 * UNAVAILABLE means that the database did not answer, and only a key can tell whether it has committed.
 *
 * What runs inside of a transaction's work takes part in it, reads and transactions alike: so the stores of two modules change
 * together or not at all. Work must await what it starts.
 */
export abstract class Database {
  /** Reads and does not write; sees what is committed, all of it as of one moment. */
  abstract read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** The same for one statement, which is a moment of its own: work that makes a second one sees another. */
  abstract lookUp<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  abstract transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /**
   * For money. Where the tier has a standby: UNAVAILABLE, and no work, unless what is committed outlives the loss of this server.
   */
  abstract securedTransaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** Throws UNAVAILABLE when the database does not answer. */
  abstract ping(): Promise<void>;
  abstract close(): Promise<void>;
}

/** What a module brings to the database. */
export interface DatabaseSchema {
  readonly rows: readonly (new () => object)[];
  readonly migrations: readonly (new () => object)[];
}

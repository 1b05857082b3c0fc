import type { EntityManager } from 'typeorm';

/**
 * SQL for the adapters of the modules. A transaction is atomic and isolated from every other, whatever the driver gives: a
 * rollback takes nothing of another one with it. Work may be run again after a deadlock, so it must not have effects outside
 * of the manager it is given. Errors of the work pass through unchanged, after the rollback.
 *
 * What runs inside of a transaction's work takes part in it, reads and transactions alike: so the stores of two modules change
 * together or not at all. Work must await what it starts.
 */
export abstract class Database {
  /** Reads; sees only what is committed. */
  abstract read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  abstract transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** Throws UNAVAILABLE when the database does not answer. */
  abstract ping(): Promise<void>;
  abstract close(): Promise<void>;
}

/** What a module brings to the database. */
export interface DatabaseSchema {
  readonly rows: readonly (new () => object)[];
  readonly migrations: readonly (new () => object)[];
}

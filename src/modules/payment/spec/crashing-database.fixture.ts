import type { EntityManager } from 'typeorm';
import { Database } from '../../../platform/database/database.port.js';

export type CrashPoint = 'never' | 'before-commit' | 'after-commit';

export class Crash extends Error {}

/**
 * A database whose process dies at the point that is set: what was not committed is gone, and nobody gets an answer. For one
 * caller at a time.
 */
export class CrashingDatabase extends Database {
  crash: CrashPoint = 'never';
  private isOpen = false;

  constructor(private readonly database: Database) {
    super();
  }

  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.read(work);
  }

  lookUp<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.lookUp(work);
  }

  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (this.isOpen) return this.database.transaction(work);
    this.isOpen = true;
    const result = await this.database
      .transaction((manager) => this.orCrash(work(manager)))
      .finally(() => (this.isOpen = false));
    if (this.crash === 'after-commit') throw new Crash();
    return result;
  }

  securedTransaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.transaction(work);
  }

  private async orCrash<T>(work: Promise<T>): Promise<T> {
    const result = await work;
    if (this.crash === 'before-commit') throw new Crash();
    return result;
  }

  ping(): Promise<void> {
    return this.database.ping();
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';

/** The transaction that the running work is inside of, so that what it starts takes part in it. */
export class OuterTransaction {
  private readonly scopes = new AsyncLocalStorage<{ manager: EntityManager | undefined }>();
  private running = 0;

  get manager(): EntityManager | undefined {
    return this.scopes.getStore()?.manager;
  }

  /** Work that started something and did not wait for it must not have that write into the transaction after its end. */
  run<T>(manager: EntityManager, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const scope: { manager: EntityManager | undefined } = { manager };
    this.running += 1;
    return this.scopes.run(scope, () => work(manager)).finally(() => this.end(scope));
  }

  private end(scope: { manager: EntityManager | undefined }): void {
    scope.manager = undefined;
    this.running -= 1;
    // While a storage is in use, Node 20 runs a hook for every promise of the process; disabling it ends all its contexts.
    if (this.running === 0) this.scopes.disable();
  }
}

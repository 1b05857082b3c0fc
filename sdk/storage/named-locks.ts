import { Mutex } from 'async-mutex';

/** One mutex per name, first come, first served, within one process. A name that nobody uses takes no memory. */
export class NamedLocks {
  private readonly locks = new Map<string, { readonly mutex: Mutex; users: number }>();

  async run<T>(name: string, action: () => Promise<T>): Promise<T> {
    const lock = this.locks.get(name) ?? { mutex: new Mutex(), users: 0 };
    this.locks.set(name, lock);
    lock.users++;
    try {
      return await lock.mutex.runExclusive(action);
    } finally {
      lock.users--;
      if (lock.users === 0) this.locks.delete(name);
    }
  }
}

import {
  ClientStorage,
  keyOfChange,
  requireStorageKey,
  type StorageChange,
  type StoredEntry,
} from '../client-storage.port.js';
import { NamedLocks } from '../named-locks.js';
import { StorageError } from '../storage-error.js';

/** For tests and clients that shall forget. "Durable" ends with the object; nothing is encrypted, as nothing leaves memory. */
export class MemoryStorage extends ClientStorage {
  private entries = new Map<string, Uint8Array>();
  private readonly locks = new NamedLocks();
  private closed = false;

  /** With `previous`, what a closed storage held: a client that restarts. */
  static open(previous?: MemoryStorage): MemoryStorage {
    const storage = new MemoryStorage();
    if (previous !== undefined) storage.entries = new Map(previous.entries);
    return storage;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    requireStorageKey(key);
    return Promise.resolve(this.openEntries().get(key)?.slice());
  }

  async list(prefix: string): Promise<StoredEntry[]> {
    const found = [...this.openEntries()].filter(([key]) => key.startsWith(prefix));
    found.sort(([left], [right]) => (left < right ? -1 : 1));
    return Promise.resolve(found.map(([key, value]) => ({ key, value: value.slice() })));
  }

  async commit(changes: readonly StorageChange[]): Promise<void> {
    const next = new Map(this.openEntries());
    for (const change of changes) {
      requireStorageKey(keyOfChange(change));
      if ('put' in change) next.set(change.put, change.value.slice());
      else next.delete(change.delete);
    }
    this.entries = next;
    return Promise.resolve();
  }

  async exclusive<T>(name: string, action: () => Promise<T>): Promise<T> {
    this.openEntries();
    return this.locks.run(name, action);
  }

  async wipe(): Promise<void> {
    for (const value of this.entries.values()) value.fill(0);
    this.entries = new Map();
    return this.close();
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  private openEntries(): Map<string, Uint8Array> {
    if (this.closed) throw new StorageError('STORAGE_CLOSED', 'the storage is closed');
    return this.entries;
  }
}

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { endOfPrefix, type StorageChange, type StoredEntry } from '../client-storage.port.js';
import { EncryptedStorage } from '../encrypted-storage.js';
import { NamedLocks } from '../named-locks.js';
import { RawStore } from '../raw-store.js';
import { StorageError } from '../storage-error.js';

interface ClientDatabase extends DBSchema {
  entries: { key: string; value: Uint8Array };
  keys: { key: string; value: CryptoKey };
}

const DATA_KEY = 'data-key';
/** Where there is no `navigator.locks`: one set of locks per page, shared by all storages of the same name. */
const FALLBACK_LOCKS = new NamedLocks();

/** A ClientStorage in the browser. @throws what IndexedDB throws when the browser denies it. */
export async function openIndexedDbStorage(name: string): Promise<EncryptedStorage> {
  return EncryptedStorage.open(await IndexedDbStore.open(name));
}

/**
 * Entries and the data key in one database. The key is a CryptoKey that no script can export; the browser keeps it in its own
 * profile. Locks are the origin's (`navigator.locks`), so that they hold between tabs.
 */
export class IndexedDbStore extends RawStore {
  private constructor(
    private readonly name: string,
    private readonly database: IDBPDatabase<ClientDatabase>,
    private readonly connection: { closed: boolean },
  ) {
    super();
  }

  static async open(name: string): Promise<IndexedDbStore> {
    const connection = { closed: false };
    const database = await openDB<ClientDatabase>(name, 1, {
      upgrade(upgraded) {
        upgraded.createObjectStore('entries');
        upgraded.createObjectStore('keys');
      },
      // Another tab wipes: give way, or its deletion waits for this tab.
      blocking(_current, _blocked, event) {
        connection.closed = true;
        (event.target as IDBDatabase).close();
      },
      terminated() {
        connection.closed = true;
      },
    });
    return new IndexedDbStore(name, database, connection);
  }

  async openDataKey(): Promise<CryptoKey> {
    const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const transaction = this.openDatabase().transaction(['entries', 'keys'], 'readwrite', { durability: 'strict' });
    const keys = transaction.objectStore('keys');
    const existing = await keys.get(DATA_KEY);
    if (existing === undefined) {
      await Promise.all([transaction.objectStore('entries').clear(), keys.put(fresh, DATA_KEY)]);
    }
    await transaction.done;
    return existing ?? fresh;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.openDatabase().get('entries', key);
  }

  async list(prefix: string): Promise<StoredEntry[]> {
    const range = IDBKeyRange.bound(prefix, endOfPrefix(prefix), false, true);
    const transaction = this.openDatabase().transaction('entries');
    const [keys, values] = await Promise.all([transaction.store.getAllKeys(range), transaction.store.getAll(range)]);
    return keys.flatMap((key, index) => {
      const value = values[index];
      return value === undefined ? [] : [{ key, value }];
    });
  }

  async commit(changes: readonly StorageChange[]): Promise<void> {
    const transaction = this.openDatabase().transaction('entries', 'readwrite', { durability: 'strict' });
    const requests: Promise<unknown>[] = [transaction.done];
    try {
      for (const change of changes) {
        if ('put' in change) requests.push(transaction.store.put(change.value, change.put));
        else requests.push(transaction.store.delete(change.delete));
      }
    } catch (error) {
      transaction.abort();
      await Promise.allSettled(requests);
      throw error;
    }
    await Promise.all(requests);
  }

  async exclusive<T>(name: string, action: () => Promise<T>): Promise<T> {
    const fullName = `ashwire/${this.name}/${name}`;
    const locks = (globalThis.navigator as Navigator | undefined)?.locks;
    if (locks === undefined) return FALLBACK_LOCKS.run(fullName, action);
    return locks.request(fullName, action);
  }

  async destroy(): Promise<void> {
    const database = await openDB<ClientDatabase>(this.name, undefined, {});
    if (database.objectStoreNames.contains('keys')) {
      const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' });
      await Promise.all([transaction.store.clear(), transaction.done]);
    }
    database.close();
    await this.close();
    await deleteDatabase(this.name);
  }

  close(): Promise<void> {
    this.connection.closed = true;
    this.database.close();
    return Promise.resolve();
  }

  private openDatabase(): IDBPDatabase<ClientDatabase> {
    if (this.connection.closed)
      throw new StorageError('STORAGE_CLOSED', 'the storage was closed or wiped in another tab');
    return this.database;
  }
}

async function deleteDatabase(name: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () =>
      reject(request.error ?? new StorageError('STORAGE_IN_USE', 'the storage cannot be deleted'));
  });
}

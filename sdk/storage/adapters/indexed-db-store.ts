import type { IDBPObjectStore, IDBPTransaction } from 'idb';
import { endOfPrefix, type StorageChange, type StoredEntry } from '../client-storage.port.js';
import { NamedLocks } from '../named-locks.js';
import {
  type Argon2idCost,
  ARGON2ID_COST,
  type LockedKey,
  type MadeKey,
  makeKey,
  unlockKey,
} from '../passphrase-lock.js';
import { RawStore } from '../raw-store.js';
import { StorageError } from '../storage-error.js';
import { type ClientDatabase, DatabaseConnection, deleteDatabase, forgetKeys } from './client-database.js';

type Stores = ['entries', 'keys'];
type Transaction = IDBPTransaction<ClientDatabase, Stores, 'readwrite'>;
type Keys = IDBPObjectStore<ClientDatabase, Stores, 'keys', 'readwrite'>;
type Entries = IDBPObjectStore<ClientDatabase, Stores, 'entries', 'readwrite'>;

/** Where `locked` is, it counts. Another key has another id; that of a first version has none. */
interface StoredKey {
  readonly id: string | undefined;
  readonly key?: CryptoKey | undefined;
  readonly locked?: LockedKey | undefined;
}

const STORES: Stores = ['entries', 'keys'];
const DATA_KEY = 'data-key';
const LOCKED_KEY = 'locked-key';
const KEY_ID = 'key-id';
/** Where there is no `navigator.locks`: one set of locks per page, shared by all storages of the same name. */
const FALLBACK_LOCKS = new NamedLocks();

/**
 * Entries and the data key in one database. The key is a CryptoKey that no script can export, kept by the browser in its own
 * profile, or with a passphrase only locked. Locks are the origin's (`navigator.locks`), so that they hold between tabs.
 * Each transaction looks first whether the key is still the one this was opened with: nobody writes under a key that is gone.
 */
export class IndexedDbStore extends RawStore {
  private keyId: string | undefined;

  private constructor(
    private readonly name: string,
    private readonly connection: DatabaseConnection,
    private readonly cost: Argon2idCost,
  ) {
    super();
  }

  /** @throws StorageError STORAGE_DENIED */
  static async open(name: string, cost: Argon2idCost = ARGON2ID_COST): Promise<IndexedDbStore> {
    return new IndexedDbStore(name, await DatabaseConnection.open(name), cost);
  }

  /** Resolves when the storage was wiped, thrown away by the browser, or given another key, and not from here. */
  get lost(): Promise<void> {
    return this.connection.lost;
  }

  /**
   * With a passphrase only that one opens the key, and a key that is made here gets it.
   * @throws StorageError STORAGE_LOCKED, WRONG_PASSPHRASE, BAD_PASSPHRASE
   */
  async openDataKey(passphrase?: string): Promise<CryptoKey> {
    const stored = (await this.findKey()) ?? (await this.storeFirstKey(await makeKey(passphrase, this.cost)));
    const dataKey = await unlocked(stored, passphrase);
    this.keyId = stored.id;
    return dataKey;
  }

  async isLocked(): Promise<boolean> {
    return (await this.findKey())?.locked !== undefined;
  }

  /** The key that will take the place of the one that `current` opens. @throws as `openDataKey`. */
  async makeNextKey(current: string | undefined, next: string | undefined): Promise<MadeKey> {
    const stored = await this.findKey();
    if (!stored || stored.id !== this.keyId) throw this.gone();
    await unlocked(stored, current);
    return makeKey(next, this.cost);
  }

  /** All entries as in `next`, under its key, or nothing. False when somebody has written since `seen` was read. */
  async replace(seen: readonly StoredEntry[], next: readonly StoredEntry[], made: MadeKey): Promise<boolean> {
    const id = crypto.randomUUID();
    const isReplaced = await this.transact('readwrite', async (transaction) => {
      const entries = transaction.objectStore('entries');
      if (!isSame(seen, await listed(entries))) return false;
      const puts = next.map(
        ({ key, value }) =>
          () =>
            entries.put(value, key),
      );
      await all([...puts, ...puttingKey(transaction.objectStore('keys'), id, made)]);
      return true;
    });
    if (isReplaced) this.keyId = id;
    return isReplaced;
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.transact('readonly', (transaction) => transaction.objectStore('entries').get(key));
  }

  list(prefix: string): Promise<StoredEntry[]> {
    const range = IDBKeyRange.bound(prefix, endOfPrefix(prefix), false, true);
    return this.transact('readonly', (transaction) => listed(transaction.objectStore('entries'), range));
  }

  async commit(changes: readonly StorageChange[]): Promise<void> {
    await this.transact('readwrite', async (transaction) => {
      const entries = transaction.objectStore('entries');
      const requests = changes.map((change) => (): Promise<unknown> => {
        return 'put' in change ? entries.put(change.value, change.put) : entries.delete(change.delete);
      });
      await all(requests);
    });
  }

  async exclusive<T>(name: string, action: () => Promise<T>): Promise<T> {
    const fullName = `ashwire/${this.name}/${name}`;
    const locks = (globalThis.navigator as Navigator | undefined)?.locks;
    if (locks === undefined) return FALLBACK_LOCKS.run(fullName, action);
    return locks.request(fullName, action);
  }

  async destroy(): Promise<void> {
    await forgetKeys(this.name);
    await this.close();
    await deleteDatabase(this.name);
  }

  close(): Promise<void> {
    this.connection.close();
    return Promise.resolve();
  }

  private async findKey(): Promise<StoredKey | undefined> {
    const transaction = this.begin('readonly');
    const [stored] = await Promise.all([storedKey(transaction.objectStore('keys')), transaction.done]);
    return stored;
  }

  /** Another tab may have been first: then its key. Without a key nothing could read the entries (a wipe was cut off). */
  private async storeFirstKey(made: MadeKey): Promise<StoredKey> {
    const id = crypto.randomUUID();
    const transaction = this.begin('readwrite');
    const keys = transaction.objectStore('keys');
    const existing = await storedKey(keys);
    const clear = (): Promise<void> => transaction.objectStore('entries').clear();
    if (!existing) await all([clear, ...puttingKey(keys, id, made)]);
    await transaction.done;
    return existing ?? { id, ...made };
  }

  private begin(mode: 'readonly' | 'readwrite'): Transaction {
    return this.connection.database.transaction(STORES, mode as 'readwrite', { durability: 'strict' });
  }

  private async transact<T>(mode: 'readonly' | 'readwrite', action: (on: Transaction) => Promise<T>): Promise<T> {
    const transaction = this.begin(mode);
    const ending = transaction.done.catch((error: unknown) => error);
    try {
      if ((await transaction.objectStore('keys').get(KEY_ID)) !== this.keyId) throw this.gone();
      const result = await action(transaction);
      await transaction.done;
      return result;
    } catch (error) {
      abort(transaction);
      const isFull = [error, await ending].some(isQuotaExceeded);
      throw isFull ? new StorageError('STORAGE_FULL', undefined, { cause: error }) : error;
    }
  }

  private gone(): StorageError {
    this.connection.lose();
    return new StorageError('STORAGE_CLOSED');
  }
}

/** Begins all of them, also when one throws at once; resolves when all have succeeded. */
async function all(requests: readonly (() => Promise<unknown>)[]): Promise<void> {
  await Promise.all(requests.map(async (request) => request()));
}

async function storedKey(keys: Keys): Promise<StoredKey | undefined> {
  const [id, key, locked] = await Promise.all([keys.get(KEY_ID), keys.get(DATA_KEY), keys.get(LOCKED_KEY)]);
  if (key === undefined && locked === undefined) return undefined;
  return { id, key, locked } as StoredKey;
}

function puttingKey(keys: Keys, id: string, { key, locked }: MadeKey): (() => Promise<unknown>)[] {
  const put = (): Promise<unknown> => (locked ? keys.put(locked, LOCKED_KEY) : keys.put(key, DATA_KEY));
  return [put, () => keys.delete(locked ? DATA_KEY : LOCKED_KEY), () => keys.put(id, KEY_ID)];
}

async function unlocked({ key, locked }: StoredKey, passphrase: string | undefined): Promise<CryptoKey> {
  if (locked && passphrase === undefined) throw new StorageError('STORAGE_LOCKED');
  if (locked && passphrase !== undefined) return unlockKey(locked, passphrase);
  if (!key || passphrase !== undefined) throw new StorageError('WRONG_PASSPHRASE', 'no passphrase is set');
  return key;
}

async function listed(entries: Entries, range?: IDBKeyRange): Promise<StoredEntry[]> {
  const [keys, values] = await Promise.all([entries.getAllKeys(range), entries.getAll(range)]);
  return keys.flatMap((key, index) => {
    const value = values[index];
    return value === undefined ? [] : [{ key, value }];
  });
}

function isSame(left: readonly StoredEntry[], right: readonly StoredEntry[]): boolean {
  const isEqual = ({ key, value }: StoredEntry, other: StoredEntry | undefined): boolean =>
    key === other?.key && value.length === other.value.length && value.every((byte, at) => byte === other.value[at]);
  return left.length === right.length && left.every((entry, index) => isEqual(entry, right[index]));
}

function isQuotaExceeded(error: unknown): boolean {
  return (error as { name?: unknown } | undefined)?.name === 'QuotaExceededError';
}

function abort(transaction: Transaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}

import { EncryptedStorage } from '../encrypted-storage.js';
import { type Argon2idCost, requirePassphrase } from '../passphrase-lock.js';
import { IndexedDbStore } from './indexed-db-store.js';

export { wipeIndexedDbStorage } from './client-database.js';

export interface IndexedDbOptions {
  /** 8 to 256 characters. A new storage gets it; one that has another, or none, does not open with it. */
  readonly passphrase?: string;
  /** Of a passphrase that is set: a cheap one for tests, which must not wait for what slows down guessing. */
  readonly unsafeTestingCost?: Argon2idCost;
}

/**
 * A ClientStorage in the browser.
 * @throws StorageError STORAGE_DENIED; STORAGE_LOCKED when it has a passphrase and none is given; WRONG_PASSPHRASE; BAD_PASSPHRASE
 */
export async function openIndexedDbStorage(name: string, options: IndexedDbOptions = {}): Promise<IndexedDbStorage> {
  const store = await IndexedDbStore.open(name, options.unsafeTestingCost);
  try {
    return await IndexedDbStorage.unlock(store, options.passphrase);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** With a passphrase the data key is stored only as what Argon2id of the passphrase opens. */
export class IndexedDbStorage extends EncryptedStorage {
  private constructor(
    private readonly indexedDb: IndexedDbStore,
    dataKey: CryptoKey,
  ) {
    super(indexedDb, dataKey);
  }

  static async unlock(store: IndexedDbStore, passphrase: string | undefined): Promise<IndexedDbStorage> {
    return new IndexedDbStorage(store, await store.openDataKey(passphrase));
  }

  /** Resolves when it was closed by others: wiped or given another passphrase in another tab, thrown away by the browser. */
  get lost(): Promise<void> {
    return this.indexedDb.lost;
  }

  hasPassphrase(): Promise<boolean> {
    return this.indexedDb.isLocked();
  }

  /**
   * Sets, changes or (with `next` undefined) removes it. Everything is encrypted anew under a new key, at once or not at all;
   * commits wait meanwhile. Whoever has the same storage open in another worker finds it closed.
   * @throws StorageError STORAGE_LOCKED and WRONG_PASSPHRASE for `current`, BAD_PASSPHRASE for `next`
   */
  async changePassphrase(current: string | undefined, next: string | undefined): Promise<void> {
    if (next !== undefined) requirePassphrase(next);
    await this.exclusive('passphrase', async () => {
      const made = await this.indexedDb.makeNextKey(current, next);
      await this.changeKey(made.key, (seen, sealed) => this.indexedDb.replace(seen, sealed, made));
    });
  }
}

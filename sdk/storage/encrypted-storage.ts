import {
  ClientStorage,
  keyOfChange,
  requireStorageKey,
  type StorageChange,
  type StoredEntry,
} from './client-storage.port.js';
import type { RawStore } from './raw-store.js';
import { StorageError } from './storage-error.js';

const VERSION = 1;
const NONCE_BYTES = 12;
const HEADER_BYTES = 1 + NONCE_BYTES;

/**
 * Values in AES-256-GCM: version byte, random nonce, ciphertext. The key name is authenticated, so that a value cannot be
 * moved to another key. Not protected: that somebody puts an old copy of the whole store back.
 */
export class EncryptedStorage extends ClientStorage {
  private closed = false;
  private lastCommit: Promise<void> = Promise.resolve();

  private constructor(
    private readonly store: RawStore,
    private readonly dataKey: CryptoKey,
  ) {
    super();
  }

  static async open(store: RawStore): Promise<EncryptedStorage> {
    return new EncryptedStorage(store, await store.openDataKey());
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    requireStorageKey(key);
    const sealed = await this.openStore().get(key);
    return sealed === undefined ? undefined : this.unseal(key, sealed);
  }

  async list(prefix: string): Promise<StoredEntry[]> {
    const entries = await this.openStore().list(prefix);
    return Promise.all(entries.map(async ({ key, value }) => ({ key, value: await this.unseal(key, value) })));
  }

  /** Sealing takes a moment; commits still happen in the order in which they were called. */
  async commit(changes: readonly StorageChange[]): Promise<void> {
    const store = this.openStore();
    changes.forEach((change) => requireStorageKey(keyOfChange(change)));
    const sealing = Promise.all(changes.map((change) => this.seal(change)));
    const previous = this.lastCommit;
    const writing = Promise.all([sealing, previous]).then(([sealed]) => store.commit(sealed));
    this.lastCommit = writing.catch(() => undefined);
    await writing;
  }

  exclusive<T>(name: string, action: () => Promise<T>): Promise<T> {
    return this.openStore().exclusive(name, action);
  }

  async wipe(): Promise<void> {
    this.closed = true;
    await this.lastCommit;
    await this.store.destroy();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.lastCommit;
    await this.store.close();
  }

  private openStore(): RawStore {
    if (this.closed) throw new StorageError('STORAGE_CLOSED', 'the storage is closed');
    return this.store;
  }

  private async seal(change: StorageChange): Promise<StorageChange> {
    if ('delete' in change) return change;
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sealed = await crypto.subtle.encrypt(
      parameters(change.put, nonce),
      this.dataKey,
      new Uint8Array(change.value),
    );
    const value = new Uint8Array(HEADER_BYTES + sealed.byteLength);
    value[0] = VERSION;
    value.set(nonce, 1);
    value.set(new Uint8Array(sealed), HEADER_BYTES);
    return { put: change.put, value };
  }

  private async unseal(key: string, sealed: Uint8Array): Promise<Uint8Array> {
    try {
      if (sealed[0] !== VERSION) throw new RangeError('another version');
      const nonce = new Uint8Array(sealed.subarray(1, HEADER_BYTES));
      const ciphertext = new Uint8Array(sealed.subarray(HEADER_BYTES));
      return new Uint8Array(await crypto.subtle.decrypt(parameters(key, nonce), this.dataKey, ciphertext));
    } catch (error) {
      throw new StorageError('STORAGE_DAMAGED', `the stored value of ${key} cannot be read`, { cause: error });
    }
  }
}

function parameters(key: string, nonce: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(key) };
}

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
  private lastKeyChange: Promise<void> = Promise.resolve();

  protected constructor(
    private readonly store: RawStore,
    private dataKey: CryptoKey,
  ) {
    super();
  }

  static async open(store: RawStore): Promise<EncryptedStorage> {
    return new EncryptedStorage(store, await store.openDataKey());
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    requireStorageKey(key);
    const store = this.openStore();
    return this.underOneKey(async (dataKey) => {
      const sealed = await store.get(key);
      return sealed === undefined ? undefined : unseal(dataKey, key, sealed);
    });
  }

  async list(prefix: string): Promise<StoredEntry[]> {
    const store = this.openStore();
    return this.underOneKey(async (dataKey) => {
      const entries = await store.list(prefix);
      return Promise.all(entries.map(async ({ key, value }) => ({ key, value: await unseal(dataKey, key, value) })));
    });
  }

  /** Sealing takes a moment; commits still happen in the order in which they were called. */
  async commit(changes: readonly StorageChange[]): Promise<void> {
    const store = this.openStore();
    changes.forEach((change) => requireStorageKey(keyOfChange(change)));
    const copies = changes.map((change) =>
      'put' in change ? { put: change.put, value: new Uint8Array(change.value) } : change,
    );
    const sealing = this.lastKeyChange.then(() => Promise.all(copies.map((change) => sealed(this.dataKey, change))));
    await this.afterCommits(sealing, (ready) => store.commit(ready));
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

  /**
   * Seals all values anew; commits wait meanwhile. `replace` writes all of `next`, or nothing and says false when the store no
   * longer holds what was `seen`; then this is done again.
   */
  protected async changeKey(
    nextKey: CryptoKey,
    replace: (seen: readonly StoredEntry[], next: readonly StoredEntry[]) => Promise<boolean>,
  ): Promise<void> {
    const store = this.openStore();
    const changing = this.afterCommits(Promise.resolve(), async () => {
      for (let isReplaced = false; !isReplaced;) {
        const seen = await store.list('');
        const next = seen.map(async ({ key, value }) => {
          return { key, value: await seal(nextKey, key, await unseal(this.dataKey, key, value)) };
        });
        isReplaced = await replace(seen, await Promise.all(next));
      }
      this.dataKey = nextKey;
    });
    this.lastKeyChange = this.lastCommit;
    await changing;
  }

  private openStore(): RawStore {
    if (this.closed) throw new StorageError('STORAGE_CLOSED', 'the storage is closed');
    return this.store;
  }

  private afterCommits<T>(preparing: Promise<T>, action: (prepared: T) => Promise<void>): Promise<void> {
    const acting = Promise.all([preparing, this.lastCommit]).then(([prepared]) => action(prepared));
    this.lastCommit = acting.catch(() => undefined);
    return acting;
  }

  /** What was read while the key changed may not fit the key that was at hand before: then once more. */
  private async underOneKey<T>(read: (dataKey: CryptoKey) => Promise<T>): Promise<T> {
    const { dataKey } = this;
    try {
      return await read(dataKey);
    } catch (error) {
      await this.lastKeyChange;
      if (this.dataKey === dataKey) throw error;
      return this.underOneKey(read);
    }
  }
}

type CopiedChange = { readonly put: string; readonly value: Uint8Array<ArrayBuffer> } | { readonly delete: string };

async function sealed(dataKey: CryptoKey, change: CopiedChange): Promise<StorageChange> {
  if ('delete' in change) return change;
  return { put: change.put, value: await seal(dataKey, change.put, change.value) };
}

async function seal(dataKey: CryptoKey, key: string, value: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const ciphertext = await crypto.subtle.encrypt(parameters(key, nonce), dataKey, value);
  const whole = new Uint8Array(HEADER_BYTES + ciphertext.byteLength);
  whole[0] = VERSION;
  whole.set(nonce, 1);
  whole.set(new Uint8Array(ciphertext), HEADER_BYTES);
  return whole;
}

async function unseal(dataKey: CryptoKey, key: string, value: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  try {
    if (value[0] !== VERSION) throw new RangeError('another version');
    const nonce = new Uint8Array(value.subarray(1, HEADER_BYTES));
    const ciphertext = new Uint8Array(value.subarray(HEADER_BYTES));
    return new Uint8Array(await crypto.subtle.decrypt(parameters(key, nonce), dataKey, ciphertext));
  } catch (error) {
    throw new StorageError('STORAGE_DAMAGED', `the stored value of ${key} cannot be read`, { cause: error });
  }
}

function parameters(key: string, nonce: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(key) };
}

import type { StorageChange, StoredEntry } from './client-storage.port.js';

/**
 * A durable store that knows nothing of encryption; `EncryptedStorage` makes a ClientStorage of it. Guarantees are those of
 * ClientStorage (order, atomicity, durability, locks), for bytes as they are given.
 */
export abstract class RawStore {
  /**
   * The AES-256-GCM key of this store, not extractable, kept apart from the entries. If there is none it is made, and in the
   * same step all entries go: nothing could read them (this finishes a wipe that was cut off).
   */
  abstract openDataKey(): Promise<CryptoKey>;
  abstract get(key: string): Promise<Uint8Array | undefined>;
  abstract list(prefix: string): Promise<StoredEntry[]>;
  abstract commit(changes: readonly StorageChange[]): Promise<void>;
  abstract exclusive<T>(name: string, action: () => Promise<T>): Promise<T>;
  /** The data key first, durably; then all entries; then the store itself. Closes. */
  abstract destroy(): Promise<void>;
  abstract close(): Promise<void>;
}

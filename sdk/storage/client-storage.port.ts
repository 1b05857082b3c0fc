export interface StoredEntry {
  readonly key: string;
  readonly value: Uint8Array;
}

export type StorageChange =
  | { readonly put: string; readonly value: Uint8Array }
  /** Deleting what is not there is no error. */
  | { readonly delete: string };

/**
 * What a client keeps on its device: encryption states, decrypted messages until they burn, pins, the outbox.
 *
 * Keys are 1 to 512 printable ASCII characters without spaces; they are stored readable, so put ids in them, never content.
 * Values are encrypted at rest wherever they leave the memory. Values go in and out as copies.
 * Errors: `StorageError` (see its codes); RangeError for a key that is no key.
 */
export abstract class ClientStorage {
  abstract get(key: string): Promise<Uint8Array | undefined>;

  /** All entries whose key starts with `prefix`, in the order of their keys (by character code). */
  abstract list(prefix: string): Promise<StoredEntry[]>;

  /** All changes or none, in their order, and durable when it returns: a killed process or a power cut loses none of it. */
  abstract commit(changes: readonly StorageChange[]): Promise<void>;

  /**
   * Runs `action` while nobody else holds the lock `name`: no other call here, and where the platform can tell, no other tab
   * on the same storage. First come, first served; released when `action` settles. Not reentrant: taking a name again
   * inside its own action waits for ever. It guards by agreement: `get` and `commit` do not look at locks.
   */
  abstract exclusive<T>(name: string, action: () => Promise<T>): Promise<T>;

  /** Destroys the data key first, so that what remains is unreadable even if the rest fails, then everything. Closes. */
  abstract wipe(): Promise<void>;

  /** Waits for what is being written. Afterwards everything but `close` and `wipe` fails with `STORAGE_CLOSED`. */
  abstract close(): Promise<void>;
}

/** @throws RangeError when `key` is not 1 to 512 printable ASCII characters without spaces. */
export function requireStorageKey(key: string): void {
  if (!/^[\x21-\x7e]{1,512}$/.test(key)) throw new RangeError('a storage key is 1 to 512 printable ASCII characters');
}

/** The key of a change, whichever it is. */
export function keyOfChange(change: StorageChange): string {
  return 'put' in change ? change.put : change.delete;
}

/** The exclusive end of the keys that start with `prefix`: DEL is above every character of a key. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\x7f`;
}

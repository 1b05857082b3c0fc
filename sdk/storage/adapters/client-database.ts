import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { LockedKey } from '../passphrase-lock.js';
import { StorageError } from '../storage-error.js';

/** `keys` holds the data key, as it is or locked, and its id. */
export interface ClientDatabase extends DBSchema {
  entries: { key: string; value: Uint8Array };
  keys: { key: string; value: CryptoKey | LockedKey | string };
}

const VERSION = 1;

/** A connection to the database, and how it ends when others end it. */
export class DatabaseConnection {
  readonly lost: Promise<void>;
  private isClosed = false;
  private tellLost: () => void = () => undefined;
  private opened: IDBPDatabase<ClientDatabase> | undefined;

  private constructor() {
    this.lost = new Promise((resolve) => (this.tellLost = resolve));
  }

  /** @throws StorageError STORAGE_DENIED */
  static async open(name: string): Promise<DatabaseConnection> {
    const connection = new DatabaseConnection();
    const lose = (): void => connection.lose();
    try {
      // Another tab wipes (`blocking`): give way, or its deletion waits for this tab.
      connection.opened = await openDB<ClientDatabase>(name, VERSION, { upgrade, blocking: lose, terminated: lose });
    } catch (error) {
      throw new StorageError('STORAGE_DENIED', undefined, { cause: error });
    }
    return connection;
  }

  /** @throws StorageError STORAGE_CLOSED */
  get database(): IDBPDatabase<ClientDatabase> {
    if (this.isClosed || !this.opened) throw new StorageError('STORAGE_CLOSED');
    return this.opened;
  }

  /** Of no use any more, by somebody else's doing. */
  lose(): void {
    this.close();
    this.tellLost();
  }

  close(): void {
    this.isClosed = true;
    this.opened?.close();
  }
}

/** The key first, durably, whatever becomes of the rest; other tabs find it closed. */
export async function wipeIndexedDbStorage(name: string): Promise<void> {
  await forgetKeys(name).catch(() => undefined);
  await deleteDatabase(name);
}

export async function forgetKeys(name: string): Promise<void> {
  const database = await openDB<ClientDatabase>(name, VERSION, { upgrade });
  try {
    const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' });
    await Promise.all([transaction.store.clear(), transaction.done]);
  } finally {
    database.close();
  }
}

export async function deleteDatabase(name: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new StorageError('STORAGE_DENIED', undefined, { cause: request.error }));
  });
}

function upgrade(database: IDBPDatabase<ClientDatabase>): void {
  database.createObjectStore('entries');
  database.createObjectStore('keys');
}

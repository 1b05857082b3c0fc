import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { endOfPrefix, type StorageChange, type StoredEntry } from '../client-storage.port.js';
import { EncryptedStorage } from '../encrypted-storage.js';
import { NamedLocks } from '../named-locks.js';
import { RawStore } from '../raw-store.js';
import { StorageError } from '../storage-error.js';
import { DataKeyFile } from './data-key-file.js';

const DATABASE_FILE = 'client.db';
const KEY_FILE = 'data.key';
const FILES = [DATABASE_FILE, `${DATABASE_FILE}-journal`, KEY_FILE, `${KEY_FILE}.new`];

/** A ClientStorage in a folder, for Node. @throws StorageError `STORAGE_IN_USE` when another client has it open. */
export async function openSqliteStorage(directory: string): Promise<EncryptedStorage> {
  const store = SqliteStore.open(directory);
  try {
    return await EncryptedStorage.open(store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * `client.db` and `data.key` in a private folder. One client at a time, so locks within the process are enough.
 * Deleted content is overwritten (`secure_delete`), and the journal is truncated at each commit: in DELETE mode an exclusive
 * connection would only zero its header and leave the deleted pages in it (sqlite.org/pragma.html#pragma_locking_mode).
 */
export class SqliteStore extends RawStore {
  private readonly locks = new NamedLocks();

  private constructor(
    private readonly directory: string,
    private readonly database: Database.Database,
    private readonly keyFile: DataKeyFile,
  ) {
    super();
  }

  static open(directory: string): SqliteStore {
    makePrivate(directory);
    const path = join(directory, DATABASE_FILE);
    // Only when it is new: closing any handle of a database file drops this process's locks on it (POSIX).
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    const database = new Database(path, { timeout: 0 });
    try {
      database.pragma('locking_mode = EXCLUSIVE');
      database.pragma('journal_mode = TRUNCATE');
      database.pragma('synchronous = FULL');
      database.pragma('secure_delete = ON');
      database.pragma('temp_store = MEMORY');
      database.exec('BEGIN EXCLUSIVE');
      database.exec(
        'CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID; COMMIT',
      );
    } catch (error) {
      database.close();
      throw isBusy(error) ? inUse(error) : error;
    }
    return new SqliteStore(directory, database, new DataKeyFile(join(directory, KEY_FILE)));
  }

  async openDataKey(): Promise<CryptoKey> {
    let bytes = this.keyFile.read();
    if (bytes === undefined) {
      this.database.exec('DELETE FROM entry');
      bytes = this.keyFile.create();
    }
    const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
    bytes.fill(0);
    return key;
  }

  get(key: string): Promise<Uint8Array | undefined> {
    const value = this.database.prepare<[string], Buffer>('SELECT value FROM entry WHERE key = ?').pluck().get(key);
    return Promise.resolve(value && new Uint8Array(value));
  }

  list(prefix: string): Promise<StoredEntry[]> {
    const rows = this.database
      .prepare<[string, string], { key: string; value: Buffer }>(
        'SELECT key, value FROM entry WHERE key >= ? AND key < ? ORDER BY key',
      )
      .all(prefix, endOfPrefix(prefix));
    return Promise.resolve(rows.map(({ key, value }) => ({ key, value: new Uint8Array(value) })));
  }

  async commit(changes: readonly StorageChange[]): Promise<void> {
    const put = this.database.prepare(
      'INSERT INTO entry VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    );
    const remove = this.database.prepare('DELETE FROM entry WHERE key = ?');
    const applyAll = this.database.transaction(() => {
      for (const change of changes) {
        if ('put' in change) put.run(change.put, change.value);
        else remove.run(change.delete);
      }
    });
    applyAll();
    return Promise.resolve();
  }

  exclusive<T>(name: string, action: () => Promise<T>): Promise<T> {
    return this.locks.run(name, action);
  }

  destroy(): Promise<void> {
    this.keyFile.destroy();
    if (this.database.open) {
      this.database.exec('DELETE FROM entry');
      this.database.close();
    }
    for (const file of FILES) rmSync(join(this.directory, file), { force: true });
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.database.close();
    return Promise.resolve();
  }
}

/** Made by us, empty, or ours already: then nobody else may look in. Somebody's full folder keeps its rights. */
function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const content = readdirSync(directory);
  if (content.length === 0 || content.includes(DATABASE_FILE)) chmodSync(directory, 0o700);
}

/** By its code: the native addon throws the error class of whoever loaded it first, which need not be this module's. */
function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY');
}

function inUse(cause: unknown): StorageError {
  return new StorageError('STORAGE_IN_USE', 'another Ashwire client is using this folder', { cause });
}

import 'fake-indexeddb/auto';
import { describe, expect, it, jest } from '@jest/globals';
import { openDB } from 'idb';
import { describeClientStorage } from '../client-storage.contract.js';
import { DatabaseConnection } from './client-database.js';
import { type IndexedDbOptions, openIndexedDbStorage } from './indexed-db-storage.js';
import { IndexedDbStore } from './indexed-db-store.js';

let databases = 0;
const newName = (): string => `client-${databases++}`;
const PROTECTED = { passphrase: 'seven clever otters', unsafeTestingCost: { t: 1, m: 8, p: 1 } };

function describeWith(title: string, options: IndexedDbOptions): void {
  describeClientStorage(title, () => {
    const name = newName();
    return {
      open: () => openIndexedDbStorage(name, options),
      remains: async () => {
        const connection = await DatabaseConnection.open(name);
        const { database } = connection;
        const [keys, values] = await Promise.all([database.getAllKeys('entries'), database.getAll('entries')]);
        connection.close();
        return [...keys.map((key) => new TextEncoder().encode(key)), ...values];
      },
      remove: () => Promise.resolve(),
    };
  });
}
describeWith('IndexedDB', {});
describeWith('IndexedDB with a passphrase', PROTECTED);

describe('IndexedDbStore', () => {
  const value = Uint8Array.of(1);

  it('leaves nothing of a batch that fails in the database', async () => {
    const store = await IndexedDbStore.open(newName());
    const notCloneable = (() => 1) as unknown as Uint8Array;
    await expect(
      store.commit([
        { put: 'a', value },
        { put: 'b', value: notCloneable },
      ]),
    ).rejects.toThrow();
    expect(await store.list('')).toEqual([]);
    await store.close();
  });

  it('holds a data key that cannot be exported, the same for two tabs that open at once', async () => {
    const name = newName();
    const [one, other] = await Promise.all([openIndexedDbStorage(name), openIndexedDbStorage(name)]);
    await one.commit([{ put: 'a', value }]);
    expect(await other.get('a')).toEqual(value);
    const database = await openDB(name);
    const key = (await database.get('keys', 'data-key')) as CryptoKey;
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
    database.close();
    await one.close();
    await other.close();
  });

  it('keeps two tabs out of one lock', async () => {
    const name = newName();
    const [one, other] = await Promise.all([openIndexedDbStorage(name), openIndexedDbStorage(name)]);
    const inside: string[] = [];
    const visit = (who: string) => async (): Promise<void> => {
      inside.push(`${who} in`);
      await one.get('a');
      inside.push(`${who} out`);
    };
    await Promise.all([one.exclusive('x', visit('one')), other.exclusive('x', visit('other'))]);
    expect(inside).toEqual(['one in', 'one out', 'other in', 'other out']);
    await one.close();
    await other.close();
  });

  it('closes the other tab when one wipes', async () => {
    const name = newName();
    const [one, other] = await Promise.all([openIndexedDbStorage(name), openIndexedDbStorage(name)]);
    await one.commit([{ put: 'a', value }]);
    await one.wipe();
    await expect(other.get('a')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
    await other.lost;
  });

  it('says when there is no space left, and when the browser allows no storage', async () => {
    const storage = await openIndexedDbStorage(newName());
    const put = jest.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no space', 'QuotaExceededError');
    });
    await expect(storage.commit([{ put: 'a', value }])).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    put.mockRestore();
    expect(await storage.list('')).toEqual([]);
    await storage.close();
    const open = jest.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    await expect(openIndexedDbStorage(newName())).rejects.toMatchObject({ code: 'STORAGE_DENIED' });
    open.mockRestore();
  });

  it('uses the locks of the browser where there are some', async () => {
    const asked: string[] = [];
    const locks = {
      request: (lock: string, action: () => Promise<unknown>) => {
        asked.push(lock);
        return action();
      },
    };
    Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
    const store = await IndexedDbStore.open('tabs');
    await expect(store.exclusive('conversation/1', () => Promise.resolve(7))).resolves.toBe(7);
    expect(asked).toEqual(['ashwire/tabs/conversation/1']);
    Reflect.deleteProperty(globalThis, 'navigator');
    await store.close();
  });
});

import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { ClientStorage, StoredEntry } from '../client-storage.port.js';
import { DatabaseConnection } from './client-database.js';
import { type IndexedDbStorage, openIndexedDbStorage, wipeIndexedDbStorage } from './indexed-db-storage.js';
import { IndexedDbStore } from './indexed-db-store.js';

const PASSPHRASE = 'seven clever otters';
const OTHER = 'four sleepy badgers';
const ENTRIES = { 'message/1': 'canary one', 'message/2': 'canary two', session: 'ratchet' };

let databases = 0;
const newName = (): string => `locked-${databases++}`;
const open = (name: string, passphrase?: string): Promise<IndexedDbStorage> =>
  openIndexedDbStorage(name, {
    ...(passphrase !== undefined && { passphrase }),
    unsafeTestingCost: { t: 1, m: 8, p: 1 },
  });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A storage with three entries, with or without a passphrase. */
async function filled(passphrase?: string): Promise<{ name: string; storage: IndexedDbStorage }> {
  const name = newName();
  const storage = await open(name, passphrase);
  await storage.commit(Object.entries(ENTRIES).map(([put, value]) => ({ put, value: bytes(value) })));
  return { name, storage };
}

async function contentOf(storage: ClientStorage): Promise<Record<string, string>> {
  const entries = await storage.list('');
  return Object.fromEntries(entries.map(({ key, value }) => [key, new TextDecoder().decode(value)]));
}

async function contentIn(name: string, passphrase?: string): Promise<Record<string, string>> {
  const storage = await open(name, passphrase);
  const content = await contentOf(storage);
  await storage.close();
  return content;
}

/** What lies in the database itself. */
async function database(name: string) {
  const connection = await DatabaseConnection.open(name);
  const names = await connection.database.getAllKeys('keys');
  const keys = await connection.database.getAll('keys');
  const entryNames = await connection.database.getAllKeys('entries');
  const values = await connection.database.getAll('entries');
  connection.close();
  return {
    keys: Object.fromEntries(names.map((key, index) => [key, keys[index]])),
    entries: entryNames.map((key, index) => ({ key, value: values[index] ?? new Uint8Array() })),
  };
}

/** By WebCrypto alone, as somebody would who holds the key. */
async function unsealed({ key, value }: StoredEntry, dataKey: CryptoKey | undefined): Promise<unknown> {
  if (!dataKey) throw new Error('no key');
  const [iv, sealed] = [new Uint8Array(value.subarray(1, 13)), new Uint8Array(value.subarray(13))];
  return crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(key) }, dataKey, sealed);
}

describe('A storage with a passphrase', () => {
  it('opens with it only, and says what is missing', async () => {
    const { name, storage } = await filled(PASSPHRASE);
    await storage.close();
    await expect(open(name)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
    await expect(open(name, 'seven clever otter')).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(open(name, '')).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    expect(await contentIn(name, PASSPHRASE)).toEqual(ENTRIES);
  });

  it('is not made with a passphrase that is too short', async () => {
    await expect(open(newName(), '1234567')).rejects.toMatchObject({ code: 'BAD_PASSPHRASE' });
  });

  it('does not pretend that one protects what has none', async () => {
    const { name, storage } = await filled();
    await storage.close();
    await expect(open(name, PASSPHRASE)).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
  });

  it('has no key in the database that could be used or exported', async () => {
    const { name, storage } = await filled(PASSPHRASE);
    await storage.close();
    const { keys } = await database(name);
    expect(Object.keys(keys).sort()).toEqual(['key-id', 'locked-key']);
    const stored = JSON.stringify(keys['locked-key'], (_, value: unknown) =>
      ArrayBuffer.isView(value) ? 'bytes' : value,
    );
    expect(JSON.parse(stored)).toEqual({
      kdf: 'argon2id',
      cost: { t: 1, m: 8, p: 1 },
      ...{ salt: 'bytes', nonce: 'bytes', wrapped: 'bytes' },
    });
  });

  it('can be wiped without it, and whoever had it open finds it closed', async () => {
    const { name, storage } = await filled(PASSPHRASE);
    await wipeIndexedDbStorage(name);
    await storage.lost;
    await expect(storage.get('session')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
    expect(await contentIn(name)).toEqual({});
  });
});

describe('Setting, changing and removing a passphrase', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const WAYS: [string, string | undefined, string | undefined][] = [
    ['setting', undefined, PASSPHRASE],
    ['changing', PASSPHRASE, OTHER],
    ['removing', PASSPHRASE, undefined],
  ];

  it.each(WAYS)('%s keeps every entry, in use and after, and the old key opens nothing', async (_, current, next) => {
    const { name, storage } = await filled(current);
    const before = await database(name);
    expect(await storage.hasPassphrase()).toBe(current !== undefined);
    await storage.changePassphrase(current, next);
    expect(await storage.hasPassphrase()).toBe(next !== undefined);
    await storage.commit([{ put: 'later', value: bytes('written after') }]);
    const content = { ...ENTRIES, later: 'written after' };
    expect(await contentOf(storage)).toEqual(content);
    await storage.close();
    expect(await contentIn(name, next)).toEqual(content);
    const code = current === undefined ? 'STORAGE_LOCKED' : 'WRONG_PASSPHRASE';
    await expect(open(name, current)).rejects.toMatchObject({ code });

    const after = await database(name);
    expect(Object.keys(after.keys).sort()).toEqual([next ? 'key-id' : 'data-key', next ? 'locked-key' : 'key-id']);
    expect(after.keys['key-id']).not.toEqual(before.keys['key-id']);
    const oldKey = before.keys['data-key'] as CryptoKey | undefined;
    const opened = (stored: typeof before) =>
      Promise.allSettled(stored.entries.map((entry) => unsealed(entry, oldKey)));
    const isOpen = ({ status }: PromiseSettledResult<unknown>): boolean => status === 'fulfilled';
    expect((await opened(before)).filter(isOpen)).toHaveLength(oldKey ? 3 : 0);
    expect((await opened(after)).filter(isOpen)).toHaveLength(0);
  });

  it('leaves a key that is not extractable when the passphrase is removed', async () => {
    const { name, storage } = await filled(PASSPHRASE);
    await storage.changePassphrase(PASSPHRASE, undefined);
    await storage.close();
    const { keys } = await database(name);
    expect((keys['data-key'] as CryptoKey).extractable).toBe(false);
  });

  it('changes nothing for who does not know the current one, or wants a bad one', async () => {
    const { name, storage } = await filled(PASSPHRASE);
    const before = await database(name);
    await expect(storage.changePassphrase(OTHER, undefined)).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(storage.changePassphrase(undefined, OTHER)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
    await expect(storage.changePassphrase(PASSPHRASE, 'short')).rejects.toMatchObject({ code: 'BAD_PASSPHRASE' });
    expect(await database(name)).toEqual(before);
    expect(await contentOf(storage)).toEqual(ENTRIES);
    await storage.close();
  });

  describe.each(WAYS)('%s, cut off', (_, current, next) => {
    // The entries, then the key and its id.
    it.each([1, 2, 3, 4, 5])('at write %i leaves everything as it was', async (last) => {
      const { name, storage } = await filled(current);
      const before = await database(name);
      const put = Reflect.get(IDBObjectStore.prototype, 'put') as (value: unknown, key: string) => IDBRequest;
      let writes = 0;
      jest.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value, key) {
        const request = put.call(this, value, key as string);
        if (++writes === last) this.transaction.abort();
        return request as IDBRequest<IDBValidKey>;
      });
      await expect(storage.changePassphrase(current, next)).rejects.toThrow();
      jest.restoreAllMocks();
      expect(writes).toBeGreaterThanOrEqual(last);
      expect(await database(name)).toEqual(before);
      // Who goes on, and who starts anew.
      await storage.commit([{ put: 'later', value: bytes('still writes') }]);
      expect(await contentOf(storage)).toEqual({ ...ENTRIES, later: 'still writes' });
      await storage.close();
      expect(await contentIn(name, current)).toEqual({ ...ENTRIES, later: 'still writes' });
    });
  });

  it('lets reads and commits through meanwhile, in their order', async () => {
    const { name, storage } = await filled();
    const writing = storage.commit([{ put: 'before', value: bytes('b') }]);
    const changing = storage.changePassphrase(undefined, PASSPHRASE);
    const work = Array.from({ length: 40 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index));
      await storage.commit([{ put: `during/${index}`, value: bytes(String(index)) }]);
      expect(await contentOf(storage)).toMatchObject(ENTRIES);
      expect(await storage.get(`during/${index}`)).toEqual(bytes(String(index)));
    });
    await Promise.all([writing, changing, ...work]);
    await storage.close();
    expect(Object.keys(await contentIn(name, PASSPHRASE))).toHaveLength(44);
  });

  it('loses nothing that another tab writes in between', async () => {
    const { name, storage } = await filled();
    const tab = await open(name);
    const replace = Reflect.get<IndexedDbStore, 'replace'>(IndexedDbStore.prototype, 'replace');
    const replacing = jest.spyOn(IndexedDbStore.prototype, 'replace');
    replacing.mockImplementationOnce(async function (this: IndexedDbStore, ...parameters) {
      await tab.commit([{ put: 'session', value: bytes('next ratchet') }]);
      return replace.apply(this, parameters);
    });
    await storage.changePassphrase(undefined, PASSPHRASE);
    expect(replacing).toHaveBeenCalledTimes(2);
    expect(await contentOf(storage)).toEqual({ ...ENTRIES, session: 'next ratchet' });
    await storage.close();
  });

  it('closes the storage for another tab, which writes nothing under the old key', async () => {
    const { name, storage } = await filled();
    const [reader, writer] = [await open(name), await open(name)];
    await storage.changePassphrase(undefined, PASSPHRASE);
    await expect(reader.get('session')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
    await expect(writer.commit([{ delete: 'session' }])).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
    await Promise.all([reader.lost, writer.lost]);
    expect(await contentOf(storage)).toEqual(ENTRIES);
    await storage.close();
  });

  it('happens once when two tabs ask for it at the same time', async () => {
    const { name, storage } = await filled();
    const tab = await open(name);
    const outcomes = await Promise.allSettled([
      storage.changePassphrase(undefined, PASSPHRASE),
      tab.changePassphrase(undefined, OTHER),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await storage.close();
    expect(await contentIn(name, PASSPHRASE)).toEqual(ENTRIES);
  });

  it('is possible for a storage of the first version, whose key has no id', async () => {
    const { name, storage: made } = await filled();
    await made.close();
    const connection = await DatabaseConnection.open(name);
    await connection.database.delete('keys', 'key-id');
    connection.close();
    const storage = await open(name);
    expect(await contentOf(storage)).toEqual(ENTRIES);
    await storage.changePassphrase(undefined, PASSPHRASE);
    await storage.close();
    expect(await contentIn(name, PASSPHRASE)).toEqual(ENTRIES);
  });
});

import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { describeClientStorage } from '../client-storage.contract.js';
import { openSqliteStorage, SqliteStore } from './sqlite-storage.js';
import { startWriter } from './sqlite-writer.fixture.js';

const newDirectory = (): string => mkdtempSync(join(tmpdir(), 'ashwire-client-'));
const contentOf = (directory: string): Buffer[] =>
  readdirSync(directory).map((file) => readFileSync(join(directory, file)));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describeClientStorage('SQLite', () => {
  const directory = newDirectory();
  return {
    open: () => openSqliteStorage(directory),
    remains: () => Promise.resolve(contentOf(directory)),
    remove: () => Promise.resolve(rmSync(directory, { recursive: true })),
  };
});

describe('SqliteStore', () => {
  const directories: string[] = [];
  const place = (): string => {
    const directory = newDirectory();
    directories.push(directory);
    return directory;
  };
  afterEach(() => {
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
  });

  it('leaves nothing of a batch that fails in the database', async () => {
    const store = SqliteStore.open(place());
    const unbindable = Symbol('x') as unknown as Uint8Array;
    await expect(
      store.commit([
        { put: 'a', value: bytes('1') },
        { put: 'b', value: unbindable },
      ]),
    ).rejects.toThrow();
    expect(await store.list('')).toEqual([]);
    await store.close();
  });

  it('keeps no byte of a deleted or replaced value in any file, while it is open and after', async () => {
    const directory = place();
    const store = SqliteStore.open(directory);
    const found = (): boolean => contentOf(directory).some((content) => content.includes('canary-77ab'));
    await store.commit([
      { put: 'a', value: bytes('canary-77ab'.repeat(2000)) },
      { put: 'b', value: bytes('canary-77ab') },
    ]);
    expect(found()).toBe(true);
    await store.commit([{ put: 'b', value: bytes('other') }, { delete: 'a' }]);
    expect(found()).toBe(false);
    await store.close();
    expect(found()).toBe(false);
  });

  it('keeps folder and files from other users', async () => {
    const directory = join(place(), 'client');
    const storage = await openSqliteStorage(directory);
    const modes = readdirSync(directory).map((file) => statSync(join(directory, file)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    await storage.close();
  });

  it("leaves the rights of somebody's full folder alone", async () => {
    const directory = place();
    writeFileSync(join(directory, 'letter.txt'), 'hello');
    chmodSync(directory, 0o755);
    await (await openSqliteStorage(directory)).close();
    expect(statSync(directory).mode & 0o777).toBe(0o755);
  });

  it('starts empty when the data key is gone: a wipe that was cut off is finished', async () => {
    const directory = place();
    const storage = await openSqliteStorage(directory);
    await storage.commit([{ put: 'a', value: bytes('1') }]);
    await storage.close();
    rmSync(join(directory, 'data.key'));
    const again = await openSqliteStorage(directory);
    expect(await again.list('')).toEqual([]);
    await again.close();
  });

  it('says when a value was changed from outside or moved to another key', async () => {
    const directory = place();
    const storage = await openSqliteStorage(directory);
    await storage.commit([{ put: 'a', value: bytes('1') }]);
    await storage.close();
    const store = SqliteStore.open(directory);
    const sealed = (await store.get('a')) ?? new Uint8Array();
    await store.commit([{ put: 'b', value: sealed }]);
    await store.close();
    const again = await openSqliteStorage(directory);
    await expect(again.get('b')).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
    await again.close();
  });

  it('removes its files when wiped', async () => {
    const directory = place();
    const storage = await openSqliteStorage(directory);
    await storage.commit([{ put: 'a', value: bytes('1') }]);
    await storage.wipe();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('lets one client into a folder: in this process, and from another', async () => {
    const directory = place();
    const storage = await openSqliteStorage(directory);
    const refusal = { code: 'STORAGE_IN_USE', message: 'another Ashwire client is using this folder' };
    await expect(openSqliteStorage(directory)).rejects.toMatchObject(refusal);
    await storage.close();

    const writer = await startWriter(directory);
    await writer.wrote(1);
    await expect(openSqliteStorage(directory)).rejects.toMatchObject(refusal);
    await writer.kill();
    await (await openSqliteStorage(directory)).close();
  });

  it('has every acknowledged batch, whole, after kill -9 in the middle of writing', async () => {
    const directory = place();
    for (const batches of [3, 20, 50]) {
      const writer = await startWriter(directory);
      await writer.wrote(batches);
      const acknowledged = await writer.kill();
      const storage = await openSqliteStorage(directory);
      const [left, right] = await Promise.all([storage.get('left'), storage.get('right')]);
      const leftText = new TextDecoder().decode(left);
      expect(new TextDecoder().decode(right)).toBe(leftText);
      expect(Number(leftText.split(':')[0])).toBeGreaterThanOrEqual(acknowledged);
      await storage.close();
      expect(existsSync(join(directory, 'data.key'))).toBe(true);
    }
  });
});

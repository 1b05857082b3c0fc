import { afterEach, describe, expect, it } from '@jest/globals';
import type { ClientStorage } from './client-storage.port.js';

/** One place where a storage lives; each test gets its own. */
export interface StoragePlace {
  /** Opens it, the first time or again. */
  open(): Promise<ClientStorage>;
  /** Everything that is kept outside of the process's memory, byte for byte. Asked for when nothing is open. */
  remains(): Promise<readonly Uint8Array[]>;
  remove(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined): string | undefined => value && new TextDecoder().decode(value);
const contains = (haystacks: readonly Uint8Array[], needle: string): boolean =>
  haystacks.some((haystack) => Buffer.from(haystack).includes(needle));

/** Every adapter of ClientStorage keeps these promises. */
export function describeClientStorage(adapter: string, makePlace: () => StoragePlace): void {
  describe(`ClientStorage on ${adapter}`, () => {
    const places: StoragePlace[] = [];
    const newPlace = (): StoragePlace => {
      const place = makePlace();
      places.push(place);
      return place;
    };
    afterEach(async () => {
      for (const place of places.splice(0)) await place.remove();
    });

    it('gives back what was put, and undefined for what is absent or deleted', async () => {
      const storage = await newPlace().open();
      await storage.commit([{ put: 'a', value: bytes('one') }]);
      await storage.commit([
        { put: 'a', value: bytes('two') },
        { put: 'empty', value: bytes('') },
      ]);
      expect(text(await storage.get('a'))).toBe('two');
      expect(text(await storage.get('empty'))).toBe('');
      await storage.commit([{ delete: 'a' }, { delete: 'never-was' }]);
      expect(await storage.get('a')).toBeUndefined();
      await storage.close();
    });

    it('applies a batch in its order and as a whole', async () => {
      const storage = await newPlace().open();
      await storage.commit([{ put: 'a', value: bytes('1') }, { delete: 'a' }, { put: 'b', value: bytes('2') }]);
      expect((await storage.list('')).map(({ key }) => key)).toEqual(['b']);
      await storage.close();
    });

    it('leaves nothing of a batch that fails', async () => {
      const storage = await newPlace().open();
      await storage.commit([{ put: 'kept', value: bytes('old') }]);
      const failing = storage.commit([
        { put: 'kept', value: bytes('new') },
        { put: 'a', value: bytes('1') },
        { put: 'not a key', value: bytes('2') },
      ]);
      await expect(failing).rejects.toThrow(RangeError);
      expect(text(await storage.get('kept'))).toBe('old');
      expect(await storage.get('a')).toBeUndefined();
      await storage.close();
    });

    it('lists by prefix in the order of the keys', async () => {
      const storage = await newPlace().open();
      const keys = ['m/10', 'm/9', 'm/~', 'm/a', 'm/A', 'm', 'n/1', 'l/~~', 'm/'];
      await storage.commit(keys.map((key) => ({ put: key, value: bytes(key) })));
      const found = await storage.list('m/');
      expect(found.map(({ key }) => key)).toEqual(['m/', 'm/10', 'm/9', 'm/A', 'm/a', 'm/~']);
      expect(found.map(({ value }) => text(value))).toEqual(['m/', 'm/10', 'm/9', 'm/A', 'm/a', 'm/~']);
      expect(await storage.list('zzz')).toEqual([]);
      expect(await storage.list('')).toHaveLength(keys.length);
      await storage.close();
    });

    it('copies values in and out', async () => {
      const storage = await newPlace().open();
      const value = bytes('abc');
      const committing = storage.commit([{ put: 'a', value }]);
      await committing;
      value.fill(0);
      const read = await storage.get('a');
      read?.fill(0);
      expect(text(await storage.get('a'))).toBe('abc');
      await storage.close();
    });

    it('keeps the order of commits that were not waited for', async () => {
      const storage = await newPlace().open();
      const large = new Uint8Array(300_000);
      await Promise.all([
        storage.commit([{ put: 'a', value: large }]),
        storage.commit([{ put: 'a', value: bytes('last') }]),
      ]);
      expect(text(await storage.get('a'))).toBe('last');
      await storage.close();
    });

    it('lets one at a time into a lock, in turn, and others past it', async () => {
      const storage = await newPlace().open();
      await storage.commit([{ put: 'count', value: bytes('0') }]);
      const increase = (): Promise<void> =>
        storage.exclusive('count', async () => {
          const count = Number(text(await storage.get('count')));
          await storage.commit([{ put: 'count', value: bytes(String(count + 1)) }]);
        });
      await Promise.all(Array.from({ length: 25 }, increase));
      expect(text(await storage.get('count'))).toBe('25');

      let release = (): void => undefined;
      const held = storage.exclusive('one', () => new Promise<void>((resolve) => (release = resolve)));
      await expect(storage.exclusive('two', () => Promise.resolve('past'))).resolves.toBe('past');
      release();
      await held;
      await storage.close();
    });

    it('releases a lock whose action throws, and hands the error on', async () => {
      const storage = await newPlace().open();
      await expect(storage.exclusive('a', () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
      await expect(storage.exclusive('a', () => Promise.resolve(1))).resolves.toBe(1);
      await storage.close();
    });

    it('has everything again after it was closed and opened', async () => {
      const place = newPlace();
      const first = await place.open();
      await first.commit([{ put: 'a', value: bytes('kept') }]);
      void first.commit([{ put: 'b', value: bytes('in flight at close') }]);
      await first.close();
      const second = await place.open();
      expect(text(await second.get('a'))).toBe('kept');
      expect(text(await second.get('b'))).toBe('in flight at close');
      await second.close();
    });

    it('refuses work once it is closed', async () => {
      const storage = await newPlace().open();
      await storage.close();
      await expect(storage.get('a')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
      await expect(storage.commit([])).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
      await expect(storage.list('')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
    });

    it('keeps no value readable outside of the memory', async () => {
      const place = newPlace();
      const storage = await place.open();
      await storage.commit([{ put: 'a', value: bytes('canary-6f1d in the clear'.repeat(50)) }]);
      await storage.close();
      expect(contains(await place.remains(), 'canary-6f1d')).toBe(false);
    });

    it('has nothing after a wipe, and can start afresh', async () => {
      const place = newPlace();
      const storage = await place.open();
      await storage.commit([{ put: 'conversation/1', value: bytes('secret') }]);
      await storage.wipe();
      await expect(storage.get('conversation/1')).rejects.toMatchObject({ code: 'STORAGE_CLOSED' });
      expect(contains(await place.remains(), 'conversation/1')).toBe(false);
      const fresh = await place.open();
      expect(await fresh.list('')).toEqual([]);
      await fresh.close();
    });
  });
}

import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { IDBFactory } from 'fake-indexeddb';
import { IndexedDbStore } from '../../../sdk/storage/adapters/indexed-db-store.js';
import { Host } from './host.js';

const PASSPHRASE = 'seven clever otters';
const open = IndexedDbStore.open.bind(IndexedDbStore);
/** Nobody answers there: an empty device asks for nothing. */
const newHost = (): Host => new Host('http://127.0.0.1:9');

describe('Host', () => {
  beforeEach(() => {
    globalThis.indexedDB = new IDBFactory();
    // What costs a browser a second costs Jest's modules twelve.
    jest.spyOn(IndexedDbStore, 'open').mockImplementation((name) => open(name, { t: 1, m: 8, p: 1 }));
  });

  afterEach(() => void jest.restoreAllMocks());

  it('opens an empty device once for tabs that ask at the same time', async () => {
    const host = newHost();
    const heard: unknown[] = [];
    host.listen(({ event, payload }) => heard.push([event, payload]));
    const states = await Promise.all([host.open(), host.open(), host.open('not needed')]);
    expect(states).toEqual([{ kind: 'empty' }, { kind: 'empty' }, { kind: 'empty' }]);
    expect(heard).toEqual([['host', { kind: 'empty' }]]);
  });

  it('locks with a passphrase only, for all tabs, and opens with the right one only', async () => {
    const host = newHost();
    await host.open();
    await host.lock();
    expect(await host.open()).toEqual({ kind: 'empty' });

    await host.setPassphrase(undefined, PASSPHRASE);
    expect(await host.hasPassphrase()).toBe(true);
    const heard: unknown[] = [];
    host.listen(({ payload }) => heard.push(payload));
    await host.lock();
    expect(heard).toEqual([{ kind: 'empty' }, { kind: 'locked' }]);
    expect(() => host.api).toThrow(expect.objectContaining({ code: 'STOPPED' }));
    expect(await host.hasPassphrase()).toBe(true);

    await expect(host.open('seven clever ottars')).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    expect(await host.open()).toEqual({ kind: 'locked' });
    const [asked, unlocked] = await Promise.all([host.open(), host.open(PASSPHRASE)]);
    expect([asked, unlocked]).toEqual([{ kind: 'locked' }, { kind: 'empty' }]);
  });

  it('starts locked, and lets who has forgotten the passphrase begin anew', async () => {
    const before = newHost();
    await before.open();
    await before.setPassphrase(undefined, PASSPHRASE);
    const host = newHost();
    expect(await host.open()).toEqual({ kind: 'locked' });
    await host.wipe();
    expect(await host.open()).toEqual({ kind: 'empty' });
    expect(await host.hasPassphrase()).toBe(false);
  });

  it('goes by what another worker has done to the storage', async () => {
    const [host, other] = [newHost(), newHost()];
    await Promise.all([host.open(), other.open()]);
    const locked = new Promise<void>((resolve) => {
      host.listen(({ event, payload }) => event === 'host' && payload.kind === 'locked' && resolve());
    });
    await other.setPassphrase(undefined, PASSPHRASE);
    await host.api.account().catch(() => undefined);
    await locked;
  });

  it('says that the browser denies storage, and tries again when it is asked to', async () => {
    jest.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    const host = newHost();
    await expect(host.open()).rejects.toMatchObject({ code: 'STORAGE_DENIED' });
    expect(await host.open()).toEqual({ kind: 'empty' });
  });
});

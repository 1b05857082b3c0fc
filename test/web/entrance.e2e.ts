import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { textsOnDevice } from './device.js';
import { Stage } from './stage.js';
import { said } from './texts.js';
import type { Visitor } from './visitor.js';

jest.setTimeout(120_000);

const PASSPHRASE = 'four words in a row';

describe('the way in', () => {
  let stage: Stage;
  let alice: Visitor;
  let words: readonly string[];

  beforeAll(async () => {
    stage = await Stage.open();
    alice = await stage.visitor();
    words = await alice.register('alice');
  });
  afterAll(() => stage.close());
  afterEach(() => expect(stage.problems()).toEqual([]));

  const setPassphrase = async (): Promise<void> => {
    await alice.go('/settings');
    await alice.button('settings.lock.set').click();
    await alice.field('settings.lock.next').fill(PASSPHRASE);
    await alice.field('settings.lock.again').fill(PASSPHRASE);
    await alice.page
      .getByRole('dialog')
      .getByRole('button', { name: said('settings.lock.set') })
      .click();
    await alice.button('settings.lock.now').waitFor();
  };

  /** Of every key in the databases: whether a script could take it out. */
  const keysOnDevice = (): Promise<boolean[]> =>
    alice.page.evaluate(async () => {
      const done = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error ?? new Error('indexedDB'));
        });
      const database = await done(indexedDB.open('ashwire'));
      const stored: unknown[] = [];
      for (const store of database.objectStoreNames) {
        stored.push(...(await done<unknown[]>(database.transaction(store).objectStore(store).getAll())));
      }
      database.close();
      const within = stored.flatMap((value) => (value instanceof Object ? (Object.values(value) as unknown[]) : []));
      return [...stored, ...within].flatMap((value) => (value instanceof CryptoKey ? [value.extractable] : []));
    });

  it('keeps no key that a script could take out', async () => {
    expect(await keysOnDevice()).toEqual([false]);
  });

  it('is locked by a passphrase in every tab, and opened by no other one', async () => {
    await setPassphrase();
    const first = alice.page;
    await alice.openTab();
    await alice.isInside();
    await alice.go('/settings');
    await alice.button('settings.lock.now').click();
    for (const tab of [first, alice.page]) await tab.getByLabel(said('entrance.passphrase'), { exact: true }).waitFor();
    await alice.field('entrance.passphrase').fill('four words in a raw');
    await alice.button('entrance.unlock').click();
    await alice.page.getByText(said('errors.WRONG_PASSPHRASE')).waitFor();
    await alice.page.reload();
    await alice.field('entrance.passphrase').fill(PASSPHRASE);
    await alice.button('entrance.unlock').click();
    await alice.isInside();
    await first.getByRole('navigation', { name: said('shell.places') }).waitFor();
    await first.close();
    // What is left of the key is sealed with the passphrase.
    expect(await keysOnDevice()).toEqual([]);
    expect((await textsOnDevice(alice.page)).join('\n')).toContain('argon2id');
  });

  it('is found again with the recovery words on another device; the one before is told', async () => {
    const other = await stage.visitor();
    await other.button('entrance.haveWords').click();
    await other.field('entrance.username').fill('alice');
    await other.field('entrance.words').fill([...words.slice(0, 23), words[0] === 'zoo' ? 'able' : 'zoo'].join(' '));
    await other.page.locator('form [type="submit"]').click();
    await other.page.getByRole('alert').or(other.page.locator('[aria-invalid="true"]')).first().waitFor();
    await other.field('entrance.words').fill(words.join('\n'));
    await other.page.locator('form [type="submit"]').click();
    const sure = other.page.getByRole('dialog').getByRole('button').last();
    await sure
      .or(other.page.getByRole('navigation', { name: said('shell.places') }))
      .first()
      .waitFor();
    if (await sure.isVisible()) await sure.click();
    await other.isInside();
    await alice.page
      .getByText(said('shell.closed.stop'))
      .or(alice.page.getByText(said('shell.closed.login')))
      .waitFor();
  });

  it('says so when the browser has thrown the storage away, and what to do', async () => {
    const bob = await stage.visitor();
    await bob.register('bob');
    await bob.page.goto('about:blank');
    // As a browser does that needs the room: databases and caches go, what says that somebody was here stays.
    const session = await bob.context.newCDPSession(bob.page);
    const gone = { origin: stage.url, storageTypes: 'indexeddb,cache_storage,service_workers' };
    await session.send('Storage.clearDataForOrigin', gone);
    await bob.go('/');
    await bob.page.getByText(said('entrance.evicted')).waitFor();
    await bob.button('entrance.haveWords').waitFor();
  });
});

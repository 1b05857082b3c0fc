import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createApplicationMessage, defaultAuthenticationService, emptyPskIndex, processPrivateMessage } from 'ts-mls';
import { MemoryStorage } from '../storage/adapters/memory-storage.js';
import { decodeState } from './mls-codec.js';
import { mlsClientConfig, mlsSuite } from './mls-suite.js';
import { naivePair } from './naive-client.fixture.js';
import { newPair, newPerson, NO_DATA, textOf, utf8 } from './people.fixture.js';

describe('ts-mls', () => {
  it('is the version whose traps these are (a removed member reads on up to 1.6.2, and in 2.0.0-rc.10)', () => {
    const { version } = JSON.parse(readFileSync('node_modules/ts-mls/package.json', 'utf8')) as { version: string };
    expect(version).toBe('1.6.4');
  });
});

describe('trap: two encryptions from one state lose a message', () => {
  it('naively: the second one to arrive cannot be read', async () => {
    const suite = await mlsSuite();
    const [alice, bob] = await naivePair();
    const [one, two] = await Promise.all(
      ['one', 'two'].map((text) => createApplicationMessage(alice, utf8(text), suite)),
    );
    if (!one || !two) throw new Error('not sent');
    const read = await processPrivateMessage(bob, one.privateMessage, emptyPskIndex, suite);
    const second = processPrivateMessage(read.newState, two.privateMessage, emptyPskIndex, suite);
    await expect(second).rejects.toThrow('Desired gen in the past');
  });

  it('not under the lock of the storage, which the SDK holds around each use of a state', async () => {
    const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
    const [aliceState, bobState] = await newPair(alice, bob);
    const storage = MemoryStorage.open();
    await storage.commit([{ put: 'state', value: aliceState }]);
    const send = (text: string): Promise<Uint8Array> =>
      storage.exclusive('conversation', async () => {
        const state = (await storage.get('state')) ?? NO_DATA;
        const sent = await alice.engine.encrypt(state, utf8(text), NO_DATA);
        await storage.commit([{ put: 'state', value: sent.state }]);
        return sent.message;
      });
    let state = bobState;
    const texts: string[] = [];
    for (const message of await Promise.all(['one', 'two', 'three'].map(send))) {
      const got = await bob.engine.decrypt(state, message);
      state = got.state;
      texts.push(textOf(got.payload));
    }
    expect(texts).toEqual(['one', 'two', 'three']);
  });
});

describe('trap: an old state decrypts again', () => {
  it('naively: who keeps versions keeps what was burned', async () => {
    const suite = await mlsSuite();
    const [alice, bob] = await naivePair();
    const { privateMessage } = await createApplicationMessage(alice, utf8('burned'), suite);
    await processPrivateMessage(bob, privateMessage, emptyPskIndex, suite);
    const again = await processPrivateMessage(bob, privateMessage, emptyPskIndex, suite);
    expect(again).toMatchObject({ message: utf8('burned') });
  });

  it('not when state and plaintext are stored together, over the old state: none is left to restore', async () => {
    const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
    const [aliceState, bobState] = await newPair(alice, bob);
    const storage = MemoryStorage.open();
    await storage.commit([{ put: 'state', value: bobState }]);
    const { message } = await alice.engine.encrypt(aliceState, utf8('burned'), NO_DATA);
    const got = await bob.engine.decrypt((await storage.get('state')) ?? NO_DATA, message);
    await storage.commit([
      { put: 'state', value: got.state },
      { put: 'message', value: got.payload },
    ]);
    await storage.commit([{ delete: 'message' }]);
    const [entry, ...others] = await storage.list('');
    expect(others).toEqual([]);
    await expect(bob.engine.decrypt(entry?.value ?? NO_DATA, message)).rejects.toMatchObject({ code: 'REPLAYED' });
  });
});

describe('trap: zeroing used keys zeroes the stored state', () => {
  it('naively: a decoded state is a view of its bytes, and so are the keys to zero', async () => {
    const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
    const [stored] = await newPair(alice, bob);
    const before = stored.slice();
    const state = decodeState(stored, mlsClientConfig(defaultAuthenticationService));
    const { consumed } = await createApplicationMessage(state, utf8('x'), await mlsSuite());
    for (const secret of consumed) secret.fill(0);
    expect(stored).not.toEqual(before);
  });
});

import { describe, expect, it } from '@jest/globals';
import * as people from './people.fixture.js';
import {
  befriend,
  type EngineFactory,
  newDevice,
  newGroup,
  newPair,
  NO_DATA,
  packageOf,
  textOf,
  utf8,
} from './people.fixture.js';

/** What every CryptoEngine does. */
export function describeCryptoEngineContract(engines: EngineFactory): void {
  const newPerson = (name: string, now?: () => number) => people.newPerson(name, now, engines);
  describe('CryptoEngine', () => {
    it('carries messages both ways, with sender, authenticated data and epoch', async () => {
      const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
      let [aliceState, bobState] = await newPair(alice, bob);
      for (const text of ['one', 'two']) {
        const sent = await alice.engine.encrypt(aliceState, utf8(text), utf8('data'));
        const got = await bob.engine.decrypt(bobState, sent.message);
        [aliceState, bobState] = [sent.state, got.state];
        expect([textOf(got.payload), textOf(got.authenticatedData), got.epoch, sent.epoch]).toEqual([
          text,
          'data',
          1,
          1,
        ]);
        const { leafKey } = alice.device.certificate;
        expect(got.sender).toEqual({
          userId: alice.userId,
          deviceId: 'alice-device',
          identityKey: alice.identityKey,
          leafKey,
        });
      }
      const answer = await bob.engine.encrypt(bobState, utf8('three'), NO_DATA);
      expect(textOf((await alice.engine.decrypt(aliceState, answer.message)).payload)).toBe('three');
    });

    it('is a pure function: the state given is not changed, also by what failed', async () => {
      const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
      const [aliceState, bobState] = await newPair(alice, bob);
      const copies = [aliceState.slice(), bobState.slice()];
      const { message } = await alice.engine.encrypt(aliceState, utf8('x'), NO_DATA);
      const damaged = message.slice();
      damaged[damaged.length - 1]! ^= 1;
      await expect(bob.engine.decrypt(bobState, damaged)).rejects.toMatchObject({ code: 'DECRYPT_FAILED' });
      await bob.engine.decrypt(bobState, message);
      await alice.engine.update(aliceState);
      expect([aliceState, bobState]).toEqual(copies);
    });

    it('hides the length of a message', async () => {
      const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
      const [state] = await newPair(alice, bob);
      const lengthOf = async (bytes: number): Promise<number> =>
        (await alice.engine.encrypt(state, new Uint8Array(bytes), NO_DATA)).message.length;
      expect(await lengthOf(0)).toBe(await lengthOf(252));
      expect(await lengthOf(253)).toBeGreaterThan(await lengthOf(252));
      await expect(lengthOf(8189)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
    });

    it('tells a replay, its own message, another group, a handshake and damage apart', async () => {
      const [alice, bob, carol] = [await newPerson('alice'), await newPerson('bob'), await newPerson('carol')];
      const [aliceState, bobState] = await newPair(alice, bob);
      const [, otherGroup] = await newPair(alice, carol);
      const { message, state } = await alice.engine.encrypt(aliceState, utf8('x'), NO_DATA);
      const { state: bobNext } = await bob.engine.decrypt(bobState, message);
      const { commit } = await alice.engine.update(state);
      await expect(bob.engine.decrypt(bobNext, message)).rejects.toMatchObject({ code: 'REPLAYED' });
      await expect(alice.engine.decrypt(state, message)).rejects.toMatchObject({ code: 'REPLAYED' });
      await expect(carol.engine.decrypt(otherGroup, message)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
      await expect(bob.engine.decrypt(bobNext, commit)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
      const members = [alice.userId, bob.userId];
      await expect(bob.engine.applyCommit(bobState, message, members)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
      await expect(bob.engine.decrypt(utf8('no state'), message)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
      for (const bad of [new Uint8Array(), utf8('no message'), message.subarray(0, -1)]) {
        await expect(bob.engine.decrypt(bobState, bad)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
      }
    });

    it('authenticates the data that it does not hide', async () => {
      const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
      const [aliceState, bobState] = await newPair(alice, bob);
      const { message } = await alice.engine.encrypt(aliceState, utf8('x'), utf8('burn=0030'));
      const at = Buffer.from(message).indexOf('burn=0030');
      const longer = message.slice();
      longer.set(utf8('burn=3600'), at);
      await expect(bob.engine.decrypt(bobState, longer)).rejects.toMatchObject({ code: 'DECRYPT_FAILED' });
    });

    it('opens messages of the previous epoch, once, and no older ones, and waits for a commit that is missing', async () => {
      const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
      const members = [alice.userId, bob.userId];
      const [aliceState, bobState] = await newPair(alice, bob);
      const first = await alice.engine.encrypt(aliceState, utf8('in flight'), NO_DATA);
      const second = await alice.engine.encrypt(first.state, utf8('too late'), NO_DATA);
      const update = await bob.engine.update(bobState);
      let bobNow = (await bob.engine.confirmCommit(bobState, update.state)).state;
      const got = await bob.engine.decrypt(bobNow, first.message);
      expect([textOf(got.payload), got.epoch]).toEqual(['in flight', 1]);
      await expect(bob.engine.decrypt(got.state, first.message)).rejects.toMatchObject({ code: 'REPLAYED' });

      const early = await bob.engine.encrypt(bobNow, utf8('early'), NO_DATA);
      await expect(alice.engine.decrypt(aliceState, early.message)).rejects.toMatchObject({ code: 'FUTURE_EPOCH' });
      const applied = await alice.engine.applyCommit(second.state, update.commit, members);
      expect([applied.committer.userId, applied.removed]).toEqual([bob.userId, false]);
      expect(textOf((await alice.engine.decrypt(applied.state, early.message)).payload)).toBe('early');
      const again = alice.engine.applyCommit(applied.state, update.commit, members);
      await expect(again).rejects.toMatchObject({ code: 'STALE_EPOCH' });

      const next = await bob.engine.update(got.state);
      bobNow = (await bob.engine.confirmCommit(got.state, next.state)).state;
      await expect(bob.engine.decrypt(bobNow, second.message)).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    });

    it('does not open again, after its own commit, what it opened while that waited', async () => {
      const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
      const [aliceState, bobState] = await newPair(alice, bob);
      const { message } = await alice.engine.encrypt(aliceState, utf8('x'), NO_DATA);
      const pending = await bob.engine.update(bobState);
      const { state } = await bob.engine.decrypt(bobState, message);
      expect(await bob.engine.decrypt(pending.state, message)).toBeDefined();
      const confirmed = await bob.engine.confirmCommit(state, pending.state);
      await expect(bob.engine.decrypt(confirmed.state, message)).rejects.toMatchObject({ code: 'REPLAYED' });
      const late = bob.engine.confirmCommit(confirmed.state, pending.state);
      await expect(late).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    });

    it('opens messages that arrive out of order, and survives one that never arrives', async () => {
      const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
      let [aliceState, bobState] = await newPair(alice, bob);
      const messages: Uint8Array[] = [];
      for (const text of ['0', '1', '2', '3']) {
        const sent = await alice.engine.encrypt(aliceState, utf8(text), NO_DATA);
        aliceState = sent.state;
        messages.push(sent.message);
      }
      for (const index of [3, 1, 0]) {
        const got = await bob.engine.decrypt(bobState, messages[index] ?? NO_DATA);
        expect(textOf(got.payload)).toBe(String(index));
        bobState = got.state;
      }
    });

    it('adds and removes members of a group, who all share a secret and agree on the roster', async () => {
      const [alice, bob, carol] = [await newPerson('alice'), await newPerson('bob'), await newPerson('carol')];
      let [aliceState, bobState] = await newPair(alice, bob);
      befriend(alice, bob, carol);
      const three = [alice.userId, bob.userId, carol.userId];
      const carolsPackage = await packageOf(carol, true);
      const adding = await alice.engine.add(aliceState, [carolsPackage.publicPackage], three);
      aliceState = (await alice.engine.confirmCommit(aliceState, adding.state)).state;
      bobState = (await bob.engine.applyCommit(bobState, adding.commit, three)).state;
      const joined = await carol.engine.join(adding.welcome ?? NO_DATA, [carolsPackage.privatePackage], three);
      expect(joined.usedLastResort).toBe(true);

      const rosters = [
        await alice.engine.roster(aliceState),
        await bob.engine.roster(bobState),
        await carol.engine.roster(joined.state),
      ];
      expect(rosters[0]?.members.map(({ userId }) => userId)).toEqual(three);
      expect(rosters[0]?.epoch).toBe(2);
      expect(rosters[1]).toEqual(rosters[0]);
      expect(rosters[2]).toEqual(rosters[0]);
      const secret = await alice.engine.exportSecret(aliceState, 'ashwire/test', utf8('context'), 32);
      expect(secret).toHaveLength(32);
      expect(await carol.engine.exportSecret(joined.state, 'ashwire/test', utf8('context'), 32)).toEqual(secret);
      expect(await carol.engine.exportSecret(joined.state, 'ashwire/test', utf8('other'), 32)).not.toEqual(secret);

      const removing = await bob.engine.remove(bobState, ['alice-device']);
      bobState = (await bob.engine.confirmCommit(bobState, removing.state)).state;
      const carolState = (await carol.engine.applyCommit(joined.state, removing.commit, [bob.userId, carol.userId]))
        .state;
      const out = await alice.engine.applyCommit(aliceState, removing.commit, three);
      expect(out.removed).toBe(true);
      const { message } = await bob.engine.encrypt(bobState, utf8('without alice'), NO_DATA);
      expect(textOf((await carol.engine.decrypt(carolState, message)).payload)).toBe('without alice');
      await expect(alice.engine.encrypt(out.state, utf8('x'), NO_DATA)).rejects.toMatchObject({ code: 'STALE_EPOCH' });
      for (const deviceIds of [[], ['nobody'], ['bob-device']]) {
        await expect(bob.engine.remove(bobState, deviceIds)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
      }
    });

    it('holds five people, and a second device of one', async () => {
      const people = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => newPerson(name)));
      const states = await newGroup(...people);
      const [first, second] = people;
      if (!first || !second || !states[0] || !states[4]) throw new Error('no group');
      const sent = await first.engine.encrypt(states[0], utf8('all'), NO_DATA);
      for (const [index, person] of people.entries()) {
        if (index === 0) continue;
        const got = await person.engine.decrypt(states[index] ?? NO_DATA, sent.message);
        expect(textOf(got.payload)).toBe('all');
      }
      const tablet = await newDevice(second.identity, 'tablet');
      const tabletEngine = await engines.create(tablet, second.policy);
      const [made] = await tabletEngine.createKeyPackages(1);
      const everyone = people.map(({ userId }) => userId);
      const adding = await first.engine.add(sent.state, [made?.publicPackage ?? NO_DATA], everyone);
      const joined = await tabletEngine.join(adding.welcome ?? NO_DATA, [made?.privatePackage ?? NO_DATA], everyone);
      expect(
        (await tabletEngine.roster(joined.state)).members.filter(({ userId }) => userId === second.userId),
      ).toHaveLength(2);
    });
  });
}

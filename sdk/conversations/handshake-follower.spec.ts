import { beforeEach, describe, expect, it } from '@jest/globals';
import type { HandshakeView } from '../../src/protocol/payloads/chat.payloads.js';
import { EngineSource } from '../account/engine-source.js';
import type { AshwireError } from '../ashwire-error.js';
import { decodeBase64Url, encodeBase64Url } from '../crypto/base64url.js';
import { befriend, newPerson, packageOf, type Person } from '../crypto/people.fixture.js';
import { sealGroupName } from '../groups/group-name.js';
import { MemoryStorage } from '../storage/adapters/memory-storage.js';
import { ClientStore, KINDS } from '../store/client-store.js';
import type { ConversationRecord, SessionRecord } from '../store/records.js';
import { type Followed, HandshakeFollower } from './handshake-follower.js';
import { departedFrom, groupIdOf } from './session-roster.js';

const conversationId = 'c'.repeat(22);

/** One device's follower, with what it has followed so far. */
class Device {
  readonly store = new ClientStore(MemoryStorage.open());
  readonly reported: string[] = [];
  session: SessionRecord | undefined;
  last: Followed | undefined;
  private readonly follower: HandshakeFollower;

  constructor(readonly person: Person) {
    this.follower = new HandshakeFollower({
      store: this.store,
      engines: new EngineSource(this.store, person.policy),
      recheck: () => Promise.resolve(),
      report: (error: AshwireError) => this.reported.push(error.code),
    });
  }

  async open(): Promise<this> {
    const { userId, identityKey, identity, device } = this.person;
    const { certificate, leafPrivateKey } = device;
    const seeds = { identitySeed: encodeBase64Url(identity.unsafeSeed()), leafSeed: encodeBase64Url(leafPrivateKey) };
    const account = { userId, username: 'x', deviceId: certificate.deviceId, identityKey, certificate, ...seeds };
    await this.store.commit(this.store.put(KINDS.account, account));
    return this;
  }

  async keyPackage(): Promise<Uint8Array> {
    const { publicPackage, privatePackage } = await packageOf(this.person);
    const record = { reference: encodeBase64Url(publicPackage).slice(-40), lastResort: false, expiresAt: 0 };
    const stored = { ...record, privatePackage: encodeBase64Url(privatePackage) };
    await this.store.commit(this.store.put(KINDS.keyPackage, stored));
    return publicPackage;
  }

  get state(): Uint8Array {
    return decodeBase64Url(this.session?.state ?? '');
  }

  async follow(handshake: Partial<HandshakeView>, kind: 'direct' | 'group' = 'group'): Promise<SessionRecord> {
    const conversation = { conversationId, kind, members: [] } as unknown as ConversationRecord;
    const { deviceId: ownDeviceId } = this.person.device.certificate;
    const before = this.session ?? {
      ...{ conversationId, epoch: 0, ownDeviceId, ownIdentityKey: this.person.identityKey, members: [] },
      ...{ resetEpoch: 0, peerResetEpoch: 0, doneThrough: 0 },
    };
    this.last = await this.follower.follow(conversation, before, { kind: 'commit', ...handshake } as HandshakeView);
    await this.store.commit(...this.last.writes);
    return (this.session = this.last.session);
  }
}

describe('HandshakeFollower', () => {
  let alice: Device;
  let bob: Device;
  let carol: Device;
  let mallory: Device;
  let three: string[];
  const userIds = (...devices: Device[]): string[] => devices.map(({ person }) => person.userId);
  const rosterOf = (device: Device) => [...(device.session?.roster ?? [])].sort();

  /** A new MLS group of these, by the first one, as a handshake that names `members`. */
  async function resetBy(epoch: number, members: string[], founder: Device, ...others: Device[]) {
    const packages = await Promise.all(others.map((other) => other.keyPackage()));
    const { engine, userId } = founder.person;
    const made = await engine.createGroup(groupIdOf(conversationId, epoch), packages, userIds(founder, ...others));
    const welcome = encodeBase64Url(made.welcome);
    return { made, handshake: { kind: 'reset', epoch, senderId: userId, members, welcome } as const };
  }

  beforeEach(async () => {
    const people = await Promise.all(['alice', 'bob', 'carol', 'mallory'].map((name) => newPerson(name)));
    befriend(...people);
    [alice, bob, carol, mallory] = (await Promise.all(people.map((person) => new Device(person).open()))) as [
      Device,
      Device,
      Device,
      Device,
    ];
    three = userIds(alice, bob, carol);
    const { made, handshake } = await resetBy(1, three, alice, bob, carol);
    for (const device of [bob, carol]) await device.follow(handshake);
    const members = carol.session?.members.filter(({ userId }) => userId !== alice.person.userId) ?? [];
    const others = [...members, ...(bob.session?.members.filter(({ userId }) => userId === three[2]) ?? [])];
    alice.session = { ...(bob.session as SessionRecord), state: encodeBase64Url(made.state), members: others };
    alice.session = { ...alice.session, roster: userIds(bob, carol), ownDeviceId: 'alice-device' };
    alice.session = { ...alice.session, ownIdentityKey: alice.person.identityKey };
  });

  it('joins by a reset, and takes the members of the tree for the roster', () => {
    expect(rosterOf(bob)).toEqual(userIds(alice, carol).sort());
    expect(bob.session).toMatchObject({ epoch: 1, resetEpoch: 1, peerResetEpoch: 1 });
    expect(bob.last?.usedKeyPackage).toBe(true);
  });

  it('lets nobody in by a reset, though the welcome is genuine and the list names them', async () => {
    const { handshake } = await resetBy(2, [...three, mallory.person.userId], carol, alice, bob, mallory);
    const session = await bob.follow(handshake);
    expect(session).toMatchObject({ epoch: 2, broken: true });
    expect(session.state).toBeUndefined();
    expect(rosterOf(bob)).toEqual(userIds(alice, carol).sort());
    expect(bob.reported).toEqual(['ROSTER_MISMATCH']);
  });

  it('does not join a reset with somebody whom the list does not name', async () => {
    const { handshake } = await resetBy(2, three, carol, alice, bob, mallory);
    expect((await bob.follow(handshake)).state).toBeUndefined();
    expect(rosterOf(bob)).toEqual(userIds(alice, carol).sort());
  });

  it('does not join a group of another conversation or epoch', async () => {
    const { handshake } = await resetBy(3, three, carol, alice, bob);
    expect((await bob.follow({ ...handshake, epoch: 2 })).state).toBeUndefined();
  });

  it('follows a commit that adds whom the list names, and who joins by its welcome', async () => {
    const four = [...three, mallory.person.userId];
    const { engine, userId } = alice.person;
    const made = await engine.add(alice.state, [await mallory.keyPackage()], four);
    const commit = encodeBase64Url(made.commit);
    const welcome = encodeBase64Url(made.welcome ?? new Uint8Array());
    const place = { state: made.state, conversationId, epoch: 2 };
    const sealedName = await sealGroupName(engine, place, 'plans');
    const handshake = { epoch: 2, senderId: userId, members: four, commit, sealedName };
    expect((await bob.follow(handshake)).state).toBeDefined();
    expect(bob.last?.name).toBe('plans');
    await mallory.follow({ ...handshake, welcome });
    expect(mallory.session).toMatchObject({ epoch: 2, resetEpoch: 1, needsName: false });
    expect(mallory.last?.name).toBe('plans');
    expect(rosterOf(mallory)).toEqual([...three].sort());
    expect(carol.reported).toEqual([]);
  });

  it('lets nobody in whom only the list, or only the tree has', async () => {
    const four = [...three, mallory.person.userId];
    const update = await alice.person.engine.update(alice.state);
    const senderId = alice.person.userId;
    const inListOnly = { epoch: 2, senderId, members: four, commit: encodeBase64Url(update.commit) };
    expect(await bob.follow(inListOnly)).toMatchObject({ broken: true });
    expect(rosterOf(bob)).toEqual(userIds(alice, carol).sort());
    const made = await alice.person.engine.add(alice.state, [await mallory.keyPackage()], four);
    const inTreeOnly = { epoch: 2, senderId, members: three, commit: encodeBase64Url(made.commit) };
    expect(await carol.follow(inTreeOnly)).toMatchObject({ broken: true });
    expect([bob.reported, carol.reported]).toEqual([['ROSTER_MISMATCH'], ['ROSTER_MISMATCH']]);
    for (const { session } of [bob, carol]) expect(session?.state).toBeUndefined();
  });

  it('does not take a commit for another member’s than its maker’s', async () => {
    const { commit } = await alice.person.engine.update(alice.state);
    const handshake = { epoch: 2, senderId: carol.person.userId, members: three, commit: encodeBase64Url(commit) };
    expect((await bob.follow(handshake)).state).toBeUndefined();
  });

  it('confirms its own commit by its bytes, and drops it when another was faster', async () => {
    for (const isOurs of [true, false]) {
      const device = isOurs ? alice : bob;
      const pending = await device.person.engine.update(device.state);
      const foreign = await carol.person.engine.update(carol.state);
      const record = { conversationId, baseEpoch: 1, state: encodeBase64Url(pending.state) };
      const stored = { ...record, commit: encodeBase64Url(pending.commit) };
      await device.store.commit(device.store.put(KINDS.pendingCommit, stored));
      const [senderId, commit] = isOurs
        ? [alice.person.userId, stored.commit]
        : [carol.person.userId, encodeBase64Url(foreign.commit)];
      const session = await device.follow({ epoch: 2, senderId, members: three, commit });
      expect(session).toMatchObject({ epoch: 2, resetEpoch: 1 });
      expect(session.state).toBeDefined();
      expect(await device.store.find(KINDS.pendingCommit, conversationId)).toBeUndefined();
    }
  });

  it('keeps reading after somebody left, and knows that nothing may be sent before the removal', async () => {
    const members = userIds(alice, bob);
    const left = { kind: 'leave', epoch: 2, senderId: carol.person.userId, members } as const;
    for (const device of [alice, bob]) expect((await device.follow(left)).state).toBeDefined();
    expect(departedFrom(bob.session as SessionRecord).map(({ userId }) => userId)).toEqual(userIds(carol));
    const removal = await alice.person.engine.remove(alice.state, ['carol-device']);
    const commit = encodeBase64Url(removal.commit);
    await bob.follow({ epoch: 3, senderId: alice.person.userId, members, commit });
    expect(departedFrom(bob.session as SessionRecord)).toEqual([]);
    expect(bob.session?.state).toBeDefined();
    expect(rosterOf(bob)).toEqual(userIds(alice));
  });

  it('does not know the roster any more after handshakes that nobody has shown', async () => {
    const { handshake } = await resetBy(3, [...three, mallory.person.userId], carol, alice, bob, mallory);
    expect((await bob.follow({ ...handshake, epoch: 3 })).state).toBeDefined();
    expect(rosterOf(bob)).toEqual(userIds(alice, carol, mallory).sort());
    expect(bob.reported).toEqual([]);
  });

  it('ignores a name that does not open, and asks for it again', async () => {
    const { commit } = await alice.person.engine.update(alice.state);
    const senderId = alice.person.userId;
    const change = { epoch: 2, senderId, members: three, commit: encodeBase64Url(commit), sealedName: 'AAAA' };
    expect(await bob.follow(change)).toMatchObject({ needsName: true });
    expect(bob.last?.name).toBeUndefined();
    expect(bob.reported).toEqual(['UNREADABLE']);
  });

  it('is out of the group when the list does not name it', async () => {
    const session = await carol.follow({ kind: 'leave', epoch: 2, senderId: 'x', members: userIds(alice, bob) });
    expect(session.state).toBeUndefined();
  });
});

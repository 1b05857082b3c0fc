import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EngineSource } from '../../sdk/account/engine-source.js';
import { decodeBase64Url } from '../../sdk/crypto/base64url.js';
import { AshwireClient, MemoryStorage } from '../../sdk/index.js';
import { ClientStore } from '../../sdk/store/client-store.js';
import type { HandshakeListResult } from '../../src/protocol/payloads/chat.payloads.js';
import { agree, GroupOfThree, sessionOf, socketOf, tamper, userIdOf } from '../rig/group-people.js';
import { eventually, type Person, textsOf } from '../rig/people.js';
import { type RunningServer, startServer } from '../rig/server.js';

describe('who can read a group', () => {
  let server: RunningServer;
  let group: GroupOfThree;
  let groupId: string;
  let alice: Person;
  let bob: Person;
  let carol: Person;

  beforeAll(async () => (server = await startServer({ limits: { resetsPerConversation: { points: 100 } } })));
  afterAll(() => server.close());
  beforeEach(async () => {
    group = await GroupOfThree.start(server.url);
    ({ groupId, alice, bob, carol } = group);
  });
  afterEach(() => group.leave());

  const say = (person: Person, text: string) => group.say(person, text);
  const hear = (text: string, ...people: readonly Person[]) => group.hear(text, ...people);

  it('gives a removed member nothing afterwards, by routing and by cryptography', async () => {
    await say(alice, 'with carol');
    await hear('with carol', bob, carol);
    const kept = decodeBase64Url((await sessionOf(carol, groupId))?.state ?? '');
    const pushes: string[] = [];
    const sealed: string[] = [];
    socketOf(carol.client).events.on('message:received', ({ entry }) => pushes.push(entry.clientMessageId));
    socketOf(bob.client).events.on('message:received', ({ entry }) => sealed.push(entry.ciphertext ?? ''));
    const [commit] = await Promise.all([
      new Promise<string>((resolve) =>
        tamper(bob.client, 'handshake:list', (answer: HandshakeListResult) => {
          for (const one of answer.handshakes) if (one.kind === 'commit') resolve(one.commit ?? '');
          return answer;
        }),
      ),
      alice.client.groups.remove(groupId, await userIdOf(carol)),
    ]);
    await agree(groupId, alice, bob);
    await say(alice, 'without carol');
    await hear('without carol', bob);
    await eventually(async () => (await carol.client.groups.list()).length === 0);
    await expect(say(carol, 'may I?')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(pushes).toEqual([]);
    expect((await carol.storage.list('')).filter(({ key }) => key.includes(groupId))).toEqual([]);

    const trustsAll = { isTrusted: () => Promise.resolve(true) };
    const engine = await new EngineSource(new ClientStore(carol.storage), trustsAll).get();
    const message = decodeBase64Url(sealed.at(-1) ?? '');
    await expect(engine.decrypt(kept, message)).rejects.toMatchObject({ code: 'FUTURE_EPOCH' });
    const everybody = await Promise.all([alice, bob, carol].map(userIdOf));
    const { state, removed } = await engine.applyCommit(kept, decodeBase64Url(commit), everybody);
    expect(removed).toBe(true);
    await expect(engine.decrypt(state, message)).rejects.toMatchObject({ name: 'CryptoError' });
  });

  it('follows a member to another device by itself', async () => {
    const second = MemoryStorage.open();
    const client = await AshwireClient.open({ server: server.url, storage: second });
    await client.recover({ username: carol.name, recoveryWords: carol.recoveryWords });
    await client.connect();
    const phone: Person = { ...carol, client, storage: second };
    group.others.push(phone);
    await eventually(async () => {
      await say(bob, 'to the new phone');
      return (await textsOf(phone, groupId)).includes('to the new phone');
    });
    await agree(groupId, alice, bob, phone);
    await eventually(async () => (await group.nameAt(phone)) === 'plans');
    await say(phone, 'from the new phone');
    await hear('from the new phone', alice, bob);
  });

  it('sends nothing while the key of a friend in it has changed, until it is accepted', async () => {
    await say(alice, 'before');
    await hear('before', bob, carol);
    await bob.client.changeIdentityKey();
    const [bobId] = [await userIdOf(bob)];
    await eventually(async () => (await alice.client.friends.list()).some(({ trust }) => trust === 'changed'));
    await expect(say(alice, 'to whom?')).rejects.toMatchObject({ code: 'KEY_CHANGED' });
    await alice.client.friends.acceptNewKey(bobId);
    await say(alice, 'to bob and carol');
    await hear('to bob and carol', bob, carol);
  });

  it('lets no ghost in by the list of a commit', async () => {
    const ghost = 'G'.repeat(22);
    const errors: string[] = [];
    bob.client.on('error', ({ code }) => errors.push(code));
    tamper(bob.client, 'handshake:list', (answer: HandshakeListResult) => ({
      ...answer,
      handshakes: answer.handshakes.map((one) => ({ ...one, members: [...one.members, ghost] })),
    }));
    await alice.client.groups.rename(groupId, 'haunted');
    await eventually(() => errors.includes('ROSTER_MISMATCH'));
    const session = await sessionOf(bob, groupId);
    expect(session?.state).toBeUndefined();
    expect(session?.roster).not.toContain(ghost);
  });

  it('lets no ghost in by a reset', async () => {
    const dave = await group.friendOf(alice);
    const daveId = await userIdOf(dave);
    const errors: string[] = [];
    bob.client.on('error', ({ code }) => errors.push(code));
    // To Bob, the commit that added Dave looks like a reset that anybody could have made.
    tamper(bob.client, 'handshake:list', (answer: HandshakeListResult) => ({
      ...answer,
      handshakes: answer.handshakes.map((one) => ({ ...one, kind: 'reset' })),
    }));
    await alice.client.groups.add(groupId, daveId);
    await eventually(() => errors.includes('ROSTER_MISMATCH'));
    const session = await sessionOf(bob, groupId);
    expect(session?.state).toBeUndefined();
    expect(session?.roster).not.toContain(daveId);
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  acceptAll,
  createApplicationMessage,
  createCommit,
  createGroupInfoWithExternalPubAndRatchetTree,
  createProposal,
  type Credential,
  decodeMlsMessage,
  defaultAuthenticationService,
  defaultCapabilities,
  defaultKeyRetentionConfig,
  defaultLifetime,
  emptyPskIndex,
  encodeMlsMessage,
  generateKeyPackage,
  joinGroupExternal,
  processPrivateMessage,
  processPublicMessage,
  type Proposal,
} from 'ts-mls';
import { CryptoError } from './crypto-error.js';
import { decodeState, encodePrivateMessage } from './mls-codec.js';
import { mlsClientConfig, mlsSuite } from './mls-suite.js';
import { NAIVE, naivePackage, naivePair } from './naive-client.fixture.js';
import { befriend, newGroup, newPair, newPerson, NO_DATA, packageOf, textOf, utf8 } from './people.fixture.js';

describe('trap: a removed member reads on', () => {
  it('naively, when the sender goes on from the state before the commit', async () => {
    const suite = await mlsSuite();
    const [alice, bob] = await naivePair();
    const remove = { proposalType: 'remove', remove: { removed: 1 } } as const;
    await createCommit({ state: alice, cipherSuite: suite }, { extraProposals: [remove] });
    const { privateMessage } = await createApplicationMessage(alice, utf8('secret'), suite);
    const read = await processPrivateMessage(bob, privateMessage, emptyPskIndex, suite);
    expect(read).toMatchObject({ kind: 'applicationMessage', message: utf8('secret') });
  });

  it('not with the engine: after the commit, with or without having seen it', async () => {
    const people = [await newPerson('alice'), await newPerson('bob'), await newPerson('carol')] as const;
    const [alice, bob, carol] = people;
    const [aliceState = NO_DATA, bobState = NO_DATA, carolState = NO_DATA] = await newGroup(...people);
    const removing = await alice.engine.remove(aliceState, ['bob-device']);
    const { state } = await alice.engine.confirmCommit(aliceState, removing.state);
    const { message } = await alice.engine.encrypt(state, utf8('secret'), NO_DATA);
    const everyone = people.map(({ userId }) => userId);
    const out = await bob.engine.applyCommit(bobState, removing.commit, everyone);
    for (const left of [bobState, out.state]) {
      await expect(bob.engine.decrypt(left, message)).rejects.toMatchObject({ code: 'FUTURE_EPOCH' });
    }
    // Even a client that lies about the epoch: none of its keys opens the message.
    const suite = await mlsSuite();
    const lying = decodeState(out.state.slice(), mlsClientConfig(defaultAuthenticationService));
    lying.groupContext = { ...lying.groupContext, epoch: 2n };
    const [decoded] = decodeMlsMessage(message, 0) ?? [];
    if (decoded?.wireformat !== 'mls_private_message') throw new Error('not a private message');
    await expect(processPrivateMessage(lying, decoded.privateMessage, emptyPskIndex, suite)).rejects.toThrow();
    const carolNow = await carol.engine.applyCommit(carolState, removing.commit, [alice.userId, carol.userId]);
    expect(textOf((await carol.engine.decrypt(carolNow.state, message)).payload)).toBe('secret');
  });
});

describe('trap: retainKeysForEpochs 0 keeps every key for ever', () => {
  it('naively: the keys of four epochs are there', async () => {
    const suite = await mlsSuite();
    const retainNone = { ...NAIVE, keyRetentionConfig: { ...defaultKeyRetentionConfig, retainKeysForEpochs: 0 } };
    let [alice] = await naivePair(retainNone);
    for (let epoch = 0; epoch < 3; epoch++) alice = (await createCommit({ state: alice, cipherSuite: suite })).newState;
    expect([...alice.historicalReceiverData.keys()]).toEqual([0n, 1n, 2n, 3n]);
  });

  it('not with the engine: one previous epoch', async () => {
    const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
    let [state, bobState] = await newPair(alice, bob);
    for (let epoch = 0; epoch < 3; epoch++) {
      const pending = await alice.engine.update(state);
      state = (await alice.engine.confirmCommit(state, pending.state)).state;
      bobState = (await bob.engine.applyCommit(bobState, pending.commit, [alice.userId, bob.userId])).state;
    }
    for (const bytes of [state, bobState]) {
      const { historicalReceiverData } = decodeState(bytes.slice(), mlsClientConfig(defaultAuthenticationService));
      expect([...historicalReceiverData.keys()]).toEqual([3n]);
    }
  });
});

describe('trap: nobody says who sent a message', () => {
  it('naively: the result has no sender, so a client believes the envelope', async () => {
    const suite = await mlsSuite();
    const [alice, bob] = await naivePair();
    const { privateMessage } = await createApplicationMessage(alice, utf8('I am carol'), suite);
    const read = await processPrivateMessage(bob, privateMessage, emptyPskIndex, suite);
    expect(Object.keys(read).sort()).toEqual(['consumed', 'kind', 'message', 'newState']);
  });

  it('not with the engine: the sender is who signed, and must be trusted', async () => {
    const people = [await newPerson('alice'), await newPerson('bob'), await newPerson('carol')] as const;
    const [, bob, carol] = people;
    const [, bobState = NO_DATA, carolState = NO_DATA] = await newGroup(...people);
    const { message } = await carol.engine.encrypt(carolState, utf8('I am alice'), NO_DATA);
    expect((await bob.engine.decrypt(bobState, message)).sender.userId).toBe(carol.userId);
    bob.policy.pins.delete(carol.userId);
    await expect(bob.engine.decrypt(bobState, message)).rejects.toMatchObject({ code: 'UNTRUSTED_MEMBER' });
  });
});

describe('trap: any credential is accepted', () => {
  it('naively: a stranger who calls himself bob, and a certificate chain of zeros', async () => {
    const suite = await mlsSuite();
    const [alice] = await naivePair();
    const x509: Credential = { credentialType: 'x509', certificates: [new Uint8Array(3)] };
    const other = await generateKeyPackage(x509, defaultCapabilities(), defaultLifetime, [], suite);
    for (const { publicPackage } of [await naivePackage('bob'), other]) {
      const add = { proposalType: 'add', add: { keyPackage: publicPackage } } as const;
      const added = await createCommit({ state: alice, cipherSuite: suite }, { extraProposals: [add] });
      expect(added.welcome).toBeDefined();
    }
  });

  it('not with the engine', async () => {
    const suite = await mlsSuite();
    const alice = await newPerson('alice');
    const now = BigInt(Math.floor(Date.now() / 1000));
    const lifetime = { notBefore: now - 60n, notAfter: now + 60n };
    const x509: Credential = { credentialType: 'x509', certificates: [new Uint8Array(3)] };
    const basic: Credential = { credentialType: 'basic', identity: utf8('bob') };
    for (const credential of [x509, basic]) {
      const { publicPackage } = await generateKeyPackage(credential, defaultCapabilities(), lifetime, [], suite);
      const bytes = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage: publicPackage });
      const making = alice.engine.createGroup(utf8('g'), [bytes], [alice.userId, 'bob']);
      await expect(making).rejects.toThrow(CryptoError);
    }
  });
});

describe('trap: strangers let themselves in by external commits and proposals', () => {
  it('naively: who gets hold of the group info joins, unasked', async () => {
    const suite = await mlsSuite();
    const [alice, bob] = await naivePair();
    const info = await createGroupInfoWithExternalPubAndRatchetTree(alice, [], suite);
    const { publicPackage, privatePackage } = await naivePackage('mallory');
    const mallory = await joinGroupExternal(info, publicPackage, privatePackage, false, suite);
    const { newState } = await processPublicMessage(bob, mallory.publicMessage, emptyPskIndex, suite, acceptAll);
    const { privateMessage } = await createApplicationMessage(newState, utf8('secret'), suite);
    const read = await processPrivateMessage(mallory.newState, privateMessage, emptyPskIndex, suite);
    expect(read).toMatchObject({ message: utf8('secret') });
  });

  it('not with the engine: no public messages, no proposals, no commit of another kind', async () => {
    const suite = await mlsSuite();
    const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
    const [aliceState, bobState] = await newPair(alice, bob);
    befriend(alice, bob);
    const members = [alice.userId, bob.userId];
    const inside = decodeState(aliceState.slice(), mlsClientConfig(defaultAuthenticationService));
    const info = await createGroupInfoWithExternalPubAndRatchetTree(inside, [], suite);
    const { publicPackage, privatePackage } = await naivePackage('mallory');
    const { publicMessage } = await joinGroupExternal(
      info,
      publicPackage,
      privatePackage,
      false,
      suite,
      undefined,
      NAIVE,
    );
    const remove = { proposalType: 'remove', remove: { removed: 1 } } as const;
    const extensions: Proposal = {
      proposalType: 'group_context_extensions',
      groupContextExtensions: { extensions: [] },
    };
    const [publicCommit, extensionCommit] = await Promise.all([
      createCommit({ state: inside, cipherSuite: suite }, { wireAsPublicMessage: true }),
      createCommit({ state: inside, cipherSuite: suite }, { extraProposals: [extensions] }),
    ]);
    const refused = [
      encodeMlsMessage({ version: 'mls10', wireformat: 'mls_public_message', publicMessage }),
      encodeMlsMessage(publicCommit.commit),
      encodeMlsMessage(extensionCommit.commit),
      encodeMlsMessage((await createProposal(inside, false, remove, suite)).message),
      encodeMlsMessage((await createProposal(inside, true, remove, suite)).message),
    ];
    for (const bytes of refused) {
      await expect(bob.engine.applyCommit(bobState, bytes, members)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
      await expect(bob.engine.decrypt(bobState, bytes)).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
    }
  });
});

describe('trap: bytes behind a message are ignored', () => {
  it('naively: they pass', async () => {
    const suite = await mlsSuite();
    const [alice] = await naivePair();
    const bytes = encodePrivateMessage((await createApplicationMessage(alice, utf8('x'), suite)).privateMessage);
    expect(decodeMlsMessage(Uint8Array.of(...bytes, 1, 2, 3), 0)).toBeDefined();
  });

  it('not with the engine: messages, commits, key packages, welcomes, states', async () => {
    const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
    const [aliceState, bobState] = await newPair(alice, bob);
    const members = [alice.userId, bob.userId];
    const longer = (bytes: Uint8Array): Uint8Array => Uint8Array.of(...bytes, 0);
    const { message } = await alice.engine.encrypt(aliceState, utf8('x'), NO_DATA);
    const { commit } = await alice.engine.update(aliceState);
    const bobs = await packageOf(bob);
    const made = await alice.engine.createGroup(utf8('g'), [bobs.publicPackage], members);
    const bad = { code: 'BAD_MESSAGE' };
    await expect(bob.engine.decrypt(bobState, longer(message))).rejects.toMatchObject(bad);
    await expect(bob.engine.decrypt(longer(bobState), message)).rejects.toMatchObject(bad);
    await expect(bob.engine.applyCommit(bobState, longer(commit), members)).rejects.toMatchObject(bad);
    await expect(bob.engine.join(longer(made.welcome), [bobs.privatePackage], members)).rejects.toMatchObject(bad);
    const making = alice.engine.createGroup(utf8('g'), [longer(bobs.publicPackage)], members);
    await expect(making).rejects.toMatchObject({ code: 'BAD_KEY_PACKAGE' });
  });
});

describe('trap: a gap of over 200 messages', () => {
  const GAP = 201;

  it('naively: the next message cannot be read any more', async () => {
    const suite = await mlsSuite();
    const [start, bob] = await naivePair();
    let alice = start;
    for (let sent = 0; sent < GAP; sent++)
      alice = (await createApplicationMessage(alice, utf8('lost'), suite)).newState;
    const { privateMessage } = await createApplicationMessage(alice, utf8('after'), suite);
    await expect(processPrivateMessage(bob, privateMessage, emptyPskIndex, suite)).rejects.toThrow(
      'too far in the future',
    );
  });

  it('not with the engine, and the state does not grow by the gap', async () => {
    const [alice, bob] = [await newPerson('alice'), await newPerson('bob')];
    let [aliceState, bobState] = await newPair(alice, bob);
    const before = bobState.length;
    for (let sent = 0; sent < GAP; sent++)
      aliceState = (await alice.engine.encrypt(aliceState, utf8('lost'), NO_DATA)).state;
    const { message } = await alice.engine.encrypt(aliceState, utf8('after'), NO_DATA);
    const got = await bob.engine.decrypt(bobState, message);
    expect(textOf(got.payload)).toBe('after');
    bobState = got.state;
    expect(bobState.length).toBeLessThan(before + 1000);
  });
});

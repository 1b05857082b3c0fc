import { describe, expect, it } from '@jest/globals';
import type { GroupMemberView } from '../../src/protocol/payloads/group.payloads.js';
import type { KeyHistoryEntry } from '../../src/protocol/signing.js';
import { newDevice, registrationOf } from '../account/device-keys.js';
import type { SessionTokens } from '../account/session-tokens.js';
import type { AshwireClientEvents } from '../client-events.js';
import { encodeBase64Url } from '../crypto/base64url.js';
import { IdentityKey, issueKeyHistoryEntry, userIdOf } from '../crypto/identity.js';
import { ContactBook } from '../friends/contact-book.js';
import { MemoryStorage } from '../storage/adapters/memory-storage.js';
import { ClientStore } from '../store/client-store.js';
import { TypedEmitter } from '../typed-emitter.js';
import { FellowBook } from './fellow-book.js';
import { MemberDirectory } from './member-directory.js';

const keyOf = (identity: IdentityKey): string => encodeBase64Url(identity.publicKey);
const groupId = 'g'.repeat(22);

/** A member as a server shows it, who can change keys and devices. */
async function shownMember() {
  const history: KeyHistoryEntry[] = [];
  let identity = IdentityKey.generate();
  const userId = userIdOf(keyOf(identity));
  const extend = async (signer: IdentityKey, next: IdentityKey): Promise<void> => {
    const entry = { identityKey: keyOf(next), createdAt: 1 };
    history.push(await issueKeyHistoryEntry(signer, userId, entry, history.at(-1)));
    identity = next;
  };
  await extend(identity, identity);
  const view = async (shown = identity, certifiedBy = shown): Promise<GroupMemberView> => {
    const { certificate } = await newDevice(certifiedBy, { userId, username: 'carol' }, 1);
    const person = { userId, username: 'carol', displayName: 'Carol', avatarColour: 'blue', joinedAt: 1 } as const;
    const keys = { identityKey: keyOf(shown), keyVersion: history.length };
    return { ...person, ...keys, device: registrationOf(certificate) };
  };
  return { userId, history, view, change: (signer = identity) => extend(signer, IdentityKey.generate()) };
}

async function books() {
  const member = await shownMember();
  const store = new ClientStore(MemoryStorage.open());
  const source = () => Promise.resolve(member.history);
  const asked: string[] = [];
  const fellows = new FellowBook(store, (group) => () => {
    asked.push(group);
    return source();
  });
  const contacts = new ContactBook(store, source, new TypedEmitter<AshwireClientEvents>());
  const directory = new MemberDirectory(contacts, fellows, {} as SessionTokens);
  const isTrusted = (identityKey: string) =>
    directory.isTrusted({ userId: member.userId, identityKey, deviceId: 'd', leafKey: 'l' });
  const requireUsable = () => directory.requireUsable({ kind: 'group', members: [member.userId] });
  return { member, fellows, contacts, isTrusted, requireUsable, asked };
}

describe('FellowBook', () => {
  it('pins the key that the history of the group proves, once', async () => {
    const { member, fellows, isTrusted, asked } = await books();
    const shown = await member.view();
    expect(await fellows.observe(shown, groupId)).toMatchObject({ trust: 'pinned', identityKey: shown.identityKey });
    const second = await member.view();
    expect((await fellows.observe(second, groupId)).deviceId).toBe(second.device.deviceId);
    expect(asked).toEqual([groupId]);
    expect(await isTrusted(shown.identityKey)).toBe(true);
  });

  it('never pins a key that nothing proves, and lets nothing be sent to it', async () => {
    const { member, fellows, isTrusted, requireUsable } = await books();
    const evil = IdentityKey.generate();
    expect(await fellows.observe(await member.view(evil), groupId)).toMatchObject({
      trust: 'compromised',
      identityKey: '',
    });
    expect(await isTrusted(keyOf(evil))).toBe(false);
    await expect(requireUsable()).rejects.toMatchObject({ code: 'KEY_COMPROMISED' });
  });

  it('takes a later key that follows the pinned one, and no other', async () => {
    const { member, fellows, isTrusted, requireUsable } = await books();
    await fellows.observe(await member.view(), groupId);
    await member.change();
    const followed = await fellows.observe(await member.view(), groupId);
    expect(followed).toMatchObject({ trust: 'pinned', keyVersion: 2 });
    await requireUsable();

    await member.change(IdentityKey.generate());
    const rewritten = await member.view();
    const refused = await fellows.observe(rewritten, groupId);
    expect(refused).toMatchObject({ trust: 'compromised', identityKey: followed.identityKey });
    expect(await isTrusted(rewritten.identityKey)).toBe(false);
    await expect(requireUsable()).rejects.toMatchObject({ code: 'KEY_COMPROMISED' });
  });

  it('believes no device that the pinned key does not vouch for', async () => {
    const { member, fellows } = await books();
    const first = await fellows.observe(await member.view(), groupId);
    const shown = await member.view();
    const forged = (await member.view(undefined, IdentityKey.generate())).device;
    expect((await fellows.observe({ ...shown, device: forged }, groupId)).deviceId).toBe(first.deviceId);
  });

  it('forgets who is in no group any more', async () => {
    const { member, fellows } = await books();
    await fellows.observe(await member.view(), groupId);
    await fellows.keepOnly(new Set([member.userId]));
    expect(await fellows.find(member.userId)).toBeDefined();
    await fellows.keepOnly(new Set());
    expect(await fellows.find(member.userId)).toBeUndefined();
  });
});

describe('MemberDirectory', () => {
  it('believes the contact book about a friend, whatever a group shows', async () => {
    const { member, fellows, contacts, isTrusted, requireUsable } = await books();
    const friend = { conversationId: 'c'.repeat(22), since: 1 };
    const first = await member.view();
    await contacts.observe({ ...first, ...friend });
    await member.change();
    const changed = await member.view();
    await fellows.observe(changed, groupId);
    expect(await isTrusted(changed.identityKey)).toBe(false);
    await contacts.observe({ ...changed, ...friend });
    await expect(requireUsable()).rejects.toMatchObject({ code: 'KEY_CHANGED' });
    await contacts.acceptNewKey(member.userId);
    expect(await isTrusted(changed.identityKey)).toBe(true);
    await requireUsable();
  });

  it('takes a first key of somebody unknown by the user id, and no other key', async () => {
    const { member, isTrusted } = await books();
    expect(await isTrusted((await member.view()).identityKey)).toBe(true);
    expect(await isTrusted(keyOf(IdentityKey.generate()))).toBe(false);
  });
});

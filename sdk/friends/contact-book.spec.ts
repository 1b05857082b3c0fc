import { describe, expect, it } from '@jest/globals';
import type { FriendView } from '../../src/protocol/payloads/relation.payloads.js';
import type { KeyHistoryEntry } from '../../src/protocol/signing.js';
import { newDevice, registrationOf } from '../account/device-keys.js';
import type { AshwireClientEvents } from '../client-events.js';
import { encodeBase64Url } from '../crypto/base64url.js';
import { IdentityKey, issueKeyHistoryEntry, userIdOf } from '../crypto/identity.js';
import { MemoryStorage } from '../storage/adapters/memory-storage.js';
import { ClientStore } from '../store/client-store.js';
import { TypedEmitter } from '../typed-emitter.js';
import { ContactBook, requireUsable } from './contact-book.js';

const keyOf = (identity: IdentityKey): string => encodeBase64Url(identity.publicKey);

/** A friend as a server shows it, who can change keys and devices. */
class ShownFriend {
  readonly history: KeyHistoryEntry[] = [];
  readonly userId: string;

  private constructor(public identity: IdentityKey) {
    this.userId = userIdOf(keyOf(identity));
  }

  static async create(): Promise<ShownFriend> {
    const friend = new ShownFriend(IdentityKey.generate());
    await friend.extend(friend.identity, friend.identity);
    return friend;
  }

  async changeKey(signer = this.identity): Promise<void> {
    const next = IdentityKey.generate();
    await this.extend(signer, next);
    this.identity = next;
  }

  async view(certifiedBy = this.identity): Promise<FriendView> {
    const { userId } = this;
    const device = await newDevice(certifiedBy, { userId, username: 'bob' }, 1);
    return {
      ...{
        userId,
        username: 'bob',
        displayName: 'Bob',
        avatarColour: 'blue',
        since: 1,
        conversationId: 'c'.repeat(22),
      },
      ...{
        identityKey: keyOf(this.identity),
        keyVersion: this.history.length,
        device: registrationOf(device.certificate),
      },
    };
  }

  private async extend(signer: IdentityKey, next: IdentityKey): Promise<void> {
    this.history.push(
      await issueKeyHistoryEntry(signer, this.userId, { identityKey: keyOf(next), createdAt: 1 }, this.history.at(-1)),
    );
  }
}

async function bookOf() {
  const friend = await ShownFriend.create();
  const events = new TypedEmitter<AshwireClientEvents>();
  const told: string[] = [];
  events.on('key-changed', ({ trust }) => told.push(`key-changed ${trust}`));
  events.on('device-changed', () => told.push('device-changed'));
  const book = new ContactBook(new ClientStore(MemoryStorage.open()), () => Promise.resolve(friend.history), events);
  return { friend, book, told };
}

describe('ContactBook', () => {
  it('pins the first key that its history proves', async () => {
    const { friend, book } = await bookOf();
    const contact = await book.observe(await friend.view());
    expect(contact).toMatchObject({ trust: 'unverified', identityKey: keyOf(friend.identity), keyVersion: 1 });
  });

  it('never pins a key that no history proves', async () => {
    const { friend, book, told } = await bookOf();
    const view = await friend.view();
    const evil = IdentityKey.generate();
    const device = await newDevice(evil, { userId: friend.userId, username: 'bob' }, 1);
    const contact = await book.observe({
      ...view,
      identityKey: keyOf(evil),
      device: registrationOf(device.certificate),
    });
    expect(contact).toMatchObject({ trust: 'compromised', identityKey: '' });
    expect(() => requireUsable(contact)).toThrow(expect.objectContaining({ code: 'KEY_COMPROMISED' }));
    await expect(book.acceptNewKey(friend.userId)).rejects.toMatchObject({ code: 'KEY_COMPROMISED' });
    expect(told).toEqual(['key-changed compromised']);
  });

  it('offers a key that follows the pinned one, and takes it only when told to', async () => {
    const { friend, book, told } = await bookOf();
    const first = await book.observe(await friend.view());
    await book.markVerified(friend.userId);
    await friend.changeKey();
    const changed = await book.observe(await friend.view());
    expect(changed).toMatchObject({ trust: 'changed', identityKey: first.identityKey });
    expect(() => requireUsable(changed)).toThrow(expect.objectContaining({ code: 'KEY_CHANGED' }));
    await expect(book.markVerified(friend.userId)).rejects.toMatchObject({ code: 'KEY_CHANGED' });
    expect(await book.acceptNewKey(friend.userId)).toMatchObject({
      trust: 'unverified',
      identityKey: keyOf(friend.identity),
    });
    expect(told).toEqual(['key-changed changed']);
  });

  it('does not offer a key whose history was rewritten', async () => {
    const { friend, book } = await bookOf();
    await book.observe(await friend.view());
    await friend.changeKey(IdentityKey.generate());
    expect(await book.observe(await friend.view())).toMatchObject({ trust: 'compromised' });
    expect(
      await book.isTrusted({ userId: friend.userId, deviceId: 'd', leafKey: 'l', identityKey: keyOf(friend.identity) }),
    ).toBe(false);
  });

  it('tells a new device of the same identity, and believes none that the identity does not vouch for', async () => {
    const { friend, book, told } = await bookOf();
    const first = await book.observe(await friend.view());
    const second = await book.observe(await friend.view());
    expect(second.deviceId).not.toBe(first.deviceId);
    expect(second.trust).toBe('unverified');
    const forged = await book.observe(await friend.view(IdentityKey.generate()));
    expect(forged.deviceId).toBe(second.deviceId);
    expect(told).toEqual(['device-changed']);
  });
});

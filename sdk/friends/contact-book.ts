import type { FriendView } from '../../src/protocol/payloads/relation.payloads.js';
import type { KeyHistoryEntry } from '../../src/protocol/signing.js';
import { AshwireError } from '../ashwire-error.js';
import type { AshwireClientEvents } from '../client-events.js';
import { CryptoError } from '../crypto/crypto-error.js';
import { verifyDeviceCertificate, verifyKeyHistory } from '../crypto/identity.js';
import type { MemberDevice, RosterPolicy } from '../crypto/crypto-engine.port.js';
import type { ContactRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { TypedEmitter } from '../typed-emitter.js';
import { contactOf } from './contact.js';

/** Gets the hash-chained history of a friend's identity keys from the server. */
export type KeyHistorySource = (userId: string) => Promise<readonly KeyHistoryEntry[]>;

/**
 * The friends with their pinned keys. The first key that a history proves is pinned; every later one is only offered. What
 * the server says about a friend's key changes nothing here but the trust, and trust only falls by itself.
 */
export class ContactBook implements RosterPolicy {
  constructor(
    private readonly store: ClientStore,
    private readonly keyHistoryOf: KeyHistorySource,
    private readonly events: TypedEmitter<AshwireClientEvents>,
  ) {}

  find(userId: string): Promise<ContactRecord | undefined> {
    return this.store.find(KINDS.contact, userId);
  }

  async get(userId: string): Promise<ContactRecord> {
    const contact = await this.find(userId);
    if (!contact) throw new AshwireError('NOT_FOUND');
    return contact;
  }

  list(): Promise<ContactRecord[]> {
    return this.store.list(KINDS.contact);
  }

  async isTrusted({ userId, identityKey }: MemberDevice): Promise<boolean> {
    const contact = await this.find(userId);
    return contact !== undefined && contact.identityKey !== '' && contact.identityKey === identityKey;
  }

  /** Takes what the server shows of a friend. Throws only when the key history cannot be fetched now. */
  observe(friend: FriendView): Promise<ContactRecord> {
    return this.alone(friend.userId, async (known) => {
      const next = await this.judged(friend, known);
      if (known && JSON.stringify(known) === JSON.stringify(next)) return known;
      await this.store.commit(this.store.put(KINDS.contact, next));
      this.tell(known, next);
      return next;
    });
  }

  /** The two have compared their safety number. `compared`: with this key. @throws AshwireError KEY_CHANGED for another one. */
  markVerified(userId: string, compared?: string): Promise<ContactRecord> {
    return this.alone(userId, (known) => {
      requireUsable(known);
      requireCompared(known, compared);
      return this.change(known, { trust: 'verified' });
    });
  }

  /** Pins the new key that was shown. @throws AshwireError as `markVerified`, KEY_COMPROMISED for one that nothing proves. */
  acceptNewKey(userId: string, compared?: string): Promise<ContactRecord> {
    return this.alone(userId, (known) => {
      if (!known) throw new AshwireError('NOT_FOUND');
      if (known.trust === 'compromised') throw new AshwireError('KEY_COMPROMISED');
      requireCompared(known, compared);
      if (!known.newKey) return Promise.resolve(known);
      const { newKey, ...rest } = known;
      return this.change(rest, { ...newKey, trust: 'unverified' });
    });
  }

  /** What an invitation names is not what the server answered. */
  distrust(userId: string): Promise<ContactRecord> {
    return this.alone(userId, (known) => {
      if (!known) throw new AshwireError('NOT_FOUND');
      const { newKey: _, ...rest } = known;
      return this.change({ ...rest, identityKey: '', keyVersion: 0 }, { trust: 'compromised' });
    });
  }

  async remove(userId: string): Promise<void> {
    await this.alone(userId, () => this.store.commit(this.store.delete(KINDS.contact, userId)));
  }

  private async judged(friend: FriendView, known: ContactRecord | undefined): Promise<ContactRecord> {
    const { userId, username, displayName, avatarColour, conversationId, since, identityKey, keyVersion } = friend;
    const shown = { userId, username, displayName, avatarColour, conversationId, since };
    const certified = verifyDeviceCertificate({ userId, ...friend.device }, identityKey);
    const { deviceId } = friend.device;
    if (known && known.identityKey !== '' && known.identityKey === identityKey) {
      const { newKey: _, ...rest } = known;
      const trust = known.trust === 'verified' ? 'verified' : 'unverified';
      // A device that the pinned key does not vouch for is not believed; the one before stays.
      return { ...rest, ...shown, trust, deviceId: certified ? deviceId : known.deviceId };
    }
    if (known?.trust === 'changed' && known.newKey?.identityKey === identityKey && certified) {
      return { ...known, ...shown, deviceId };
    }
    const history = await this.keyHistoryOf(userId);
    const proven = certified && isProven(friend, history);
    if (known && known.identityKey !== '') {
      const follows = proven && history[known.keyVersion - 1]?.identityKey === known.identityKey;
      const { newKey: _, ...rest } = known;
      if (!follows) return { ...rest, ...shown, trust: 'compromised' };
      return { ...rest, ...shown, trust: 'changed', newKey: { identityKey, keyVersion }, deviceId };
    }
    if (!proven || known?.trust === 'compromised') {
      return { ...shown, identityKey: '', keyVersion: 0, trust: 'compromised', deviceId };
    }
    return { ...shown, identityKey, keyVersion, trust: 'unverified', deviceId };
  }

  private async change(known: ContactRecord, change: Partial<ContactRecord>): Promise<ContactRecord> {
    const next = { ...known, ...change };
    await this.store.commit(this.store.put(KINDS.contact, next));
    this.events.emit('friend-changed', contactOf(next));
    return next;
  }

  private tell(known: ContactRecord | undefined, next: ContactRecord): void {
    const contact = contactOf(next);
    if (!known) this.events.emit('friend-added', contact);
    else this.events.emit('friend-changed', contact);
    const isBlocked = next.trust === 'changed' || next.trust === 'compromised';
    const isNews = known?.trust !== next.trust || known.newKey?.identityKey !== next.newKey?.identityKey;
    if (isBlocked && isNews) this.events.emit('key-changed', contact);
    else if (known && known.deviceId !== next.deviceId && !isBlocked) this.events.emit('device-changed', contact);
  }

  private alone<T>(userId: string, action: (known: ContactRecord | undefined) => Promise<T>): Promise<T> {
    return this.store.exclusive(`contact/${userId}`, async () => action(await this.find(userId)));
  }
}

/** Whether messages may be sent to this contact. @throws AshwireError KEY_CHANGED, KEY_COMPROMISED or NOT_FOUND. */
export function requireUsable(contact: ContactRecord | undefined): asserts contact is ContactRecord {
  if (!contact) throw new AshwireError('NOT_FOUND');
  if (contact.trust === 'changed') throw new AshwireError('KEY_CHANGED', { userId: contact.userId });
  if (contact.trust === 'compromised') throw new AshwireError('KEY_COMPROMISED', { userId: contact.userId });
}

function requireCompared({ userId, identityKey, newKey }: ContactRecord, compared: string | undefined): void {
  const shown = newKey?.identityKey ?? identityKey;
  if (compared !== undefined && compared !== shown) throw new AshwireError('KEY_CHANGED', { userId });
}

/** Whether the history, from the key that made the user id, leads to the key that the server shows. */
export function isProven(
  { userId, identityKey, keyVersion }: Pick<FriendView, 'userId' | 'identityKey' | 'keyVersion'>,
  history: readonly KeyHistoryEntry[],
): boolean {
  try {
    return verifyKeyHistory(userId, history) === identityKey && history.length === keyVersion;
  } catch (error) {
    if (error instanceof CryptoError) return false;
    throw error;
  }
}

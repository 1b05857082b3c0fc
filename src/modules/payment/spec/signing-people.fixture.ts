import { generateKeyPairSync, sign } from 'node:crypto';
import { ManualClock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import { RandomIds } from '../../../shared/ids.js';
import type { ClaimedKeyPackage, Settings } from '../../../protocol/payloads/user.payloads.js';
import type { KeyHistoryEntry } from '../../../protocol/signing.js';
import { RelationFacade } from '../../relation/index.js';
import { type Person, UserFacade } from '../../user/index.js';

const ids = new RandomIds();

/** An account whose identity key really signs. */
export class SigningPerson {
  readonly userId = ids.next();
  private pair = generateKeyPairSync('ed25519');
  readonly history: KeyHistoryEntry[] = [];

  constructor() {
    this.append(new ManualClock().now());
  }

  get key(): string {
    return String(this.pair.publicKey.export({ format: 'jwk' }).x);
  }

  sign(bytes: Uint8Array): string {
    return sign(null, bytes, this.pair.privateKey).toString('base64url');
  }

  changeKey(at: number): void {
    this.pair = generateKeyPairSync('ed25519');
    this.append(at);
  }

  private append(createdAt: number): void {
    const version = this.history.length + 1;
    this.history.push({ version, identityKey: this.key, createdAt, previousHash: '', hash: '', signature: '' });
  }
}

export class SigningPeople extends UserFacade {
  private readonly people = new Map<string, SigningPerson>();

  add(): SigningPerson {
    const person = new SigningPerson();
    this.people.set(person.userId, person);
    return person;
  }

  findPerson(userId: string): Promise<Person | null> {
    const person = this.people.get(userId);
    if (!person) return Promise.resolve(null);
    const device = { userId, deviceId: ids.next(), leafKey: person.key, createdAt: 0, signature: '' };
    const name = { username: userId, displayName: userId, avatarColour: 'teal' as const };
    return Promise.resolve({ userId, ...name, identityKey: person.key, keyVersion: person.history.length, device });
  }

  findPersonByUsername(username: string): Promise<Person | null> {
    return this.findPerson(username);
  }

  async listPersons(userIds: readonly string[]): Promise<Person[]> {
    const persons = await Promise.all(userIds.map((userId) => this.findPerson(userId)));
    return persons.flatMap((person) => person ?? []);
  }

  listKnownPersons(userIds: readonly string[]): Promise<Person[]> {
    return this.listPersons(userIds);
  }

  getSettings(): Promise<Settings> {
    throw new Error('payments have no settings');
  }

  listKeyHistory(userId: string): Promise<KeyHistoryEntry[]> {
    return Promise.resolve(this.people.get(userId)?.history ?? []);
  }

  claimKeyPackage(): Promise<ClaimedKeyPackage> {
    throw new DomainError('KEY_PACKAGE_NONE');
  }
}

export class FewFriends extends RelationFacade {
  private readonly pairs = new Set<string>();

  befriend(one: SigningPerson, other: SigningPerson): void {
    this.pairs.add(pairOf(one.userId, other.userId));
  }

  part(one: SigningPerson, other: SigningPerson): void {
    this.pairs.delete(pairOf(one.userId, other.userId));
  }

  areFriends(userId: string, otherUserId: string): Promise<boolean> {
    return Promise.resolve(this.pairs.has(pairOf(userId, otherUserId)));
  }

  findFriendship(): Promise<null> {
    return Promise.resolve(null);
  }

  listFriendships(): Promise<never[]> {
    return Promise.resolve([]);
  }
}

const pairOf = (...userIds: string[]): string => userIds.sort().join(' ');

import { DomainError } from '../../../shared/domain-error.js';
import { RandomIds } from '../../../shared/ids.js';
import type { ClaimedKeyPackage, Settings } from '../../../protocol/payloads/user.payloads.js';
import type { KeyHistoryEntry } from '../../../protocol/signing.js';
import { type Person, UserFacade } from '../../user/index.js';

/** Accounts without keys that work: enough for whoever only passes them on. */
export class InMemoryUserFacade extends UserFacade {
  readonly persons = new Map<string, Person>();
  /** Calls of listPersons so far. */
  lists = 0;
  private readonly ids = new RandomIds();

  add(username: string): Person {
    const userId = this.ids.next();
    const device = {
      userId,
      deviceId: this.ids.next(),
      leafKey: key(`${username}-leaf`),
      createdAt: 1,
      signature: 's'.repeat(86),
    };
    const person: Person = {
      userId,
      username,
      displayName: username.toUpperCase(),
      avatarColour: 'teal',
      identityKey: key(username),
      keyVersion: 1,
      device,
    };
    this.persons.set(userId, person);
    return person;
  }

  findPerson(userId: string): Promise<Person | null> {
    return Promise.resolve(this.persons.get(userId) ?? null);
  }

  findPersonByUsername(username: string): Promise<Person | null> {
    return Promise.resolve([...this.persons.values()].find((person) => person.username === username) ?? null);
  }

  listPersons(userIds: readonly string[]): Promise<Person[]> {
    this.lists += 1;
    return Promise.resolve(userIds.flatMap((userId) => this.persons.get(userId) ?? []));
  }

  listKnownPersons(userIds: readonly string[]): Promise<Person[]> {
    return this.listPersons(userIds);
  }

  getSettings(): Promise<Settings> {
    return Promise.resolve({ sharePresence: true, shareTyping: true, shareRead: true, burnAfterReadSeconds: 30 });
  }

  listKeyHistory(userId: string): Promise<KeyHistoryEntry[]> {
    const person = this.persons.get(userId);
    if (!person) return Promise.resolve([]);
    const { identityKey } = person;
    return Promise.resolve([
      { version: 1, identityKey, createdAt: 1, previousHash: '', hash: key('hash'), signature: 's'.repeat(86) },
    ]);
  }

  claimKeyPackage(userId: string): Promise<ClaimedKeyPackage> {
    const person = this.persons.get(userId);
    if (!person) return Promise.reject(new DomainError('KEY_PACKAGE_NONE'));
    return Promise.resolve({ userId, deviceId: person.device.deviceId, keyPackage: 'abc', lastResort: false });
  }
}

const key = (text: string): string => Buffer.from(text.padEnd(32, '.')).subarray(0, 32).toString('base64url');

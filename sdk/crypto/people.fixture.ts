import { ed25519 } from '@noble/curves/ed25519.js';
import { encodeBase64Url } from './base64url.js';
import type { OwnDevice } from './device-credential.js';
import { IdentityKey, issueDeviceCertificate, userIdOf } from './identity.js';
import { type MemberDevice, RosterPolicy, type CryptoEngine } from './crypto-engine.port.js';
import { TsMlsCryptoEngine } from './ts-mls-crypto-engine.js';

/** Pins by hand. */
export class PinnedKeys extends RosterPolicy {
  readonly pins = new Map<string, string>();

  isTrusted({ userId, identityKey }: MemberDevice): Promise<boolean> {
    return Promise.resolve(this.pins.get(userId) === identityKey);
  }
}

/** Someone with one device: identity, certificate, pins and engine. */
export interface Person {
  readonly userId: string;
  readonly identity: IdentityKey;
  readonly identityKey: string;
  readonly device: OwnDevice;
  readonly policy: PinnedKeys;
  readonly engine: CryptoEngine;
}

export async function newDevice(identity: IdentityKey, deviceId: string): Promise<OwnDevice> {
  const leafPrivateKey = ed25519.utils.randomSecretKey();
  const identityKey = encodeBase64Url(identity.publicKey);
  const leafKey = encodeBase64Url(ed25519.getPublicKey(leafPrivateKey));
  const userId = userIdOf(identityKey);
  const certificate = await issueDeviceCertificate(identity, {
    userId,
    deviceId,
    leafKey,
    createdAt: 1_767_225_600_000,
  });
  return { certificate, identityKey, leafPrivateKey };
}

/** How the engines under test are made. */
export interface EngineFactory {
  create(own: OwnDevice, policy: RosterPolicy, now?: () => number): Promise<CryptoEngine>;
}

export async function newPerson(
  name: string,
  now?: () => number,
  engines: EngineFactory = TsMlsCryptoEngine,
): Promise<Person> {
  const identity = IdentityKey.generate();
  const device = await newDevice(identity, `${name}-device`);
  const policy = new PinnedKeys();
  const engine = await engines.create(device, policy, now);
  return { userId: device.certificate.userId, identity, identityKey: device.identityKey, device, policy, engine };
}

/** Everyone pins everyone's key. */
export function befriend(...people: readonly Person[]): void {
  for (const { policy } of people) for (const { userId, identityKey } of people) policy.pins.set(userId, identityKey);
}

export interface Package {
  readonly publicPackage: Uint8Array;
  readonly privatePackage: Uint8Array;
}

export async function packageOf(person: Person, lastResort = false): Promise<Package> {
  const [made] = await person.engine.createKeyPackages(1, { lastResort });
  if (made === undefined) throw new Error('no key package was made');
  return made;
}

/** A group that the first person made; the states in the order of the people. */
export async function newGroup(...people: readonly Person[]): Promise<Uint8Array[]> {
  befriend(...people);
  const [creator, ...invited] = people;
  if (creator === undefined) return [];
  const userIds = people.map(({ userId }) => userId);
  const packages = await Promise.all(invited.map((person) => packageOf(person)));
  const groupId = crypto.getRandomValues(new Uint8Array(16));
  const made = await creator.engine.createGroup(
    groupId,
    packages.map((p) => p.publicPackage),
    userIds,
  );
  const joined = invited.map((person, index) =>
    person.engine.join(
      made.welcome,
      packages.slice(index, index + 1).map((p) => p.privatePackage),
      userIds,
    ),
  );
  return [made.state, ...(await Promise.all(joined)).map(({ state }) => state)];
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const NO_DATA = new Uint8Array();

/** A state as a tuple that tests can destructure without checks for undefined. */
export async function newPair(one: Person, other: Person): Promise<[Uint8Array, Uint8Array]> {
  const [first, second] = await newGroup(one, other);
  if (first === undefined || second === undefined) throw new Error('no group');
  return [first, second];
}

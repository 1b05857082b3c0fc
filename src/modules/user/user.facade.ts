import type { ClaimedKeyPackage, Settings } from '../../protocol/payloads/user.payloads.js';
import type { DeviceCertificate, KeyHistoryEntry } from '../../protocol/signing.js';
import type { AvatarColour } from '../../protocol/payloads/user.payloads.js';

/** What other modules may know of a user. */
export interface Person {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly avatarColour: AvatarColour;
  readonly identityKey: string;
  readonly keyVersion: number;
  /** The one active device. */
  readonly device: DeviceCertificate;
}

/** The user module as other modules see it. */
export abstract class UserFacade {
  abstract findPerson(userId: string): Promise<Person | null>;
  abstract findPersonByUsername(username: string): Promise<Person | null>;
  /** Those of the given users who exist, in the order asked for. */
  abstract listPersons(userIds: readonly string[]): Promise<Person[]>;
  /** As `listPersons`, and out of date for as long as a signal takes, a minute where it was lost: to show, not to decide by. */
  abstract listKnownPersons(userIds: readonly string[]): Promise<Person[]>;
  /** As up to date as `listKnownPersons`. Throws NOT_FOUND. */
  abstract getSettings(userId: string): Promise<Settings>;
  /** Oldest first. Empty for an unknown user. */
  abstract listKeyHistory(userId: string): Promise<KeyHistoryEntry[]>;
  /**
   * Takes one key package of the user's active device; each is given out once, the last-resort one as often as needed when
   * the others are used up. Throws KEY_PACKAGE_NONE. The caller has checked that the claimer may have it.
   */
  abstract claimKeyPackage(userId: string): Promise<ClaimedKeyPackage>;
}

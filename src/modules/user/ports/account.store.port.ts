import type { Role } from '../../../protocol/payloads/user.payloads.js';
import type { DeviceCertificate, KeyHistoryEntry } from '../../../protocol/signing.js';
import type { Account, AccountChanges } from '../domain/account.js';

export interface NewAccount {
  readonly userId: string;
  readonly username: string;
  readonly createdAt: number;
  readonly device: DeviceCertificate;
  readonly genesis: KeyHistoryEntry;
  /** SHA-256 of the registration invitation to use up. */
  readonly invitationHash?: string;
}

/** Accounts, each with exactly one active device. Every verb is atomic: it happens entirely or not at all. */
export abstract class AccountStore {
  /**
   * Adds the account, its device and the first entry of its key history, and uses up the invitation. Of several that race for
   * one name, key, device id or invitation exactly one wins. Throws USERNAME_TAKEN, IDENTITY_KEY_TAKEN, INVITATION_INVALID,
   * or BAD_REQUEST for a device id that exists; then the invitation still holds.
   */
  abstract create(account: NewAccount): Promise<void>;
  abstract find(userId: string): Promise<Account | null>;
  abstract findByUsername(username: string): Promise<Account | null>;
  /** Those of the given users who exist, in the order asked for. */
  abstract list(userIds: readonly string[]): Promise<Account[]>;
  /** Changes only what is given. False when there is no such account. */
  abstract update(userId: string, changes: AccountChanges): Promise<boolean>;
  /** False when there is no such account. */
  abstract setRole(username: string, role: Role): Promise<boolean>;
  /**
   * Removes every row of the account and leaves UserDeleted in the outbox. The ids of the sessions that ended with it, or null
   * when there is no such account.
   */
  abstract delete(userId: string): Promise<string[] | null>;
  abstract countCreatedSince(time: number): Promise<number>;
}

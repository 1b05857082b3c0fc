import type { DeviceCertificate, KeyHistoryEntry } from '../../../protocol/signing.js';

/** The keys of an account: its chain of identity keys and the device they vouch for. Every verb is atomic. */
export abstract class IdentityStore {
  /** Oldest first. Empty for an unknown user. */
  abstract listKeyHistory(userId: string): Promise<KeyHistoryEntry[]>;
  /**
   * Appends `entry`, makes its key the account's, gives the active device its new certificate and removes the key packages,
   * which name the old key. A compare-and-set: false, with nothing changed, when the account's version is not the one before
   * the entry's or the device is not the active one. Throws IDENTITY_KEY_TAKEN: a key is used once, by one account, for ever.
   */
  abstract changeKey(entry: KeyHistoryEntry, device: DeviceCertificate): Promise<boolean>;
  /**
   * Makes `device` the active one in the place of the other, whose sessions end (DEVICE_REPLACED) and whose key packages go.
   * A compare-and-set on the identity key that certified the device: null when it is no longer the account's. Otherwise the
   * ids of the sessions that ended. Throws BAD_REQUEST for a device id that exists.
   */
  abstract replaceDevice(device: DeviceCertificate, identityKey: string, at: number): Promise<string[] | null>;
}

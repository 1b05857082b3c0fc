/** One device of one person, as its leaf in the group proves it. */
export interface MemberDevice {
  readonly userId: string;
  readonly deviceId: string;
  /** The identity key that certified the device, base64url. */
  readonly identityKey: string;
  /** The device's own signature key, base64url. */
  readonly leafKey: string;
}

/**
 * Whom the owner of the engine trusts: implemented by the SDK with its pinned identity keys. Asked for each other member when
 * a group is made, joined or changed, and for the sender of each message, after the certificate has been verified. The
 * owner's own devices are not asked about: they must have the owner's own identity key.
 */
export abstract class RosterPolicy {
  /** Whether `identityKey` is what is pinned for `userId`. False for strangers. Must not have side effects. */
  abstract isTrusted(member: MemberDevice): Promise<boolean>;
}

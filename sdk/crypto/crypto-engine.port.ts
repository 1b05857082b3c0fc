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

export interface CreatedKeyPackage {
  /** Names the package when a welcome used it; base64url of its MLS reference. */
  readonly reference: string;
  /** For the server: an MLSMessage of kind mls_key_package. */
  readonly publicPackage: Uint8Array;
  /** Secret, for the encrypted storage; delete it when a join used it, unless it is the last resort. */
  readonly privatePackage: Uint8Array;
  readonly lastResort: boolean;
  /** Milliseconds since the epoch. Nobody accepts the package afterwards. */
  readonly expiresAt: number;
}

/** A commit that waits for the server. `state` replaces the old one through `confirmCommit`, or is dropped if another won. */
export interface PendingCommit {
  readonly state: Uint8Array;
  readonly commit: Uint8Array;
  /** For the members that it adds; undefined if it adds none. */
  readonly welcome: Uint8Array | undefined;
}

export interface DecryptedMessage {
  readonly state: Uint8Array;
  /** Who signed, by the group's tree; never what an envelope says. */
  readonly sender: MemberDevice;
  readonly payload: Uint8Array;
  readonly authenticatedData: Uint8Array;
  readonly epoch: number;
}

export interface GroupRoster {
  readonly groupId: Uint8Array;
  readonly epoch: number;
  readonly members: readonly MemberDevice[];
}

/**
 * End-to-end encryption of one conversation, direct or of a group, as pure functions from state bytes to new state bytes.
 * Nothing is kept inside: the caller stores the new state and what came of it in one storage transaction.
 *
 * Order: each call must start from the state that the last one returned, under one lock per conversation; two calls from the
 * same state lose a message. A state that was replaced must not be kept: it decrypts again what was burned.
 * Messages of the current and the previous epoch decrypt, in any order within 8 skipped ones; older ones never do.
 * Members: every method that lets someone in takes `expectedUserIds`, everyone (oneself too) who may be in the conversation.
 * Errors: `CryptoError` only; the state given remains valid and unchanged.
 */
export abstract class CryptoEngine {
  abstract createKeyPackages(
    count: number,
    options?: { readonly lastResort?: boolean },
  ): Promise<readonly CreatedKeyPackage[]>;

  /** A new group of oneself and the owners of `keyPackages`. Every expected user but oneself must have a package in it. */
  abstract createGroup(
    groupId: Uint8Array,
    keyPackages: readonly Uint8Array[],
    expectedUserIds: readonly string[],
  ): Promise<{ readonly state: Uint8Array; readonly welcome: Uint8Array; readonly commit: Uint8Array }>;

  /** The caller compares `groupId` with the conversation that the welcome came for, and deletes the used private package. */
  abstract join(
    welcome: Uint8Array,
    privatePackages: readonly Uint8Array[],
    expectedUserIds: readonly string[],
  ): Promise<{
    readonly state: Uint8Array;
    readonly groupId: Uint8Array;
    readonly usedKeyPackageReference: string;
    readonly usedLastResort: boolean;
  }>;

  /** Pads the payload (8,188 bytes at most). `authenticatedData` travels readable, but cannot be changed. */
  abstract encrypt(
    state: Uint8Array,
    payload: Uint8Array,
    authenticatedData: Uint8Array,
  ): Promise<{ readonly state: Uint8Array; readonly message: Uint8Array; readonly epoch: number }>;

  abstract decrypt(state: Uint8Array, message: Uint8Array): Promise<DecryptedMessage>;

  /** New keys for one's own leaf: heals a state that leaked. */
  abstract update(state: Uint8Array): Promise<PendingCommit>;

  abstract add(
    state: Uint8Array,
    keyPackages: readonly Uint8Array[],
    expectedUserIds: readonly string[],
  ): Promise<PendingCommit>;

  /** Not oneself: who leaves asks another member. */
  abstract remove(state: Uint8Array, deviceIds: readonly string[]): Promise<PendingCommit>;

  /**
   * The server took our commit: `state` is the one that decrypted until now, `pending` the one that came with the commit.
   * @throws CryptoError `STALE_EPOCH` when `pending` does not follow `state`.
   */
  abstract confirmCommit(state: Uint8Array, pending: Uint8Array): Promise<{ readonly state: Uint8Array }>;

  /** Another member's commit. With `removed` one is out: the state then decrypts nothing newer and encrypts nothing. */
  abstract applyCommit(
    state: Uint8Array,
    commit: Uint8Array,
    expectedUserIds: readonly string[],
  ): Promise<{ readonly state: Uint8Array; readonly committer: MemberDevice; readonly removed: boolean }>;

  /** Everyone in the group as the tree says it, trusted or not. */
  abstract roster(state: Uint8Array): Promise<GroupRoster>;

  /** A secret of this epoch that all members can derive (RFC 9420, section 8.5). */
  abstract exportSecret(state: Uint8Array, label: string, context: Uint8Array, length: number): Promise<Uint8Array>;
}

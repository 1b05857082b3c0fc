import {
  type CiphersuiteImpl,
  type ClientConfig,
  type ClientState,
  createApplicationMessage,
  createCommit,
  createGroup,
  emptyPskIndex,
  encodeMlsMessage,
  joinGroupWithExtensions,
  mlsExporter,
  processPrivateMessage,
  type Proposal,
} from 'ts-mls';
import { decodeBase64Url, encodeBase64Url } from './base64url.js';
import { equalBytes, wipeBytes } from './bytes.js';
import {
  type CreatedKeyPackage,
  CryptoEngine,
  type DecryptedMessage,
  type GroupRoster,
  type PendingCommit,
  type MemberDevice,
  type RosterPolicy,
} from './crypto-engine.port.js';
import { CryptoError, withErrorCode } from './crypto-error.js';
import { encodeDeviceCredential, type OwnDevice } from './device-credential.js';
import {
  createdKeyPackage,
  decodePrivatePackage,
  generateOwnKeyPackage,
  HANDSHAKE_GRACE_DAYS,
  keyPackageReference,
  type OwnLeaf,
  requireUsableKeyPackage,
} from './key-packages.js';
import {
  decodeKeyPackageMessage,
  decodePrivateMessage,
  decodeState,
  decodeWelcome,
  encodePrivateMessage,
  encodeState,
  encodeWelcome,
  epochNumber,
} from './mls-codec.js';
import { mlsClientConfig, mlsSuite } from './mls-suite.js';
import { type OpenedMessage, openPrivateMessage, requireMemberCommit } from './opened-message.js';
import { padPayload, unpadPayload } from './padding.js';
import { leavesOf, RosterGuard } from './roster-guard.js';

/** MLS (RFC 9420) by ts-mls 1.6.4, behind Ashwire's rules; why each exists is in `ts-mls-traps.spec.ts`. */
export class TsMlsCryptoEngine extends CryptoEngine {
  private readonly config: ClientConfig;

  private constructor(
    private readonly leaf: OwnLeaf,
    private readonly guard: RosterGuard,
    private readonly suite: CiphersuiteImpl,
    private readonly now: () => number,
  ) {
    super();
    this.config = mlsClientConfig(guard.authenticationService);
  }

  /** @throws CryptoError `UNTRUSTED_MEMBER` when the device's own certificate is not valid. */
  static async create(own: OwnDevice, policy: RosterPolicy, now: () => number = Date.now): Promise<TsMlsCryptoEngine> {
    const { certificate, identityKey, leafPrivateKey } = own;
    const guard = new RosterGuard({ userId: certificate.userId, identityKey }, policy);
    const credential = encodeDeviceCredential(certificate, identityKey);
    const leaf = { credential, publicKey: decodeBase64Url(certificate.leafKey), privateKey: leafPrivateKey.slice() };
    const basic = { credentialType: 'basic', identity: credential } as const;
    await guard.authenticate({ credential: basic, signaturePublicKey: leaf.publicKey });
    return new TsMlsCryptoEngine(leaf, guard, await mlsSuite(), now);
  }

  async createKeyPackages(
    count: number,
    options: { readonly lastResort?: boolean } = {},
  ): Promise<CreatedKeyPackage[]> {
    const packages: CreatedKeyPackage[] = [];
    while (packages.length < count) {
      const made = await generateOwnKeyPackage(this.leaf, this.now(), this.suite);
      packages.push(await createdKeyPackage(made, options.lastResort ?? false, this.suite));
    }
    return packages;
  }

  async createGroup(groupId: Uint8Array, keyPackages: readonly Uint8Array[], expectedUserIds: readonly string[]) {
    const ownPackage = await generateOwnKeyPackage(this.leaf, this.now(), this.suite);
    const { publicPackage, privatePackage } = ownPackage;
    const empty = await createGroup(groupId, publicPackage, privatePackage, [], this.suite, this.config);
    const made = await this.commit(empty, this.additions(keyPackages), expectedUserIds);
    const { welcome, commit, members } = made;
    if (welcome === undefined || expectedUserIds.some((id) => members.every(({ userId }) => userId !== id))) {
      throw new CryptoError('BAD_KEY_PACKAGE', 'a key package of a member is missing');
    }
    const state = encodeState({ ...made.state, historicalReceiverData: new Map() });
    wipeBytes(made.consumed);
    return { state, welcome, commit };
  }

  async join(welcomeBytes: Uint8Array, privatePackages: readonly Uint8Array[], expectedUserIds: readonly string[]) {
    const welcome = decodeWelcome(welcomeBytes);
    const invited = new Set(welcome.secrets.map(({ newMember }) => encodeBase64Url(newMember)));
    for (const bytes of privatePackages) {
      const { keyPackage, initPrivateKey, hpkePrivateKey, lastResort } = decodePrivatePackage(bytes);
      const usedKeyPackageReference = await keyPackageReference(keyPackage, this.suite);
      if (!invited.has(usedKeyPackageReference)) continue;
      requireUsableKeyPackage(keyPackage, this.now(), HANDSHAKE_GRACE_DAYS);
      const keys = { initPrivateKey, hpkePrivateKey, signaturePrivateKey: this.leaf.privateKey };
      const [state, extensions] = await withErrorCode('BAD_MESSAGE', 'the welcome cannot be followed', () =>
        joinGroupWithExtensions(
          welcome,
          keyPackage,
          keys,
          emptyPskIndex,
          this.suite,
          undefined,
          undefined,
          this.config,
        ),
      );
      if (state.groupContext.extensions.length > 0 || extensions.some((e) => e.extensionType !== 'ratchet_tree')) {
        throw new CryptoError('BAD_MESSAGE', 'the group has extensions that Ashwire does not use');
      }
      await this.guard.requireRoster(state.ratchetTree, expectedUserIds);
      const groupId = state.groupContext.groupId.slice();
      const encoded = encodeState(state);
      wipeBytes([initPrivateKey, hpkePrivateKey]);
      return { state: encoded, groupId, usedKeyPackageReference, usedLastResort: lastResort };
    }
    throw new CryptoError('BAD_KEY_PACKAGE', 'the welcome is for a key package that this device does not have');
  }

  encrypt(stateBytes: Uint8Array, payload: Uint8Array, authenticatedData: Uint8Array) {
    return this.withState(stateBytes, async (state) => {
      requireActive(state);
      const padded = padPayload(payload);
      const sealed = await createApplicationMessage(state, padded, this.suite, authenticatedData);
      const message = encodePrivateMessage(sealed.privateMessage);
      const next = encodeState(sealed.newState);
      wipeBytes([...sealed.consumed, padded]);
      return { state: next, message, epoch: epochNumber(state.groupContext.epoch) };
    });
  }

  decrypt(stateBytes: Uint8Array, message: Uint8Array): Promise<DecryptedMessage> {
    return this.withState(stateBytes, async (state) => {
      const opened = await this.open(state, message);
      const { content } = opened;
      if (content.contentType !== 'application') throw new CryptoError('BAD_MESSAGE', 'a handshake came as a message');
      const payload = unpadPayload(content.applicationData);
      const next = encodeState(opened.newState);
      wipeBytes([...opened.consumed, content.applicationData]);
      const authenticatedData = content.authenticatedData.slice();
      return { state: next, sender: opened.sender, payload, authenticatedData, epoch: epochNumber(content.epoch) };
    });
  }

  update(stateBytes: Uint8Array): Promise<PendingCommit> {
    return this.withState(stateBytes, async (state) => this.pendingCommit(state, []));
  }

  add(stateBytes: Uint8Array, keyPackages: readonly Uint8Array[], expectedUserIds: readonly string[]) {
    return this.withState(stateBytes, (state) =>
      this.pendingCommit(state, this.additions(keyPackages), expectedUserIds),
    );
  }

  remove(stateBytes: Uint8Array, deviceIds: readonly string[]): Promise<PendingCommit> {
    return this.withState(stateBytes, async (state) => {
      const proposals: Proposal[] = [];
      for (const { leafIndex, leaf } of leavesOf(state.ratchetTree)) {
        const { deviceId } = await this.guard.identify(leaf);
        if (!deviceIds.includes(deviceId) || leafIndex === state.privatePath.leafIndex) continue;
        proposals.push({ proposalType: 'remove', remove: { removed: leafIndex } });
      }
      if (proposals.length === 0 || proposals.length !== deviceIds.length) {
        throw new CryptoError('BAD_MESSAGE', 'a device to remove is not in the group, or is this one');
      }
      return this.pendingCommit(state, proposals);
    });
  }

  confirmCommit(stateBytes: Uint8Array, pendingBytes: Uint8Array): Promise<{ readonly state: Uint8Array }> {
    return this.withState(stateBytes, (state) =>
      this.withState(pendingBytes, (pending) => {
        const { groupContext, secretTree, ratchetTree, keySchedule } = state;
        const follows = pending.groupContext.epoch === groupContext.epoch + 1n;
        if (!follows || !equalBytes(pending.groupContext.groupId, groupContext.groupId)) {
          throw new CryptoError('STALE_EPOCH', 'the pending commit does not follow the state');
        }
        // What was decrypted while the commit waited must not decrypt again: the previous epoch's keys are today's.
        const { senderDataSecret, resumptionPsk } = keySchedule;
        const previous = { secretTree, ratchetTree, senderDataSecret, groupContext, resumptionPsk };
        const historicalReceiverData = new Map([[groupContext.epoch, previous]]);
        return Promise.resolve({ state: encodeState({ ...pending, historicalReceiverData }) });
      }),
    );
  }

  applyCommit(stateBytes: Uint8Array, commit: Uint8Array, expectedUserIds: readonly string[]) {
    return this.withState(stateBytes, async (state) => {
      requireActive(state);
      const message = decodePrivateMessage(commit);
      if (message.epoch < state.groupContext.epoch)
        throw new CryptoError('STALE_EPOCH', 'the commit was applied before');
      const opened = await this.open(state, commit);
      const { added, removedLeaves } = requireMemberCommit(opened.content);
      for (const keyPackage of added) requireUsableKeyPackage(keyPackage, this.now(), HANDSHAKE_GRACE_DAYS);
      const result = await withErrorCode('BAD_MESSAGE', 'the commit cannot be followed', () =>
        processPrivateMessage(state, message, emptyPskIndex, this.suite),
      );
      const { newState, consumed } = result;
      const removed = newState.groupActiveState.kind === 'removedFromGroup';
      this.guard.requireSameLeaves(state.ratchetTree, newState.ratchetTree, removedLeaves);
      if (!removed) await this.guard.requireRoster(newState.ratchetTree, expectedUserIds);
      const next = encodeState(newState);
      wipeBytes([...consumed, ...opened.consumed]);
      return { state: next, committer: opened.sender, removed };
    });
  }

  roster(stateBytes: Uint8Array): Promise<GroupRoster> {
    return this.withState(stateBytes, async (state) => {
      const leaves = leavesOf(state.ratchetTree);
      const members = await Promise.all(leaves.map(({ leaf }) => this.guard.identify(leaf)));
      return { groupId: state.groupContext.groupId.slice(), epoch: epochNumber(state.groupContext.epoch), members };
    });
  }

  exportSecret(stateBytes: Uint8Array, label: string, context: Uint8Array, length: number): Promise<Uint8Array> {
    return this.withState(stateBytes, (state) =>
      mlsExporter(state.keySchedule.exporterSecret, label, context, length, this.suite),
    );
  }

  /** Works on a copy, overwritten afterwards: ts-mls decodes into views, so zeroing a used key would damage the caller's. */
  private async withState<T>(stateBytes: Uint8Array, action: (state: ClientState) => Promise<T>): Promise<T> {
    const copy = stateBytes.slice();
    try {
      return await action(decodeState(copy, this.config));
    } finally {
      wipeBytes([copy]);
    }
  }

  private async open(state: ClientState, message: Uint8Array): Promise<OpenedMessage & { sender: MemberDevice }> {
    const privateMessage = decodePrivateMessage(message);
    const opened = await openPrivateMessage(state, privateMessage, this.suite);
    return { ...opened, sender: await this.guard.memberAt(opened.ratchetTree, opened.senderLeafIndex) };
  }

  private additions(keyPackages: readonly Uint8Array[]): Proposal[] {
    return keyPackages.map((bytes) => {
      const keyPackage = decodeKeyPackageMessage(bytes);
      requireUsableKeyPackage(keyPackage, this.now());
      return { proposalType: 'add', add: { keyPackage } };
    });
  }

  private async pendingCommit(
    before: ClientState,
    proposals: Proposal[],
    expectedUserIds?: readonly string[],
  ): Promise<PendingCommit> {
    const { state, commit, welcome, consumed } = await this.commit(before, proposals, expectedUserIds);
    const encoded = encodeState(state);
    wipeBytes(consumed);
    return { state: encoded, commit, welcome };
  }

  private async commit(before: ClientState, proposals: Proposal[], expectedUserIds?: readonly string[]) {
    requireActive(before);
    const code = proposals.some(({ proposalType }) => proposalType === 'add') ? 'BAD_KEY_PACKAGE' : 'BAD_MESSAGE';
    const made = await withErrorCode(code, 'the change of the group is not possible', () =>
      createCommit(
        { state: before, cipherSuite: this.suite, pskIndex: emptyPskIndex },
        { extraProposals: proposals, ratchetTreeExtension: true },
      ),
    );
    const present = await Promise.all(leavesOf(made.newState.ratchetTree).map(({ leaf }) => this.guard.identify(leaf)));
    const expected = expectedUserIds ?? present.map(({ userId }) => userId);
    const members = await this.guard.requireRoster(made.newState.ratchetTree, expected);
    const welcome = made.welcome === undefined ? undefined : encodeWelcome(made.welcome);
    const { newState: state, consumed } = made;
    return { state, commit: encodeMlsMessage(made.commit), welcome, members, consumed };
  }
}

function requireActive(state: ClientState): void {
  if (state.groupActiveState.kind === 'active') return;
  throw new CryptoError('STALE_EPOCH', 'this device is no longer in the group');
}

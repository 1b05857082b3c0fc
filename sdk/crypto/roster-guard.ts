import type { AuthenticationService, LeafNode, RatchetTree } from 'ts-mls';
import { LIMITS } from '../../src/protocol/limits.js';
import { equalBytes } from './bytes.js';
import { CryptoError } from './crypto-error.js';
import { DeviceCredentials } from './device-credential.js';
import type { MemberDevice, RosterPolicy } from './crypto-engine.port.js';

export interface TreeLeaf {
  readonly leafIndex: number;
  readonly leaf: LeafNode;
}

/** The leaves of a tree; leaf i is node 2i (RFC 9420, appendix C). */
export function leavesOf(tree: RatchetTree): TreeLeaf[] {
  return tree.flatMap((node, index) => (node?.nodeType === 'leaf' ? [{ leafIndex: index / 2, leaf: node.leaf }] : []));
}

/**
 * Binds leaves to people: basic credential → certificate → leaf key → pinned identity key → expected user.
 * Every failure is a CryptoError `UNTRUSTED_MEMBER`.
 */
export class RosterGuard {
  private readonly credentials = new DeviceCredentials();

  constructor(
    private readonly own: { readonly userId: string; readonly identityKey: string },
    private readonly policy: RosterPolicy,
  ) {}

  /** For ts-mls, which accepts any credential by default. It throws instead of returning false, to keep the reason. */
  readonly authenticationService: AuthenticationService = {
    validateCredential: async (credential, signaturePublicKey) => {
      await this.authenticate({ credential, signaturePublicKey });
      return true;
    },
  };

  /** Who this leaf says it is, its certificate verified; not whether we trust them. */
  async identify(leaf: Pick<LeafNode, 'credential' | 'signaturePublicKey'>): Promise<MemberDevice> {
    if (leaf.credential.credentialType !== 'basic') {
      throw new CryptoError('UNTRUSTED_MEMBER', 'a member has a credential of another type');
    }
    return this.credentials.verify(leaf.credential.identity, leaf.signaturePublicKey);
  }

  async authenticate(leaf: Pick<LeafNode, 'credential' | 'signaturePublicKey'>): Promise<MemberDevice> {
    const member = await this.identify(leaf);
    const trusted =
      member.userId === this.own.userId
        ? member.identityKey === this.own.identityKey
        : await this.policy.isTrusted(member);
    if (!trusted) throw new CryptoError('UNTRUSTED_MEMBER', `the key of ${member.userId} is not the one we know`);
    return member;
  }

  async memberAt(tree: RatchetTree, leafIndex: number): Promise<MemberDevice> {
    const node = tree[leafIndex * 2];
    if (node?.nodeType !== 'leaf') throw new CryptoError('UNTRUSTED_MEMBER', 'the sender is not in the group');
    return this.authenticate(node.leaf);
  }

  /** No ghosts: every leaf is trusted and of an expected user, each device is there once, no user has too many. */
  async requireRoster(tree: RatchetTree, expectedUserIds: readonly string[]): Promise<readonly MemberDevice[]> {
    const members = await Promise.all(leavesOf(tree).map(({ leaf }) => this.authenticate(leaf)));
    const devicesOfUser = new Map<string, Set<string>>();
    for (const { userId, deviceId } of members) {
      if (!expectedUserIds.includes(userId)) {
        throw new CryptoError('UNTRUSTED_MEMBER', `${userId} does not belong in this conversation`);
      }
      const devices = devicesOfUser.get(userId) ?? new Set();
      if (devices.has(deviceId) || devices.size >= LIMITS.devices) {
        throw new CryptoError('UNTRUSTED_MEMBER', `${userId} is in the group with too many devices`);
      }
      devicesOfUser.set(userId, devices.add(deviceId));
    }
    return members;
  }

  /** A device's leaf key never changes: a leaf that stays must stay who it was. */
  requireSameLeaves(before: RatchetTree, after: RatchetTree, removedLeaves: ReadonlySet<number>): void {
    const leavesAfter = new Map(leavesOf(after).map(({ leafIndex, leaf }) => [leafIndex, leaf]));
    for (const { leafIndex, leaf } of leavesOf(before)) {
      if (removedLeaves.has(leafIndex)) continue;
      const now = leavesAfter.get(leafIndex);
      if (now === undefined || !isSameDevice(leaf, now)) {
        throw new CryptoError('UNTRUSTED_MEMBER', 'a commit turns one device into another');
      }
    }
  }
}

function isSameDevice(left: LeafNode, right: LeafNode): boolean {
  return (
    left.credential.credentialType === 'basic' &&
    right.credential.credentialType === 'basic' &&
    equalBytes(left.credential.identity, right.credential.identity) &&
    equalBytes(left.signaturePublicKey, right.signaturePublicKey)
  );
}

import type { Stamp } from '../domain/stamp.js';
import type { BegunFriendship } from './friendship.store.port.js';

export interface OpenInvitation {
  readonly invitationId: string;
  readonly expiresAt: number;
}

export interface NewInvitation extends OpenInvitation {
  readonly ownerId: string;
  readonly codeHash: string;
}

/** One-time invitations, known by the hash of their code. An expired one is never returned, counted or redeemed. */
export abstract class InvitationStore {
  /** Throws INVITATION_LIMIT at 20 open ones, under any concurrency. */
  abstract open(invitation: NewInvitation, now: number): Promise<void>;
  /** Soonest to expire first. */
  abstract list(ownerId: string, now: number): Promise<OpenInvitation[]>;
  /** False when the owner has no such invitation. */
  abstract revoke(invitationId: string, ownerId: string): Promise<boolean>;
  /**
   * Uses the invitation up and begins the friendship, or neither. Throws INVITATION_INVALID alike for an unknown, used,
   * expired or own one and across a block; ALREADY_FRIENDS and FRIEND_LIMIT { side } leave it open.
   */
  abstract redeem(codeHash: string, redeemerId: string, friendship: Stamp): Promise<BegunFriendship>;
}

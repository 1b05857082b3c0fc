import type { Ids } from '../../../shared/ids.js';
import type { FriendshipSubject } from '../relation.events.js';
import type { Friendship } from '../relation.facade.js';
import type { BlockStore } from '../ports/block.store.port.js';
import type { Asked, FriendRequestStore } from '../ports/friend-request.store.port.js';
import type { FriendshipStore } from '../ports/friendship.store.port.js';
import type { InvitationStore } from '../ports/invitation.store.port.js';

/** The four stores share their data, so each contract is given all of them, fresh. */
export interface RelationStores {
  readonly friendships: FriendshipStore;
  readonly requests: FriendRequestStore;
  readonly invitations: InvitationStore;
  readonly blocks: BlockStore;
  readonly ids: Ids;
  /** Drains the outbox and returns the FriendshipEnded since the last call. */
  drainEnded(): Promise<FriendshipSubject[]>;
  close(): Promise<void>;
}

export type CreateRelationStores = () => Promise<RelationStores>;

let time = 1_000;

/** `requester` asks the account `recipient` by the name of its id. */
export function ask(
  stores: RelationStores,
  requester: string,
  recipient: string | null,
  username?: string,
): Promise<Asked> {
  const at = (time += 1);
  return stores.requests.ask({
    requesterId: requester,
    username: username ?? `u_${recipient}`,
    recipientId: recipient,
    request: { id: stores.ids.next(), at },
    friendship: { id: stores.ids.next(), at },
  });
}

export async function befriend(stores: RelationStores, userId: string, otherUserId: string): Promise<Friendship> {
  await ask(stores, userId, otherUserId);
  const { begun } = await ask(stores, otherUserId, userId);
  if (!begun) throw new Error('asking back did not accept');
  return begun.friendship;
}

/** `userId` and as many new friends. */
export async function befriendMany(stores: RelationStores, userId: string, count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) await befriend(stores, userId, stores.ids.next());
}

export interface Settled {
  readonly succeeded: number;
  /** Codes of the refusals, once each. */
  readonly refusals: readonly unknown[];
}

export async function settle(attempts: readonly Promise<unknown>[]): Promise<Settled> {
  const results = await Promise.allSettled(attempts);
  const reasons = results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
  const codes = reasons.map((reason) => (reason as { code?: unknown }).code ?? reason);
  return { succeeded: results.length - reasons.length, refusals: [...new Set(codes)] };
}

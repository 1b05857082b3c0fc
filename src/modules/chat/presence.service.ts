import { Inject, Injectable } from '@nestjs/common';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { Presence } from '../../platform/presence/presence.port.js';
import type { Connection } from '../../platform/socket/connection.js';
import type { ConnectionObserver } from '../../platform/socket/connection-events.js';
import type { PresenceList } from '../../protocol/payloads/relation.payloads.js';
import { RelationFacade } from '../relation/index.js';
import { SharingDirectory } from './sharing.directory.js';

/**
 * Online or not, for friends only and only between those who both share it: who hides does not see either. Nothing else that
 * somebody does is told here, so that who hides cannot be followed.
 */
@Injectable()
export class PresenceService implements ConnectionObserver {
  constructor(
    @Inject(Presence) private readonly presence: Presence,
    @Inject(RelationFacade) private readonly relations: RelationFacade,
    @Inject(SharingDirectory) private readonly sharing: SharingDirectory,
    @Inject(Delivery) private readonly delivery: Delivery,
  ) {}

  async opened({ userId, id }: Connection): Promise<void> {
    if (await this.presence.connected(userId, id)) await this.tell(userId, true);
  }

  async closed({ userId, id }: Connection): Promise<void> {
    if (await this.presence.disconnected(userId, id)) await this.tell(userId, false);
  }

  async list(userId: string): Promise<PresenceList> {
    const sharing = await this.sharingFriends(userId);
    const online = new Set(await this.presence.listOnline(sharing));
    return { friends: sharing.map((friend) => ({ userId: friend, online: online.has(friend) })) };
  }

  /** Two have become friends: each sees what connecting would show. */
  async met(one: string, other: string): Promise<void> {
    const share = (await this.shares(one)) && (await this.shares(other));
    const online = share ? await this.presence.listOnline([one, other]) : [];
    if (online.length === 2) this.show(one, other, true);
  }

  /** The user shares it from now on, or does so no more: both sides see that at once. */
  async sharingChanged(userId: string): Promise<void> {
    const isShared = await this.shares(userId);
    const online = await this.presence.listOnline([userId, ...(await this.friendsWhoShare(userId))]);
    if (!online.includes(userId)) return;
    for (const friend of online.filter((other) => other !== userId)) this.show(userId, friend, isShared);
  }

  private async tell(userId: string, online: boolean): Promise<void> {
    for (const friend of await this.presence.listOnline(await this.sharingFriends(userId))) {
      this.delivery.toUser(friend, 'presence:changed', { userId, online });
    }
  }

  /** To both, of the other. */
  private show(one: string, other: string, online: boolean): void {
    this.delivery.toUser(one, 'presence:changed', { userId: other, online });
    this.delivery.toUser(other, 'presence:changed', { userId: one, online });
  }

  private async sharingFriends(userId: string): Promise<string[]> {
    return (await this.shares(userId)) ? this.friendsWhoShare(userId) : [];
  }

  private async friendsWhoShare(userId: string): Promise<string[]> {
    const friends: string[] = [];
    for (const { userIds } of await this.relations.listFriendships(userId)) {
      const friend = userIds.find((id) => id !== userId);
      if (friend && (await this.shares(friend))) friends.push(friend);
    }
    return friends;
  }

  private async shares(userId: string): Promise<boolean> {
    return (await this.sharing.of(userId)).sharePresence;
  }
}

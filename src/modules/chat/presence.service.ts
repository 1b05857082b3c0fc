import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { Presence } from '../../platform/presence/presence.port.js';
import type { Connection } from '../../platform/socket/connection.js';
import { ConnectionEvents, type ConnectionObserver } from '../../platform/socket/connection-events.js';
import type { PresenceList } from '../../protocol/payloads/relation.payloads.js';
import { RelationFacade } from '../relation/index.js';
import { SharingDirectory } from './sharing.directory.js';

/** Online or not, for friends only and only between those who both share it: who hides does not see either. */
@Injectable()
export class PresenceService implements OnModuleInit, ConnectionObserver {
  constructor(
    @Inject(Presence) private readonly presence: Presence,
    @Inject(RelationFacade) private readonly relations: RelationFacade,
    @Inject(SharingDirectory) private readonly sharing: SharingDirectory,
    @Inject(Delivery) private readonly delivery: Delivery,
    @Inject(ConnectionEvents) private readonly connections: ConnectionEvents,
  ) {}

  onModuleInit(): void {
    this.connections.observe(this);
  }

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

  private async tell(userId: string, online: boolean): Promise<void> {
    for (const friend of await this.presence.listOnline(await this.sharingFriends(userId))) {
      this.delivery.toUser(friend, 'presence:changed', { userId, online });
    }
  }

  private async sharingFriends(userId: string): Promise<string[]> {
    if (!(await this.sharing.of(userId)).sharePresence) return [];
    const friends: string[] = [];
    for (const { userIds } of await this.relations.listFriendships(userId)) {
      const friend = userIds.find((id) => id !== userId);
      if (friend && (await this.sharing.of(friend)).sharePresence) friends.push(friend);
    }
    return friends;
  }
}

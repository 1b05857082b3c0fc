import { Inject, Injectable, Logger } from '@nestjs/common';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { EventBus, type EventDefinition } from '../../platform/event-bus/event-bus.port.js';
import type { GroupView } from '../../protocol/payloads/group.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { type Person, UserFacade } from '../user/index.js';
import { GroupDirectory } from './group.directory.js';
import { GroupCreated, GroupCut, GroupMembersLost, type GroupSubject } from './group.events.js';
import { groupView } from './group.views.js';
import { type GroupRecord, GroupStore } from './ports/group.store.port.js';

/** What the members, and the other modules, hear of what is already committed. Only `cut` can fail the request. */
@Injectable()
export class GroupNews {
  private readonly logger = new Logger('Group');

  constructor(
    @Inject(GroupStore) private readonly store: GroupStore,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(GroupDirectory) private readonly directory: GroupDirectory,
    @Inject(Delivery) private readonly delivery: Delivery,
    @Inject(EventBus) private readonly bus: EventBus,
  ) {}

  /** Of a user's groups. */
  async viewsOf(userId: string): Promise<GroupView[]> {
    return this.views(await this.directory.of(userId));
  }

  async views(groups: readonly GroupRecord[]): Promise<GroupView[]> {
    const userIds = new Set(groups.flatMap((group) => group.members.map(({ userId }) => userId)));
    const persons = byUserId(await this.users.listKnownPersons([...userIds]));
    return groups.map((group) => groupView(group, persons));
  }

  /** The modules first: a member who is told may write at once. */
  async created(group: GroupRecord): Promise<void> {
    const { groupId } = group;
    const members = group.members.map(({ userId }) => userId);
    this.directory.changed(members);
    await this.publish(GroupCreated, { groupId, members });
    await this.announce(groupId);
  }

  /**
   * Tells the members who is in the group. Accounts are another module's rows: a member may have joined just after the
   * handler of UserDeleted looked for its groups, so whoever turns out to be gone is reported.
   */
  async announce(groupId: string): Promise<void> {
    try {
      const record = await this.store.find(groupId);
      if (!record) return;
      const persons = await this.users.listPersons(record.members.map(({ userId }) => userId));
      const group = groupView(record, byUserId(persons));
      const present = new Set(group.members.map(({ userId }) => userId));
      for (const userId of present) this.delivery.toUser(userId, 'group:updated', { group });
      const lost = record.members.map(({ userId }) => userId).filter((userId) => !present.has(userId));
      if (lost.length > 0) await this.publish(GroupMembersLost, { groupId, members: lost });
    } catch (error) {
      this.logger.error({ groupId, stack: error instanceof Error ? error.stack : error });
    }
  }

  dissolved(members: readonly string[]): void {
    this.directory.changed(members);
  }

  /** Throws UNAVAILABLE where somebody may still send to the group. */
  async cut(groupId: string): Promise<void> {
    try {
      await this.bus.publish(GroupCut, { groupId, members: [] });
    } catch (error) {
      this.logger.error({ event: GroupCut.name, groupId, error });
      throw new DomainError('UNAVAILABLE');
    }
  }

  /** The profile, the device or the identity key of a member is another one. */
  async memberChanged(userId: string): Promise<void> {
    for (const { groupId } of await this.store.list(userId)) await this.announce(groupId);
  }

  private async publish(event: EventDefinition<GroupSubject>, subject: GroupSubject): Promise<void> {
    try {
      await this.bus.publish(event, subject);
    } catch (error) {
      this.logger.error({ event: event.name, groupId: subject.groupId, error });
    }
  }
}

const byUserId = (persons: readonly Person[]): ReadonlyMap<string, Person> =>
  new Map(persons.map((person) => [person.userId, person]));

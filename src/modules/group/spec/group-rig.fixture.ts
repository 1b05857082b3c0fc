import type { AshwireConfig } from '../../../config/config.schema.js';
import { ProcessCaches } from '../../../platform/cache/process-caches.js';
import { Delivery } from '../../../platform/delivery/delivery.port.js';
import { InMemoryRateLimiter } from '../../../platform/rate-limit/adapters/in-memory-rate-limiter.js';
import { InProcessSignals } from '../../../platform/signals/adapters/in-process-signals.js';
import type { ServerEventName, ServerEvents } from '../../../protocol/events.js';
import type { ClaimedKeyPackage, Settings } from '../../../protocol/payloads/user.payloads.js';
import { ManualClock } from '../../../shared/clock.js';
import { RandomIds } from '../../../shared/ids.js';
import { RelationFacade } from '../../relation/index.js';
import { type Person, UserChanged, UserFacade } from '../../user/index.js';
import { GroupDirectory } from '../group.directory.js';
import { GroupLimits } from '../group.limits.js';
import { GroupMembership } from '../group.membership.js';
import { GroupNews } from '../group.news.js';
import { GroupService } from '../group.service.js';
import { GroupSubscriber } from '../group.subscriber.js';
import { LocalGroupFacade } from '../local-group.facade.js';
import { openGroupStore } from './open-group-store.fixture.js';

const ids = new RandomIds();
const key = (text: string): string => text.padEnd(43, '.');

/** Accounts of which only what everybody sees is there. */
class People extends UserFacade {
  readonly persons = new Map<string, Person>();

  add(username: string): string {
    const userId = ids.next();
    const device = { userId, deviceId: ids.next(), leafKey: key('leaf'), createdAt: 1, signature: 's'.repeat(86) };
    const shown = { userId, username, displayName: username, avatarColour: 'teal' as const };
    this.persons.set(userId, { ...shown, identityKey: key(username), keyVersion: 1, device });
    return userId;
  }

  findPerson(userId: string): Promise<Person | null> {
    return Promise.resolve(this.persons.get(userId) ?? null);
  }

  listPersons(userIds: readonly string[]): Promise<Person[]> {
    return Promise.resolve(userIds.flatMap((userId) => this.persons.get(userId) ?? []));
  }

  listKeyHistory(): Promise<[]> {
    return Promise.resolve([]);
  }

  findPersonByUsername(): Promise<never> {
    throw new Error('groups look up nobody by name');
  }

  listKnownPersons(userIds: readonly string[]): Promise<Person[]> {
    return this.listPersons(userIds);
  }

  getSettings(): Promise<Settings> {
    throw new Error('groups know no settings');
  }

  claimKeyPackage(): Promise<ClaimedKeyPackage> {
    throw new Error('no test claims one');
  }
}

/** Everybody is a friend of everybody, but for those who are not. */
class Friends extends RelationFacade {
  readonly strangers = new Set<string>();

  areFriends(userId: string, otherUserId: string): Promise<boolean> {
    return Promise.resolve(![userId, otherUserId].some((id) => this.strangers.has(id)));
  }

  findFriendship(): Promise<null> {
    return Promise.resolve(null);
  }

  listFriendships(): Promise<[]> {
    return Promise.resolve([]);
  }
}

/** Everyone is connected, and what they were told can be looked up. */
class Told extends Delivery {
  readonly pushes: { readonly userId: string; readonly event: string; readonly payload: object }[] = [];

  toUser<E extends ServerEventName>(userId: string, event: E, payload: ServerEvents[E]): void {
    this.pushes.push({ userId, event, payload });
  }

  closeSession(): void {
    throw new Error('groups close no session');
  }

  closeUser(): void {
    throw new Error('groups close no user');
  }
}

/** The module's services, wired as Nest does, on SQLite in memory. */
export async function startGroups(created = 3) {
  const opened = await openGroupStore();
  const [people, friends, delivery, clock] = [new People(), new Friends(), new Told(), new ManualClock()];
  const limits = { groupsCreatedPerUser: { points: created, perMs: 3_600_000 } };
  const directory = new GroupDirectory(opened.store, new ProcessCaches(new InProcessSignals(), clock));
  const news = new GroupNews(opened.store, people, directory, delivery, opened.bus);
  const membership = new GroupMembership(opened.store, friends, clock, ids);
  const groupLimits = new GroupLimits({ limits } as AshwireConfig, new InMemoryRateLimiter());
  new GroupSubscriber(opened.bus, opened.outbox, news).onModuleInit();
  return {
    ...opened,
    ...{ people, friends, delivery },
    service: new GroupService(opened.store, membership, news, groupLimits, opened.outbox),
    facade: new LocalGroupFacade(opened.store, directory, membership, news),
    changeUser: (userId: string, what: 'profile' | 'settings') => opened.bus.publish(UserChanged, { userId, what }),
  };
}

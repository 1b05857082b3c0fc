import type { AshwireConfig } from '../../../config/config.schema.js';
import { ProcessCaches } from '../../../platform/cache/process-caches.js';
import { InMemoryRateLimiter } from '../../../platform/rate-limit/adapters/in-memory-rate-limiter.js';
import { InProcessSignals } from '../../../platform/signals/adapters/in-process-signals.js';
import { ManualClock } from '../../../shared/clock.js';
import type { Person } from '../../user/index.js';
import { UserChanged, UserDeleted } from '../../user/index.js';
import { BlockService } from '../block.service.js';
import { FriendNews } from '../friend-news.js';
import { FriendRequestService } from '../friend-request.service.js';
import { FriendService } from '../friend.service.js';
import { InvitationService } from '../invitation.service.js';
import { FriendshipDirectory } from '../friendship.directory.js';
import { RelationAnnouncer } from '../relation.announcer.js';
import { FriendshipBegan, type FriendshipSubject } from '../relation.events.js';
import { RelationFollowUp } from '../relation.follow-up.js';
import { RelationLimits } from '../relation.limits.js';
import { RelationService } from '../relation.service.js';
import { RelationSubscriber } from '../relation.subscriber.js';
import { Stamps } from '../stamps.js';
import { InMemoryUserFacade } from './in-memory-user.facade.fixture.js';
import { openTypeormStores } from './open-stores.fixture.js';
import { RecordingDelivery } from './recording-delivery.fixture.js';

type TypeormStores = Awaited<ReturnType<typeof openTypeormStores>>;

interface Surroundings {
  readonly users: InMemoryUserFacade;
  readonly delivery: RecordingDelivery;
  readonly clock: ManualClock;
}

const day = 24 * 60 * 60_000;
const defaultLimits = {
  friendRequestsPerUser: { points: 1_000, perMs: day },
  invitationTriesPerUser: { points: 1_000, perMs: day },
  keyPackageClaimsPerPair: { points: 6, perMs: 600_000 },
};

/** The module's services, wired as Nest does, on SQLite in memory. */
function wire(rates: Partial<typeof defaultLimits>, stores: TypeormStores, surroundings: Surroundings) {
  const { users, delivery, clock } = surroundings;
  const config = { limits: { ...defaultLimits, ...rates } } as AshwireConfig;
  const limits = new RelationLimits(config, new InMemoryRateLimiter());
  const stamps = new Stamps(clock, stores.ids);
  const directory = new FriendshipDirectory(stores.friendships, new ProcessCaches(new InProcessSignals(), clock));
  const announcer = new RelationAnnouncer(delivery, stores.bus, directory);
  const followUp = new RelationFollowUp(stores.friendships, stores.requests, users, stores.outbox, announcer);
  const news = new FriendNews(stores.friendships, users, announcer);
  new RelationSubscriber(stores.bus, stores.outbox, followUp, news).onModuleInit();
  return {
    friendService: new FriendService(stores.friendships, directory, users, followUp, limits),
    requestService: new FriendRequestService(stores.requests, users, followUp, limits, stamps),
    invitationService: new InvitationService(stores.invitations, followUp, limits, stamps),
    blockService: new BlockService(stores.blocks, users, followUp, stamps),
    facade: new RelationService(stores.friendships, directory),
  };
}

export async function startRelation(rates: Partial<typeof defaultLimits> = {}) {
  const stores = await openTypeormStores();
  const surroundings = { users: new InMemoryUserFacade(), delivery: new RecordingDelivery(), clock: new ManualClock() };
  const { users, delivery } = surroundings;
  const services = wire(rates, stores, surroundings);
  const began: FriendshipSubject[] = [];
  stores.bus.subscribe(FriendshipBegan, (subject) => void began.push(subject));

  return {
    ...stores,
    ...surroundings,
    ...services,
    began,
    /** Friends, with what they were told about it forgotten. */
    async befriend(one: Person, other: Person) {
      await services.requestService.ask(one.userId, other.username);
      await services.requestService.ask(other.userId, one.username);
      delivery.pushes = [];
      const friendship = await stores.friendships.findBetween(one.userId, other.userId);
      if (!friendship) throw new Error('not friends');
      return friendship;
    },
    /** As the user module does: the account goes first, then the event comes, at least once. */
    async deleteAccount({ userId }: Person) {
      users.persons.delete(userId);
      await stores.bus.publish(UserDeleted, { userId });
    },
    /** As above, with the event in a pass of the outbox. */
    async deleteThroughOutbox({ userId }: Person) {
      users.persons.delete(userId);
      stores.outbox.register(UserDeleted);
      await stores.database.transaction((manager) => stores.outbox.add(manager, UserDeleted, { userId }));
      await stores.outbox.drain();
    },
    changeUser: (userId: string, what: 'profile' | 'identity-key' | 'device' | 'settings') =>
      stores.bus.publish(UserChanged, { userId, what }),
  };
}

export type RelationRig = Awaited<ReturnType<typeof startRelation>>;

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Followed, HandshakeFollower } from '../../sdk/conversations/handshake-follower.js';
import { fiveFriends, GroupStory, type Step } from '../rig/group-story.js';
import { leave, type Person } from '../rig/people.js';
import { type RunningServer, startServer } from '../rig/server.js';

const plenty = { points: 10_000, perMs: 1_000 };
const person = fc.nat({ max: 4 });
const change = fc.oneof(
  fc.record({ do: fc.constantFrom('add' as const, 'remove' as const), who: person, whom: person }),
  fc.record({ do: fc.constantFrom('rename' as const, 'leave' as const), who: person }),
);
const send = fc.record({ do: fc.constant('send' as const), who: person });
const step = fc.oneof(
  { weight: 5, arbitrary: send },
  { weight: 4, arbitrary: change },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('away' as const, 'back' as const), who: person }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('both' as const), one: change, other: fc.oneof(change, send) }),
  },
);

let server: RunningServer;
let people: Person[];

beforeAll(async () => {
  const handshakes = { handshakesPerConversation: plenty, resetsPerConversation: plenty };
  const keyPackages = { keyPackageClaimsPerPair: plenty, keyPackageUploadsPerUser: plenty };
  const messages = { messagesPerConversation: { burst: 1_000, perSecond: 1_000 } };
  server = await startServer({
    limits: { ...handshakes, ...keyPackages, ...messages, friendRequestsPerUser: plenty, groupsCreatedPerUser: plenty },
  });
  people = await fiveFriends(server);
}, 60_000);

afterAll(async () => {
  await leave(...people);
  await server.close();
});

async function live(steps: readonly Step[]): Promise<void> {
  const story = new GroupStory(server, people);
  await story.begin();
  for (const one of steps) await story.take(one);
  await story.end();
}

it('ends in one epoch with one transcript, whatever five members do at once', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 12 }), live);
  // A failure prints its seed and path.
  await fc.assert(property, { numRuns: 5, endOnFailure: true });
}, 120_000);

it('leaves nothing from before with who was removed and let in again while away', async () => {
  await live([
    { do: 'send', who: 0 },
    { do: 'away', who: 1 },
    { do: 'send', who: 0 },
    { do: 'remove', who: 0, whom: 1 },
    { do: 'send', who: 0 },
    { do: 'add', who: 0, whom: 1 },
    { do: 'send', who: 0 },
  ]);
}, 60_000);

/** The planted defect: goes on to the next epoch as if it had applied the commit. */
class CarelessFollower extends HandshakeFollower {
  override async follow(...given: Parameters<HandshakeFollower['follow']>): Promise<Followed> {
    const [, session, handshake] = given;
    const followed = await super.follow(...given);
    if (handshake.kind !== 'commit') return followed;
    const { roster = [] } = followed.session;
    return { session: { ...session, epoch: handshake.epoch, roster }, writes: [] };
  }
}

/** Gives the client another follower of handshakes; returns what takes it back. */
function plant({ client }: Person): () => void {
  const { parts } = client as unknown as {
    parts: { chat: { groupCommits: { services: { sessions: { follower: HandshakeFollower } } } } };
  };
  const { follower } = parts.chat.groupCommits.services.sessions;
  Object.setPrototypeOf(follower, CarelessFollower.prototype);
  return () => void Object.setPrototypeOf(follower, HandshakeFollower.prototype);
}

it('tells, with its seed, when one member passes a commit over', async () => {
  const takeBack = plant(people[2] as Person);
  const steps: Step[] = [
    { do: 'rename', who: 0 },
    { do: 'send', who: 0 },
  ];
  const property = fc.asyncProperty(fc.constant(steps), live);
  const failing = fc.assert(property, { numRuns: 1, includeErrorInReport: true });
  await expect(failing).rejects.toThrow(/seed: -?\d+[^]*UNREADABLE/);
  takeBack();
}, 60_000);

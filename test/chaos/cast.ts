import { atOnce } from '../load/at-once.js';
import { ask, befriend, RawPerson } from '../rig/raw-person.js';
import { RandomIds } from '../../src/shared/ids.js';
import { Chatter } from './chatter.js';
import { Entrance, type FrontDoor } from './front-door.js';
import type { Setting } from './setting.js';

const ids = new RandomIds();
const AT_ONCE = 8;
const GROUP = 3;

export interface CastSize {
  readonly pairs: number;
  readonly groups: number;
}

/** Registers the people of a run, makes them friends and starts their conversations. Two neighbours are a pair; groups are of three. */
export async function gather(door: FrontDoor, { pairs, groups }: CastSize, setting: Setting): Promise<Chatter[]> {
  const people: Chatter[] = [];
  await atOnce(AT_ONCE, 2 * pairs, async (index) => {
    const person = await RawPerson.register(door.registerAt);
    people[index] = new Chatter(person, new Entrance(door), setting);
  });
  await atOnce(AT_ONCE, pairs, (index) => pair(people.slice(2 * index, 2 * index + 2), setting));
  await atOnce(AT_ONCE, groups, (index) => {
    // From several pairs, so that not all of a group are friends yet.
    const members = Array.from({ length: GROUP }, (_, n) => people[(2 * index + 2 * n) % people.length] as Chatter);
    return found(members, setting);
  });
  return people;
}

async function pair(two: readonly Chatter[], setting: Setting): Promise<void> {
  const [one, other] = two as [Chatter, Chatter];
  const conversationId = await befriend(one.person, other.person);
  await begin(conversationId, two, setting);
}

async function found(members: readonly Chatter[], setting: Setting): Promise<void> {
  const [owner, ...others] = members as [Chatter, ...Chatter[]];
  for (const other of others) await befriend(owner.person, other.person);
  const request = { clientGroupId: ids.next(), members: others.map(({ id }) => id) };
  const { body } = await owner.person.request<{ groupId: string }>('POST', '/api/groups', request);
  await begin(body.groupId, members, setting);
}

/** What stands for the encryption: one reset, so that everybody is in epoch 1. */
async function begin(conversationId: string, members: readonly Chatter[], setting: Setting): Promise<void> {
  const [first, ...others] = members as [Chatter, ...Chatter[]];
  const socket = await first.person.connect();
  const welcomed = others.map(({ id, person }) => ({ userId: id, deviceId: person.deviceId }));
  const reset = { conversationId, baseEpoch: 0, kind: 'reset', welcome: 'welcome', welcomed };
  const { ok, error } = await ask(socket, 'handshake:submit', reset);
  socket.disconnect();
  if (!ok) throw new Error(`a conversation did not begin: ${JSON.stringify(error)}`);
  setting.history.members.set(
    conversationId,
    members.map(({ id }) => id),
  );
  for (const member of members) member.join(conversationId);
}

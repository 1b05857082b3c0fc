import { expect } from '@jest/globals';
import type { ConversationView } from '../../../src/protocol/payloads/chat.payloads.js';
import type { GroupList } from '../../../src/protocol/payloads/group.payloads.js';
import { RawMember } from '../../rig/raw-group.js';
import { befriend } from '../../rig/raw-person.js';
import { Canary, startTestServer } from './canary.js';

/** Limits that these tests do not mean are out of their way. */
const PLENTY = { points: 100_000 };

/** A group of three in epoch 3, people around it, and two others who only want to talk. */
export type GroupCast = Awaited<ReturnType<typeof startCast>>;

export async function startCast() {
  const server = await startTestServer({
    limits: {
      ...{ groupsCreatedPerUser: PLENTY, handshakesPerConversation: PLENTY, resetsPerConversation: PLENTY },
      violationsBeforeClose: 100_000,
    },
  });
  const canary = await Canary.start(server.url);
  type Six = [RawMember, RawMember, RawMember, RawMember, RawMember, RawMember];
  const people = (await RawMember.registerMany(server.url, 6)) as Six;
  /** Friend: of all members, and none. Former: was a member, and is a friend of the owner. */
  const [owner, bob, carol, friend, former, stranger] = people;
  const direct = await befriend(owner.person, bob.person);
  await owner.befriend(carol, friend, former);
  for (const member of [bob, carol]) await member.befriend(friend);
  const groupId = await owner.found(bob, carol);
  for (const [epoch, change] of [{ add: [former] }, { remove: [former] }].entries()) {
    expect(await owner.commit(groupId, epoch + 1, change)).toMatchObject({ ok: true });
  }
  expect(await bob.send(groupId, 3)).toMatchObject({ ok: true });

  const conversationsOf = async (member: RawMember): Promise<ConversationView[]> =>
    (await member.ask('conversation:list', {})).data?.['conversations'] as ConversationView[];
  const groupsOf = async ({ person }: RawMember) => (await person.request<GroupList>('GET', '/api/groups')).body.groups;
  const state = () =>
    Promise.all([
      Promise.all(people.map(groupsOf)),
      Promise.all(people.map(conversationsOf)),
      Promise.all([owner, bob, carol].map((member) => member.handshakes(groupId))),
      Promise.all([owner, bob, carol].map((member) => member.entries(groupId))),
    ]);
  const before = await state();

  return {
    ...{ server, canary, groupId, direct, owner, bob, carol, friend, former, stranger },
    /** Members, epochs, handshakes and messages are as they were, in everybody's eyes, and others go on. */
    async nothingChanged(): Promise<void> {
      expect(await state()).toEqual(before);
      await canary.lives();
    },
    async stop(): Promise<void> {
      for (const { person } of people) person.disconnect();
      canary.stop();
      await server.close();
    },
  };
}

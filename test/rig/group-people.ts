import type { AshwireClient, Group, Message } from '../../sdk/index.js';
import { KINDS } from '../../sdk/store/client-store.js';
import type { SessionRecord } from '../../sdk/store/records.js';
import type { SocketTransport } from '../../sdk/transport/socket-transport.js';
import { befriend, eventually, leave, type Person, receive, registerPerson } from './people.js';

export const userIdOf = async ({ client }: Person): Promise<string> => (await client.account())?.userId ?? '';

export const memberIdsOf = ({ members }: Group): string[] => members.map(({ userId }) => userId).sort();

/** What the person's device knows of the group's encryption. */
export async function sessionOf({ storage }: Person, groupId: string): Promise<SessionRecord | undefined> {
  const bytes = await storage.get(KINDS.session.prefix + groupId);
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as SessionRecord);
}

/** Everybody's device is in the session of one epoch, with exactly these people in it. */
export async function agree(groupId: string, ...people: readonly Person[]): Promise<void> {
  const ids = await Promise.all(people.map(userIdOf));
  await eventually(async () => {
    const sessions = await Promise.all(people.map((person) => sessionOf(person, groupId)));
    const epochs = new Set(sessions.map((session) => session?.epoch));
    const rosters = sessions.map((session, index) =>
      [...(session?.members.map(({ userId }) => userId) ?? []), ids[index]].sort().join(),
    );
    const isUsable = sessions.every((session) => session?.state !== undefined);
    return isUsable && epochs.size === 1 && rosters.every((roster) => roster === [...ids].sort().join());
  }, 15_000);
}

/** The client's own socket: a test answers in the place of the server. */
export const socketOf = (client: AshwireClient): SocketTransport =>
  (client as unknown as { parts: { socket: SocketTransport } }).parts.socket;

/** The server's answers to one kind of event, changed on their way. */
export function tamper(client: AshwireClient, event: string, change: (answer: never) => unknown): void {
  const socket = socketOf(client);
  const emit = socket.emit.bind(socket);
  socket.emit = async (name, request) => {
    const answer = await emit(name, request);
    return name === event ? (change(answer as never) as typeof answer) : answer;
  };
}

/** Three people in one group. Alice, who owns it, knows the other two, who do not know each other. */
export class GroupOfThree {
  readonly others: Person[] = [];

  private constructor(
    private readonly server: string,
    readonly groupId: string,
    readonly alice: Person,
    readonly bob: Person,
    readonly carol: Person,
  ) {}

  static async start(server: string): Promise<GroupOfThree> {
    const [alice, bob, carol] = [
      await registerPerson(server),
      await registerPerson(server),
      await registerPerson(server),
    ];
    await befriend(alice, bob);
    await befriend(alice, carol);
    const { groupId } = await alice.client.groups.create('plans', [await userIdOf(bob), await userIdOf(carol)]);
    await agree(groupId, alice, bob, carol);
    return new GroupOfThree(server, groupId, alice, bob, carol);
  }

  /** Somebody more, who is a friend of this one. */
  async friendOf(person: Person): Promise<Person> {
    const friend = await registerPerson(this.server);
    this.others.push(friend);
    await befriend(person, friend);
    return friend;
  }

  say(person: Person, text: string): Promise<Message> {
    return person.client.conversation(this.groupId).send(text);
  }

  /** All of them read it. */
  async hear(text: string, ...people: readonly Person[]): Promise<void> {
    for (const person of people) await receive(person, this.groupId, text);
  }

  async nameAt({ client }: Person): Promise<string> {
    return (await client.groups.get(this.groupId)).name;
  }

  leave(): Promise<void> {
    return leave(this.alice, this.bob, this.carol, ...this.others);
  }
}

import { AshwireClient, type ClientStorage, type Contact, MemoryStorage, type Message } from '../../sdk/index.js';
import { RandomIds } from '../../src/shared/ids.js';

const ids = new RandomIds();

/** A person with the SDK: the account is registered and connected. */
export interface Person {
  readonly name: string;
  readonly client: AshwireClient;
  readonly storage: ClientStorage;
  readonly recoveryWords: readonly string[];
  /** The last state that the client has told of each message, by id; it outlives the message. */
  readonly states: ReadonlyMap<string, Message['state']>;
}

export const randomName = (): string => `p${ids.next().toLowerCase().replaceAll('-', '_')}`;

export async function registerPerson(server: string, name: string = randomName()): Promise<Person> {
  const storage = MemoryStorage.open();
  const client = await AshwireClient.open({ server, storage });
  const { recoveryWords } = await client.register({ username: name });
  const states = new Map<string, Message['state']>();
  client.on('message-state', ({ id, state }) => states.set(id, state));
  await client.connect();
  return { name, client, storage, recoveryWords, states };
}

/** Makes two people friends by an invitation. Resolves when both know it. */
export async function befriend(one: Person, other: Person): Promise<string> {
  const { link } = await one.client.friends.createInvitation();
  const { conversationId } = await other.client.friends.redeemInvitation(link);
  await knowsFriend(one, conversationId);
  return conversationId;
}

/** Resolves once this side of a new friendship has heard of it too. */
export function knowsFriend({ client }: Person, conversationId: string): Promise<void> {
  return eventually(async () =>
    (await client.friends.list()).some((friend: Contact) => friend.conversationId === conversationId),
  );
}

/** Waits until it holds, or throws after `withinMs`. No test sleeps for a fixed time. */
export async function eventually(holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  for (const end = Date.now() + withinMs; ;) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`did not come true within ${withinMs} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function textsOf(person: Person, conversationId: string): Promise<string[]> {
  const messages = await person.client.conversation(conversationId).messages();
  return messages.flatMap(({ text }: Message) => text ?? []);
}

/** Waits until the client has told this state of the message. */
export const reaches = (person: Person, id: string, state: Message['state']): Promise<void> =>
  eventually(() => person.states.get(id) === state);

/** Waits for the text at the person and returns the message. */
export async function receive(person: Person, conversationId: string, text: string): Promise<Message> {
  let found: Message | undefined;
  await eventually(async () => {
    const messages: readonly Message[] = await person.client.conversation(conversationId).messages();
    found = messages.find((message) => message.text === text);
    return found !== undefined;
  });
  return found as Message;
}

/** Closes the clients: connections, timers and storage. */
export async function leave(...people: readonly Person[]): Promise<void> {
  for (const { client } of people) await client.close();
}

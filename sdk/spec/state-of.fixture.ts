import type { Person } from '../../test/rig/people.js';
import type { Message } from '../index.js';

/** What the person's client has stored of a message; undefined once it is gone. */
export async function stateOf(
  person: Person,
  conversationId: string,
  id: string,
): Promise<Message['state'] | undefined> {
  const messages = await person.client.conversation(conversationId).messages();
  return messages.find((message) => message.id === id)?.state;
}

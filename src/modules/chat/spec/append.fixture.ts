import type { Appended, MessageStore, NewMessage } from '../ports/message.store.port.js';

export type Unfenced = Omit<NewMessage, 'fence'>;

/** As a node does that has just read who belongs to the conversation. */
export const appendTo = async (store: MessageStore, message: Unfenced): Promise<Appended> =>
  store.append({ ...message, fence: await store.openFence(message.conversationId) });

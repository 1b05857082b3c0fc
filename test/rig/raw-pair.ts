import type { Socket } from 'socket.io-client';
import type { SendRequest, SyncResult } from '../../src/protocol/payloads/chat.payloads.js';
import { RandomIds } from '../../src/shared/ids.js';
import { ask, befriend, RawPerson } from './raw-person.js';

const ids = new RandomIds();

/** Two raw people who are friends, in a conversation that takes messages. */
export interface RawPair {
  readonly people: readonly [RawPerson, RawPerson];
  readonly conversationId: string;
}

export async function registerPair(url: string): Promise<RawPair> {
  const [one, other] = await Promise.all([RawPerson.register(url), RawPerson.register(url)]);
  const conversationId = await befriend(one, other);
  const socket = await one.connect();
  const welcomed = [{ userId: other.tokens.userId, deviceId: other.deviceId }];
  const reset = { conversationId, baseEpoch: 0, kind: 'reset', welcome: 'welcome', welcomed };
  const { ok, error } = await ask(socket, 'handshake:submit', reset);
  one.disconnect();
  if (!ok) throw new Error(`the handshake was refused: ${error?.code}`);
  return { people: [one, other], conversationId };
}

/** What the server takes for a message. */
export const sealed = (conversationId: string): SendRequest => ({
  conversationId,
  clientMessageId: ids.next(),
  epoch: 1,
  ciphertext: 'sealed',
  burnAfterReadSeconds: 0,
});

/** The client message ids of the whole log, in its order. */
export async function storedIn(socket: Socket, conversationId: string): Promise<string[]> {
  const stored: string[] = [];
  for (let afterSeq = 0; ;) {
    const { data } = await ask(socket, 'message:sync', { conversationId, afterSeq, limit: 100 });
    const { entries, headSeq } = data as unknown as SyncResult;
    stored.push(...entries.map(({ clientMessageId }) => clientMessageId));
    afterSeq = entries.at(-1)?.seq ?? headSeq;
    if (afterSeq >= headSeq) return stored;
  }
}

import { defineStore } from 'pinia';
import { computed, reactive, ref, watch } from 'vue';
import type { Contact } from '../../../sdk/index.js';
import { LIMITS } from '../../../src/protocol/limits.js';
import type { IncomingRequest, OutgoingRequest } from '../../../src/protocol/payloads/relation.payloads.js';
import { useSession } from './session.store.js';

/** Friends, requests and who is online. */
export const usePeople = defineStore('people', () => {
  const session = useSession();
  const friends = reactive(new Map<string, Contact>());
  const incoming = ref<IncomingRequest[]>([]);
  const outgoing = ref<OutgoingRequest[]>([]);
  const online = reactive(new Set<string>());

  const list = computed(() => [...friends.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b))));
  const room = computed(() => LIMITS.friends - friends.size);
  /** Friends whose key has changed: nothing is sent to them before a person has decided. */
  const undecided = computed(() => list.value.filter(({ trust }) => trust === 'changed' || trust === 'compromised'));

  function nameOf({ displayName, username }: Pick<Contact, 'displayName' | 'username'>): string {
    return displayName || username;
  }

  function byConversation(conversationId: string): Contact | undefined {
    return list.value.find((friend) => friend.conversationId === conversationId);
  }

  async function load(): Promise<void> {
    const contacts = await session.host().api.friends.list();
    friends.clear();
    for (const contact of contacts) friends.set(contact.userId, contact);
  }

  /** Needs a connection. */
  async function loadRequests(): Promise<void> {
    const found = await session.host().api.friends.requests();
    incoming.value = found.incoming;
    outgoing.value = found.outgoing;
  }

  const keep = (contact: Contact): unknown => friends.set(contact.userId, contact);
  session.on('friend-changed', keep);
  session.on('key-changed', keep);
  session.on('device-changed', keep);
  session.on('friend-added', (contact) => {
    keep(contact);
    void loadRequests().catch(() => undefined);
  });
  session.on('friend-removed', ({ userId }) => {
    friends.delete(userId);
    online.delete(userId);
  });
  session.on('friend-requested', (request) => {
    incoming.value = [...incoming.value.filter(({ requestId }) => requestId !== request.requestId), request];
  });
  session.on('friend-request-withdrawn', ({ requestId }) => {
    incoming.value = incoming.value.filter((request) => request.requestId !== requestId);
  });
  session.on('presence', ({ userId, online: isOnline }) => {
    if (isOnline) online.add(userId);
    else online.delete(userId);
  });
  watch(
    () => session.connection,
    (state) => {
      if (state !== 'online') online.clear();
      else void loadRequests().catch(() => undefined);
    },
  );

  return { friends, list, room, undecided, incoming, outgoing, online, nameOf, byConversation, load, loadRequests };
});

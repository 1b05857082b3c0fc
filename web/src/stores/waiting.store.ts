import { defineStore } from 'pinia';
import { computed, reactive } from 'vue';
import type { Message } from '../../../sdk/index.js';
import { useConversations } from './conversations.store.js';
import { useSession } from './session.store.js';

/** How many own messages wait on this device to be sent. Holds their ids, not what they say. */
export const useWaiting = defineStore('waiting', () => {
  const session = useSession();
  const conversations = useConversations();
  const ids = reactive(new Set<string>());
  const count = computed(() => ids.size);

  /** Also those of before this page began. */
  async function load(): Promise<void> {
    for (const conversationId of conversations.summaries.keys()) {
      for (const message of await session.host().conversation.messages(conversationId)) note(message);
    }
  }

  function note({ conversationId, id, state }: Pick<Message, 'conversationId' | 'id' | 'state'>): void {
    const key = `${conversationId}/${id}`;
    if (state === 'queued') ids.add(key);
    else ids.delete(key);
  }

  session.on('message-state', note);
  session.on('conversation-removed', ({ conversationId }) => {
    for (const key of ids) if (key.startsWith(`${conversationId}/`)) ids.delete(key);
  });
  session.on('host', ({ kind }) => {
    if (kind !== 'open') ids.clear();
  });

  return { count, load };
});

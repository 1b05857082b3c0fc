import { defineStore } from 'pinia';
import { reactive, shallowRef } from 'vue';
import { type Copied, copiedFrom, isFromElsewhere } from '../guard/draft-lock.js';
import { useSession } from './session.store.js';

/** What was begun and not sent, each in its conversation and in no other. In this page's memory only. */
export const useDrafts = defineStore('drafts', () => {
  const session = useSession();
  const drafts = reactive(new Map<string, string>());
  const copied = shallowRef<Copied>();

  const of = (conversationId: string): string => drafts.get(conversationId) ?? '';

  function put(conversationId: string, text: string): void {
    if (text === '') drafts.delete(conversationId);
    else drafts.set(conversationId, text);
  }

  /** A message that was taken back stands before what was begun since. */
  function giveBack(conversationId: string, text: string): void {
    put(conversationId, [text, of(conversationId)].filter((part) => part !== '').join('\n'));
  }

  function noteCopy(conversationId: string, text: string): void {
    copied.value = copiedFrom(conversationId, text, Date.now());
  }

  /** The conversation that a text was copied in, when that is another one. */
  function originOf(conversationId: string, pasted: string): string | undefined {
    if (!copied.value || !isFromElsewhere(copied.value, conversationId, pasted, Date.now())) return undefined;
    return copied.value.conversationId;
  }

  session.on('conversation-removed', ({ conversationId }) => drafts.delete(conversationId));
  session.on('host', ({ kind }) => {
    if (kind === 'open') return;
    drafts.clear();
    copied.value = undefined;
  });

  return { of, put, giveBack, noteCopy, originOf };
});

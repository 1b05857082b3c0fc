import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import { type Held, type Outgoing, UndoWindow } from '../guard/undo-window.js';
import { useClock } from './clock.store.js';
import { useDrafts } from './drafts.store.js';
import { usePreferences } from './preferences.store.js';
import { useSession } from './session.store.js';

interface Written {
  readonly conversationId: string;
  readonly kind: 'direct' | 'group';
  readonly at: number;
}

/** More than anybody remembers. */
const MOST_WRITTEN = 200;

/** Messages in the undo window, and where the person wrote last. They leave on time whichever chat is on the screen. */
export const useHeld = defineStore('held', () => {
  const session = useSession();
  const preferences = usePreferences();
  const drafts = useDrafts();
  const clock = useClock();
  const all = shallowRef<readonly Held[]>([]);
  /** What was written on this page and not taken back, oldest first. */
  const written = shallowRef<readonly Written[]>([]);
  const lastWritten = computed(() => written.value.at(-1));

  const undo = new UndoWindow({
    clock: {
      now: () => performance.now(),
      after: (milliseconds, action) => {
        const timer = setTimeout(action, milliseconds);
        return () => clearTimeout(timer);
      },
    },
    deliver: ({ conversationId, text, mentions }) =>
      session.host().conversation.send(conversationId, text, [...mentions]),
    changed: (held) => (all.value = held),
  });

  /** When something was last written there, by the server’s clock. */
  const writtenAt = (conversationId: string): number | undefined =>
    written.value.findLast((one) => one.conversationId === conversationId)?.at;

  const of = (conversationId: string): readonly Held[] =>
    all.value.filter((one) => one.conversationId === conversationId);

  function send(message: Outgoing, kind: 'direct' | 'group'): void {
    const { conversationId } = message;
    written.value = [...written.value.slice(1 - MOST_WRITTEN), { conversationId, kind, at: clock.now }];
    undo.hold(message, preferences.undoSeconds * 1_000);
  }

  /** Into the composer of its own chat. False when it has left already. */
  function takeBack(key: number): boolean {
    const message = undo.takeBack(key);
    if (!message) return false;
    const { conversationId, text } = message;
    drafts.giveBack(conversationId, text);
    // Nothing was written: before it goes after all, the same is asked again.
    const last = written.value.findLastIndex((one) => one.conversationId === conversationId);
    written.value = written.value.filter((_, index) => index !== last);
    return true;
  }

  // Whoever closes the page loses what has not left; the browser asks first.
  const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
  watch(
    () => all.value.length > 0,
    (isHolding) => {
      if (isHolding) window.addEventListener('beforeunload', ask);
      else window.removeEventListener('beforeunload', ask);
    },
  );

  session.on('conversation-removed', ({ conversationId }) => undo.forget(conversationId));
  session.on('host', ({ kind }) => {
    if (kind === 'open') return;
    undo.forget();
    written.value = [];
  });

  return { all, of, writtenAt, lastWritten, send, takeBack, again: (key: number) => undo.again(key) };
});

import { onBeforeUnmount } from 'vue';
import { useSession } from '../../stores/session.store.js';

/** The server drops more. */
const EVERY_MS = 3_000;

/** Tells the others that this person is writing, at most once in three seconds; they forget it by themselves. */
export function useOwnTyping(conversationId: string) {
  const session = useSession();
  let toldAt = -Infinity;
  let isTold = false;

  function tell(isTyping: boolean): void {
    const now = performance.now();
    if (!session.isOnline || now - toldAt < EVERY_MS) return;
    [toldAt, isTold] = [now, isTyping];
    // Nobody misses it.
    session
      .host()
      .conversation.setTyping(conversationId, isTyping)
      .catch(() => undefined);
  }

  function stopped(): void {
    if (isTold) tell(false);
  }

  onBeforeUnmount(stopped);
  return { wrote: (text: string): void => (text === '' ? stopped() : tell(true)), stopped };
}

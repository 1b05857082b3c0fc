import { useDocumentVisibility, useWindowFocus } from '@vueuse/core';
import { computed, onBeforeUnmount, provide, type Ref, watch } from 'vue';
import { isUnread, useMessages } from '../../stores/messages.store.js';
import { useFailure } from '../../use-failure.js';
import { Dwell } from './dwell.js';
import { isShownOnce, READING } from './reading.js';

/** Who scrolls past has not read. */
const SEEN_MS = 400;

interface Marked {
  readonly conversationId: string;
  /** Seconds after which a read message burns, by the conversation's setting. */
  readonly burnAfterReadSeconds: () => number;
}

/**
 * Marks as read what a person can have seen: its end was on the screen for a moment, on a page that is visible and has the
 * focus. Nothing else starts a burn.
 */
export function useReadMarking(root: Ref<HTMLElement | null>, { conversationId, burnAfterReadSeconds }: Marked): void {
  const messages = useMessages();
  const { attempt } = useFailure();
  const [visibility, hasFocus] = [useDocumentVisibility(), useWindowFocus()];
  const isPresent = computed(() => visibility.value === 'visible' && hasFocus.value);
  const dwell = new Dwell(SEEN_MS);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const mark = (ids: readonly string[]): unknown =>
    ids.length > 0 && attempt(() => messages.markRead(conversationId, ids));

  function look(): void {
    timer = undefined;
    if (!isPresent.value) return;
    const seen = new Set(dwell.take(performance.now()));
    const read = messages.of(conversationId).filter((one) => seen.has(one.id) && isUnread(one));
    mark(read.filter((one) => !isShownOnce(one, burnAfterReadSeconds())).map(({ id }) => id));
    if (dwell.isWaiting) lookSoon();
  }

  function lookSoon(): void {
    timer ??= setTimeout(look, SEEN_MS);
  }

  const { observe, forget } = useSight(root, dwell, lookSoon);
  watch(isPresent, () => {
    dwell.restart(performance.now());
    lookSoon();
  });
  onBeforeUnmount(() => clearTimeout(timer));
  provide(READING, { observe, forget, markRead: (id) => mark([id]) });
}

/** What comes into sight in the root and leaves it. */
function useSight(root: Ref<HTMLElement | null>, dwell: Dwell, changed: () => void) {
  const ids = new Map<Element, string>();
  let observer: IntersectionObserver | undefined;

  function notice(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const id = ids.get(target);
      if (id === undefined) continue;
      if (isIntersecting) dwell.appeared(id, performance.now());
      else dwell.left(id);
    }
    changed();
  }

  function observe(end: Element, id: string): void {
    // The first bubble comes before its log is done; the root is there by then.
    observer ??= new IntersectionObserver(notice, { root: root.value });
    ids.set(end, id);
    observer.observe(end);
  }

  function forget(end: Element): void {
    observer?.unobserve(end);
    dwell.left(ids.get(end) ?? '');
    ids.delete(end);
  }

  onBeforeUnmount(() => observer?.disconnect());
  return { observe, forget };
}

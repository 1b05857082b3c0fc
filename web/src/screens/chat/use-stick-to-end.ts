import { useResizeObserver } from '@vueuse/core';
import { type Ref, ref } from 'vue';

/** So near is at the end, in pixels. */
const NEAR = 48;

/** Stays at the end while more comes, unless the person has scrolled up. */
export function useStickToEnd(scroller: Ref<HTMLElement | null>, content: Ref<HTMLElement | null>) {
  const isAtEnd = ref(true);

  function look(): void {
    const { value: element } = scroller;
    if (element) isAtEnd.value = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
  }

  function toEnd(): void {
    scroller.value?.scrollTo({ top: scroller.value.scrollHeight });
    isAtEnd.value = true;
  }

  const stay = (): void => {
    if (isAtEnd.value) toEnd();
  };
  useResizeObserver(content, stay);
  useResizeObserver(scroller, stay);

  return { isAtEnd, look, toEnd };
}

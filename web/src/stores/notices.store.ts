import { defineStore } from 'pinia';
import { reactive } from 'vue';

export interface Notice {
  readonly id: number;
  readonly kind: 'info' | 'success' | 'error';
  readonly text: string;
}

/** Short sentences at the edge of the screen, read out to screen readers. */
export const useNotices = defineStore('notices', () => {
  const notices = reactive<Notice[]>([]);
  let last = 0;

  function show(kind: Notice['kind'], text: string): void {
    if (notices.some((notice) => notice.text === text)) return;
    notices.push({ id: (last += 1), kind, text });
  }

  function dismiss(id: number): void {
    const at = notices.findIndex((notice) => notice.id === id);
    if (at >= 0) notices.splice(at, 1);
  }

  return { notices, show, dismiss };
});

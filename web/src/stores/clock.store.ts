import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Message } from '../../../sdk/index.js';
import { ServerTime } from '../screens/chat/server-time.js';
import { useSession } from './session.store.js';

const TICK_MS = 1_000;

/** The server's time as near as this page knows it, moving once a second. For what is shown: nothing is burned by it. */
export const useClock = defineStore('clock', () => {
  const session = useSession();
  const time = new ServerTime(() => performance.now(), Date.now());
  const now = ref(time.now());

  function observe({ acceptedAt = 0, deliveredAt = 0, readAt = 0 }: Message): void {
    time.observe(Math.max(acceptedAt, deliveredAt, readAt));
  }

  session.on('message', observe);
  session.on('message-state', observe);
  setInterval(() => (now.value = time.now()), TICK_MS);

  return { now };
});

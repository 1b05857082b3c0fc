import { defineStore } from 'pinia';
import { ref } from 'vue';
import { useSession } from './session.store.js';

const TICK_MS = 1_000;

/** The server's time, moving once a second whatever is done to the device's clock. For what is shown: nothing is burned by it. */
export const useClock = defineStore('clock', () => {
  const session = useSession();
  /** Of the server's time and the steady clock of the page. */
  let difference = Date.now() - performance.now();
  const now = ref(Date.now());

  const tick = (): void => void (now.value = difference + performance.now());

  async function ask(): Promise<void> {
    const askedAt = performance.now();
    const serverTime = await session.host().api.serverTime();
    difference = serverTime - (askedAt + performance.now()) / 2;
    tick();
  }

  // Where there is no client yet, or it is locked meanwhile, it is asked when it opens.
  const askNow = (): void => void ask().catch(() => undefined);
  session.on('host', ({ kind }) => kind === 'open' && askNow());
  session.on('connection', ({ state }) => state === 'online' && askNow());
  askNow();
  setInterval(tick, TICK_MS);

  return { now };
});

import { proxy } from 'comlink';
import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import { useSession } from './session.store.js';

/** Says only that some account was here, so that a browser that has thrown the storage away can be told from a new one. */
const MARK = 'ashwire/account-here';

/** What stands between a new account and the shell, and how an account left this device. */
export const useEntrance = defineStore('entrance', () => {
  const session = useSession();
  const isRegistering = ref(false);
  /** The recovery words of a new account until they are written down. In memory only. */
  const pendingWords = shallowRef<readonly string[]>();
  /** There was an account on this device, and nobody has taken it away on purpose. */
  const wasEvicted = ref(false);

  /** The session is open before the words are there, and before somebody has written them down. */
  const isHeld = computed(() => isRegistering.value || pendingWords.value !== undefined);

  /** @throws AshwireError as `AshwireClient.register` does. */
  async function register(username: string, invitation: string, onProgress: (tries: number) => void): Promise<void> {
    isRegistering.value = true;
    try {
      const wish = { username, ...(invitation !== '' && { invitation }) };
      pendingWords.value = await session.host().register(wish, proxy(onProgress));
    } finally {
      isRegistering.value = false;
    }
  }

  /** New words of the same account, after a change of the identity key. */
  function showWords(words: readonly string[]): void {
    pendingWords.value = words;
  }

  function wordsAreKept(): void {
    pendingWords.value = undefined;
  }

  /** What takes the account off this device on purpose. */
  async function leave(action: () => Promise<void>): Promise<void> {
    localStorage.removeItem(MARK);
    try {
      await action();
    } finally {
      if (session.phase === 'open') localStorage.setItem(MARK, 'yes');
    }
  }

  watch(
    () => session.phase,
    (phase) => {
      if (phase === 'open') localStorage.setItem(MARK, 'yes');
      if (phase !== 'welcome') return;
      pendingWords.value = undefined;
      wasEvicted.value = localStorage.getItem(MARK) !== null;
    },
  );

  return { isRegistering, pendingWords, wasEvicted, isHeld, register, showWords, wordsAreKept, leave };
});

import { useDocumentVisibility, useEventListener, useIntervalFn } from '@vueuse/core';
import { onScopeDispose, watch } from 'vue';
import { useEntrance } from '../stores/entrance.store.js';
import { usePreferences } from '../stores/preferences.store.js';
import { useSession } from '../stores/session.store.js';
import { isLockDue } from './auto-lock.js';

const LOOK_EVERY_MS = 5_000;
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

/** Locks all tabs when none of them was touched for the time that the person has set, and there is a passphrase. */
export function useAutoLock(): void {
  const session = useSession();
  const entrance = useEntrance();
  const preferences = usePreferences();
  const otherTabs = new BroadcastChannel('ashwire/touched');
  let touchedAt = Date.now();
  let toldAt = 0;

  function touched(): void {
    touchedAt = Date.now();
    if (touchedAt - toldAt < LOOK_EVERY_MS) return;
    toldAt = touchedAt;
    otherTabs.postMessage(touchedAt);
  }

  async function look(): Promise<void> {
    if (session.phase !== 'open' || entrance.isHeld) return;
    if (!isLockDue(touchedAt, Date.now(), preferences.lockAfterMinutes)) return;
    const host = session.host();
    if (await host.hasPassphrase()) await host.lock();
    else touchedAt = Date.now();
  }

  const lookQuietly = (): void => void look().catch(() => undefined);

  otherTabs.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'number') touchedAt = Math.max(touchedAt, data);
  });
  useEventListener(window, [...TOUCHES], touched, { capture: true, passive: true });
  useIntervalFn(lookQuietly, LOOK_EVERY_MS);
  // A device that wakes up is looked at before the first touch counts.
  watch(useDocumentVisibility(), lookQuietly);
  watch(() => session.phase, touched);
  onScopeDispose(() => otherTabs.close());
}

import { shallowRef } from 'vue';
import { trustedScriptUrl } from './trusted.js';

/** A newer build of this client, which waits until somebody agrees to change. */
export const newVersion = shallowRef<ServiceWorker>();

/** Keeps the shell for offline use. Where there are no service workers everything else works. */
export async function keepShell(): Promise<void> {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.register(trustedScriptUrl('/sw.js'));
  const look = (): void => {
    // Without a controller it is the first one: nothing older is on the screen.
    if (registration.waiting && serviceWorker.controller) newVersion.value = registration.waiting;
  };
  look();
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
  // All tabs change at once: they share one worker, which must be of their build.
  serviceWorker.addEventListener('controllerchange', () => newVersion.value && location.reload());
}

export function takeNewVersion(): void {
  newVersion.value?.postMessage({ type: 'SKIP_WAITING' });
}

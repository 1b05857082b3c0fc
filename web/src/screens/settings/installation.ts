import { shallowRef } from 'vue';

/** Not in TypeScript's DOM library: Chromium alone has it. */
interface InstallPrompt extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>;
}

/** What the browser offers; it can be used once. */
export const installPrompt = shallowRef<InstallPrompt>();

/** Called as the page begins: browsers offer it once, long before somebody looks at the settings. */
export function listenForInstallation(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    installPrompt.value = event as InstallPrompt;
  });
  window.addEventListener('appinstalled', () => (installPrompt.value = undefined));
}

export async function install(): Promise<boolean> {
  const prompt = installPrompt.value;
  installPrompt.value = undefined;
  return (await prompt?.prompt())?.outcome === 'accepted';
}

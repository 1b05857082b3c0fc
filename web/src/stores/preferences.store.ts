import { defineStore } from 'pinia';
import { reactive, toRefs, watch } from 'vue';

export interface Preferences {
  theme: 'system' | 'light' | 'dark' | 'contrast';
  /** Per cent of the browser's own size. */
  fontSize: 90 | 100 | 115 | 130 | 150;
  locale: 'system' | 'en' | 'zh-CN';
  /** Seconds before a message leaves the device, in which it can be taken back; 0: none. */
  undoSeconds: 0 | 3 | 5 | 10;
  /** Asks a second time before anything goes to a verified friend. */
  twoStepForVerified: boolean;
  /** Minutes without a touch after which the passphrase is asked for again; 0: never. */
  lockAfterMinutes: 0 | 1 | 5 | 15 | 60;
}

const KEY = 'ashwire/preferences';
const DEFAULTS: Preferences = {
  theme: 'system',
  fontSize: 100,
  locale: 'system',
  undoSeconds: 3,
  twoStepForVerified: false,
  lockAfterMinutes: 15,
};

/** How this browser shows Ashwire. In localStorage: nothing here says who anybody is. */
export const usePreferences = defineStore('preferences', () => {
  const preferences = reactive<Preferences>({ ...DEFAULTS, ...stored() });
  watch(preferences, (now) => localStorage.setItem(KEY, JSON.stringify(now)));
  return toRefs(preferences);
});

function stored(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>;
  } catch {
    return {};
  }
}

import { createI18n } from 'vue-i18n';

export const LOCALES = ['en', 'zh-CN'] as const;
export type Locale = (typeof LOCALES)[number];
interface Texts {
  [key: string]: string | Texts;
}

/** One file for each area of the screen in each language: `locales/en/chat.json` holds what is under `chat.`. */
const files = import.meta.glob<Texts>('./locales/*/*.json', { eager: true, import: 'default' });
const messages: Record<string, Texts> = {};
for (const [path, texts] of Object.entries(files)) {
  const [, locale = '', area = ''] = /\/([^/]+)\/([^/]+)\.json$/.exec(path) ?? [];
  messages[locale] = { ...messages[locale], [area]: texts };
}

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages });

/** The nearest of ours to what the person or the browser wishes. */
export function localeOf(wish: string): Locale {
  const wished = wish === 'system' ? navigator.languages : [wish];
  return wished.some((language) => language.toLowerCase().startsWith('zh')) ? 'zh-CN' : 'en';
}

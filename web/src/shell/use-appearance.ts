import { usePreferredColorScheme, usePreferredContrast } from '@vueuse/core';
import { computed, watchEffect } from 'vue';
import { useI18n } from 'vue-i18n';
import { localeOf } from '../i18n.js';
import { usePreferences } from '../stores/preferences.store.js';

/** Puts the person's wishes onto the document: `data-theme`, font size, language. */
export function useAppearance(): void {
  const preferences = usePreferences();
  const { locale } = useI18n({ useScope: 'global' });
  const [scheme, contrast] = [usePreferredColorScheme(), usePreferredContrast()];
  const theme = computed(() => {
    if (preferences.theme !== 'system') return preferences.theme;
    if (contrast.value === 'more') return 'contrast';
    return scheme.value === 'dark' ? 'dark' : 'light';
  });
  watchEffect(() => {
    const { documentElement: root } = document;
    root.dataset['theme'] = theme.value;
    root.style.fontSize = `${preferences.fontSize}%`;
    locale.value = localeOf(preferences.locale);
    root.lang = locale.value;
  });
}

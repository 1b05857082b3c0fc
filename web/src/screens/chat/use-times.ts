import { useI18n } from 'vue-i18n';
import { spanOf } from './countdown.js';
import { relativeTime } from './relative-time.js';

/** Formatters are dear to make, and a log has a thousand times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, known);
  return known;
}

/** Times in the person's language. */
export function useTimes() {
  const { t, locale } = useI18n();
  return {
    clock: (at: number): string => format(locale.value, { hour: '2-digit', minute: '2-digit' }).format(at),
    day: (at: number): string => format(locale.value, { weekday: 'long', day: 'numeric', month: 'long' }).format(at),
    ago: (at: number, now: number): string => relativeTime(at, now, locale.value),
    /** “25 seconds”. */
    span: (seconds: number): string => {
      const { unit, count } = spanOf(seconds);
      return t(`chat.span.${unit}`, { count }, count);
    },
    /** “25 s”, where there is little room. */
    shortSpan: (seconds: number): string => {
      const { unit, count } = spanOf(seconds);
      return t(`chat.shortSpan.${unit}`, { count });
    },
  };
}

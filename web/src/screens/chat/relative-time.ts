const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago something was, in words; '' when it never was. What lies ahead is now: clocks differ. */
export function relativeTime(at: number, now: number, locale: string): string {
  if (at <= 0) return '';
  const ago = Math.max(0, now - at);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  if (ago < MINUTE_MS) return words.format(0, 'second');
  if (ago < HOUR_MS) return words.format(-Math.floor(ago / MINUTE_MS), 'minute');
  if (ago < DAY_MS) return words.format(-Math.floor(ago / HOUR_MS), 'hour');
  return words.format(-Math.floor(ago / DAY_MS), 'day');
}

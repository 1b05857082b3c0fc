/** Seconds after reading that are offered as a default. */
const CHOICES = [0, 5, 10, 30, 60, 300, 900, 3_600];

/** With the one that is set now, whatever it is. */
export function burnChoices(current: number): number[] {
  return [...new Set([...CHOICES, current])].sort((one, other) => one - other);
}

/** In the largest unit that it is a whole number of. */
export function inUnits(seconds: number): {
  readonly unit: 'atOnce' | 'seconds' | 'minutes' | 'hours';
  readonly count: number;
} {
  if (seconds === 0) return { unit: 'atOnce', count: 0 };
  if (seconds % 3_600 === 0) return { unit: 'hours', count: seconds / 3_600 };
  return seconds % 60 === 0 ? { unit: 'minutes', count: seconds / 60 } : { unit: 'seconds', count: seconds };
}

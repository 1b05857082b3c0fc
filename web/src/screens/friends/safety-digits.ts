export interface DigitGroup {
  readonly shown: string;
  /** A screen reader says these one by one, not as a number of thousands. */
  readonly spoken: string;
}

/** The groups of a safety number, in the order in which two people read them to each other. */
export function digitGroups(digits: string): DigitGroup[] {
  return digits.split(' ').map((shown) => ({ shown, spoken: [...shown].join(' ') }));
}

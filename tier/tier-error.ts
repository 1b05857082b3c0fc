/** Something an operator can mend; its message says how. */
export class TierError extends Error {}

/** A tab's first message, with the lock that it holds as long as it lives. Events come from then on. */
export interface Greeting {
  readonly tab: string;
}

/** The worker's first, with its own. */
export interface Welcome {
  readonly worker: string;
}

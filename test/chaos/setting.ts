import type { History } from './history.js';

/** What the people of one run have in common. */
export interface Setting {
  readonly history: History;
  readonly random: () => number;
  /** Begins every ciphertext of the run, so that remains of any of them can be found. */
  readonly mark: string;
}

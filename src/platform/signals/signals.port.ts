/**
 * Tells every node, this one included, that something changed. At most once: for what heals by itself, as caches do, whose
 * entries also die of age. The handlers of the own node have run when `send` returns.
 */
export abstract class Signals {
  /** `topic` is a constant of the code (`conversation`), `key` an id. */
  abstract send(topic: string, key: string): void;
  abstract on(topic: string, handler: (key: string) => void): void;
  /** Signals of other nodes may have been missed until now: whatever was learned before is in doubt. */
  abstract onGap(handler: () => void): void;
}

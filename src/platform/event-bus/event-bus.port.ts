import type { Constructor } from '../../protocol/event-schemas.js';

/** A fact of one module that others may act on. The name is `module.noun-past`, the payload a plain, checkable value. */
export interface EventDefinition<T extends object> {
  readonly name: string;
  readonly schema: Constructor<T>;
}

export const defineEvent = <T extends object>(name: string, schema: Constructor<T>): EventDefinition<T> => ({
  name,
  schema,
});

/**
 * Carries domain events between modules. At least once: a handler must bear a repetition. The events that one publisher
 * awaits one after the other arrive in that order; there is no order between publishers. An event whose loss matters is
 * published by the outbox (platform/database), not directly.
 */
export abstract class EventBus {
  /** Resolves when every subscriber has handled the event. Rejects, after all were tried, when one of them threw. */
  abstract publish<T extends object>(event: EventDefinition<T>, payload: T): Promise<void>;
  abstract subscribe<T extends object>(event: EventDefinition<T>, handler: (payload: T) => Promise<void> | void): void;
}

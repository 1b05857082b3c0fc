import type { PayloadValidators } from '../../validation/payload-validator.js';
import { EventBus, type EventDefinition } from '../event-bus.port.js';

type Handler = (payload: object) => Promise<void> | void;

export class InProcessEventBus extends EventBus {
  private readonly handlers = new Map<string, Handler[]>();

  constructor(private readonly validators: PayloadValidators) {
    super();
  }

  async publish<T extends object>(event: EventDefinition<T>, payload: T): Promise<void> {
    this.validators.check(event.schema, payload);
    const handlers = this.handlers.get(event.name) ?? [];
    const results = await Promise.allSettled(handlers.map(async (handle) => handle(structuredClone(payload))));
    const failures = results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
    if (failures.length > 0) throw new AggregateError(failures, `handling ${event.name} failed`);
  }

  subscribe<T extends object>(event: EventDefinition<T>, handler: (payload: T) => Promise<void> | void): void {
    const handlers = this.handlers.get(event.name) ?? [];
    handlers.push(handler as Handler);
    this.handlers.set(event.name, handlers);
  }
}

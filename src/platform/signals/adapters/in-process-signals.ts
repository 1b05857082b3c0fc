import { Signals } from '../signals.port.js';

/** For one node, or within one: whoever hears of other nodes' signals says so by {@link arrived} and {@link missed}. */
export class InProcessSignals extends Signals {
  private readonly handlers = new Map<string, ((key: string) => void)[]>();
  private readonly gapHandlers: (() => void)[] = [];

  send(topic: string, key: string): void {
    this.arrived(topic, key);
  }

  on(topic: string, handler: (key: string) => void): void {
    const handlers = this.handlers.get(topic) ?? [];
    handlers.push(handler);
    this.handlers.set(topic, handlers);
  }

  onGap(handler: () => void): void {
    this.gapHandlers.push(handler);
  }

  protected arrived(topic: string, key: string): void {
    for (const handle of this.handlers.get(topic) ?? []) handle(key);
  }

  protected missed(): void {
    for (const handle of this.gapHandlers) handle();
  }
}

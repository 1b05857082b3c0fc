/** What was sent by the person, and has not left the device. */
export interface Outgoing {
  readonly conversationId: string;
  readonly text: string;
  readonly mentions: readonly string[];
}

export interface Held extends Outgoing {
  readonly key: number;
  /** By the clock of the window. */
  readonly leavesAt: number;
  readonly heldFor: number;
  /** `refused`: the client did not take it; it stays until a person decides. */
  readonly state: 'held' | 'leaving' | 'refused';
  readonly refusal?: unknown;
}

/** Steady: setting the device's clock shortens nothing. */
export interface UndoClock {
  now(): number;
  after(milliseconds: number, action: () => void): () => void;
}

export interface UndoServices {
  readonly clock: UndoClock;
  /** Hands a message to the client. Rejects when it was refused. */
  deliver(message: Outgoing): Promise<unknown>;
  changed(held: readonly Held[]): void;
}

/**
 * Holds messages for some seconds in this page's memory before they leave the device. Nothing leaves early: not when the page
 * is hidden, not when it closes. A page that ends takes what it holds with it, and that was never sent.
 */
export class UndoWindow {
  private held: readonly Held[] = [];
  private lastKey = 0;
  private readonly lines = new Map<string, Promise<void>>();

  constructor(private readonly services: UndoServices) {}

  /** Messages of one conversation leave in the order in which they were written, also when the time was made shorter. */
  hold(message: Outgoing, milliseconds: number): void {
    const now = this.services.clock.now();
    const own = this.held.filter(
      ({ conversationId, state }) => conversationId === message.conversationId && state === 'held',
    );
    const leavesAt = Math.max(now + milliseconds, ...own.map((one) => one.leavesAt));
    const key = (this.lastKey += 1);
    this.put([...this.held, { ...message, key, leavesAt, heldFor: leavesAt - now, state: 'held' }]);
    this.arm(key);
  }

  /** The message, if it is still here. */
  takeBack(key: number): Outgoing | undefined {
    const found = this.held.find((one) => one.key === key);
    if (!found || found.state === 'leaving') return undefined;
    this.put(this.held.filter((one) => one !== found));
    const { conversationId, text, mentions } = found;
    return { conversationId, text, mentions };
  }

  /** What was refused, once more. */
  again(key: number): void {
    const found = this.held.find((one) => one.key === key);
    if (found?.state === 'refused') this.leave(found);
  }

  /** Of one conversation, or all of it: nothing of it is sent. */
  forget(conversationId?: string): void {
    this.put(conversationId === undefined ? [] : this.held.filter((one) => one.conversationId !== conversationId));
  }

  private arm(key: number): void {
    const found = this.held.find((one) => one.key === key);
    if (found?.state !== 'held') return;
    const rest = found.leavesAt - this.services.clock.now();
    // Timers may be early by a part of a millisecond.
    if (rest > 0) this.services.clock.after(Math.ceil(rest), () => this.arm(key));
    else this.leave(found);
  }

  private leave({ key, conversationId }: Held): void {
    this.update(key, { state: 'leaving', refusal: undefined });
    const line = (this.lines.get(conversationId) ?? Promise.resolve()).then(() => this.deliver(key));
    this.lines.set(conversationId, line);
  }

  private async deliver(key: number): Promise<void> {
    const found = this.held.find((one) => one.key === key);
    if (!found) return;
    const { conversationId, text, mentions } = found;
    try {
      await this.services.deliver({ conversationId, text, mentions });
      this.put(this.held.filter((one) => one.key !== key));
    } catch (refusal) {
      this.update(key, { state: 'refused', refusal });
    }
  }

  private update(key: number, change: Pick<Held, 'state'> & { readonly refusal: unknown }): void {
    this.put(this.held.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }

  private put(held: readonly Held[]): void {
    this.held = held;
    this.services.changed(held);
  }
}

import type { AshwireClientEvents } from '../../../sdk/index.js';
import type { Failure } from './errors.js';

export interface OwnIdentity {
  readonly userId: string;
  readonly username: string;
  readonly deviceId: string;
}

/** What is on this device. */
export type HostState =
  /** A passphrase was set and has to be given first. */
  | { readonly kind: 'locked' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'open'; readonly account: OwnIdentity }
  /** The storage is gone or denied, without anybody's asking for it. */
  | { readonly kind: 'broken'; readonly failure: Failure };

type Errors = { readonly [E in 'error' | 'trouble']: Failure };
export type HostEvents = Omit<AshwireClientEvents, keyof Errors> &
  Errors & {
    /** This or another tab has unlocked, registered, locked or logged out. */
    readonly host: HostState;
  };
export type HostEvent = {
  readonly [E in keyof HostEvents]: { readonly event: E; readonly payload: HostEvents[E] };
}[keyof HostEvents];
export type HostListener = (event: HostEvent) => void;

/** Tells all tabs what happens, and a tab that comes later what still counts. */
export class HostNews {
  private readonly listeners = new Set<HostListener>();
  private readonly standing = new Map<string, HostEvent>();

  /** Returns the function that takes the listener off. */
  listen(listener: HostListener): () => void {
    for (const event of this.standing.values()) listener(event);
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(event: HostEvent): void {
    this.remember(event);
    for (const listener of this.listeners) listener(event);
  }

  private remember(told: HostEvent): void {
    const { event, payload } = told;
    if (event === 'host' && payload.kind !== 'open') this.standing.clear();
    if (event === 'connection' && payload.state !== 'online') this.forgetWhere((key) => key.startsWith('presence/'));
    if (event === 'connection' && payload.state === 'online')
      this.forgetWhere((key) => ['closed', 'trouble'].includes(key));
    if (event === 'presence') this.standing.set(`presence/${payload.userId}`, told);
    if (['host', 'connection', 'closed', 'trouble'].includes(event)) this.standing.set(event, told);
  }

  private forgetWhere(isPast: (key: string) => boolean): void {
    for (const key of [...this.standing.keys()].filter(isPast)) this.standing.delete(key);
  }
}

import type { Tier } from '../../../tier/tier.js';
import type { FaultProxy } from '../../rig/fault-proxy.js';

/** What a fault may touch. */
export interface Scene {
  readonly tier: Tier;
  /** Before the application nodes, for faults that go through it. */
  readonly proxy?: FaultProxy;
  /** Puts a mark on the time line. */
  readonly mark: (what: string) => void;
}

export interface Fault {
  readonly name: string;
  /** What is done, for the report. */
  readonly story: string;
  /** How long the fault stays once it is there. */
  readonly holdMs: number;
  /**
   * From when on the system has 10 seconds to be back: from the fault, where it has to help itself, or from its end, where
   * what is broken is all there is.
   */
  readonly backFrom: 'fault' | 'heal';
  /** Instead of 10 seconds. */
  readonly backWithinMs?: number;
  /** Clients go through a proxy of faults instead of Nginx. */
  readonly needsProxy?: boolean;
  /** Connections that only stand and come back, besides the load. */
  readonly crowd?: number;
  inject(scene: Scene): Promise<void>;
  /** Starts what was ended and heals what was cut. */
  heal(scene: Scene): Promise<void>;
}

export const nothing = (): Promise<void> => Promise.resolve();

import type { MeasuredProcess } from './measured-process.js';
import type { Pair } from './pair.js';

/** A server under measurement, and how its clients talk to it. */
export interface Subject {
  readonly name: string;
  readonly process: MeasuredProcess;
  start(): Promise<void>;
  /** Connects two people who may write to each other. */
  pair(): Promise<Pair>;
  /** Brings the server back to where it was before the traffic. Returns how many messages that concerned. */
  tidy(): Promise<number>;
  /** Makes what `join` needs for `size` connections. */
  prepareCrowd(size: number): Promise<void>;
  /** Opens one more connection that then is silent. */
  join(): Promise<void>;
  /** Everyone leaves, and a new process takes over: a heap without a past. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

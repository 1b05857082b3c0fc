import type { Nodes } from './nodes.js';
import type { Pair } from './pair.js';
import type { RedisPair } from './redis-pair.js';

/** A server under measurement, and how its clients talk to it. */
export interface Subject {
  readonly name: string;
  readonly nodes: Nodes;
  /** Where it keeps its messages, if that is Redis. */
  readonly redis?: RedisPair;
  start(): Promise<void>;
  /** On so many nodes from now on. Everybody connects anew, two by two, to neighbouring nodes if there are several. */
  spread(nodes: number, pairs: number): Promise<Pair[]>;
  /** Brings the server back to where it was before the traffic. Returns how many messages that concerned. */
  tidy(): Promise<number>;
  /** Makes what `join` needs for `size` connections. */
  prepareCrowd(size: number): Promise<void>;
  /** Opens one more connection that then is silent. */
  join(): Promise<void>;
  /** Everyone leaves, and new processes take over: heaps without a past. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

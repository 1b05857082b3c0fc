import type { Profile } from '../src/config/config.schema.js';
import type { DeepPartial } from '../src/config/deep-partial.js';

/** Machines are numbered: 1 and 2 hold everything, 3 a Redis and a Sentinel; with `separateApps` 4 and 5 hold the app nodes. */
export type MachineNumber = number;

export interface TierOptions {
  /** State, secrets, data and logs. */
  readonly directory: string;
  /** Application nodes; odd ones on machine 1, even ones on machine 2. Default 2. */
  readonly nodes?: number;
  /** Laid over config/100k.yaml. */
  readonly overrides?: DeepPartial<Profile>;
  /** Up to five small letters and digits in the names of bridge and namespaces, so that several tiers coexist. Default none. */
  readonly suffix?: string;
  /** First three parts of the addresses. Default 10.89.0; with a suffix, one that nothing here uses. */
  readonly network?: string;
  /** Application nodes on machines 4 and 5, so that they can be cut off from stores and Nginx alone. */
  readonly separateApps?: boolean;
  /** A process that ended is started again after this time, by a supervisor. Absent: only when asked. */
  readonly restartAfterMs?: number;
  /** Addresses that no limit per address of Nginx holds for: load generators. */
  readonly unlimited?: readonly string[];
  /** More environment of processes, by name: ASHWIRE_… or LD_PRELOAD for a wrong clock. */
  readonly environment?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface TierProcess {
  /** mysql-1, mysql-2, redis-1 to 3, sentinel-1 to 3, app-1 and on, nginx-1, nginx-2, keepalived-1, keepalived-2. */
  readonly name: string;
  readonly machine: MachineNumber;
  /** Absent: it does not run. */
  readonly pid?: number;
}

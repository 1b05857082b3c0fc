import type { Profile } from '../../src/config/config.schema.js';
import type { DeepPartial } from '../../src/config/deep-partial.js';

/** What a server under test keeps things in, on the tier that the tests run on. */
export interface Stores {
  readonly tier: Profile['tier'];
  /** How many nodes a server has. */
  readonly nodes: number;
  /** What the tier's profile cannot know. */
  readonly profile: DeepPartial<Profile>;
  /** What every process of this server needs to be told. */
  readonly environment: Readonly<Record<string, string>>;
  /** One statement, with a `?` for each value, on the tables of this server. */
  sql(statement: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** The files and outputs of the stores that hold the text: tables, binary and relay logs, error logs, whatever Redis leaves. */
  findInFiles(text: string): Promise<string[]>;
  readonly redisProcesses: number;
  /** In how many of them a key or a value holds the text. */
  findInRedis(text: string): Promise<number>;
  /** Of the servers that the stores are. */
  readonly pids: readonly number[];
  remove(): Promise<void>;
}

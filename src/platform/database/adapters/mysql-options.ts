import type { MysqlDataSourceOptions } from 'typeorm/driver/mysql/MysqlDataSourceOptions.js';
import type { MysqlConnections } from './mysql-connections.js';

export interface MysqlOptions {
  /** `host:port`, the primary anywhere among them. */
  readonly hosts: readonly string[];
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly poolSize: number;
  /** Absent: not encrypted. Otherwise the server needs a certificate for its host name, of these or the system's authorities. */
  readonly tls?: { readonly authorities?: string };
  /** Whether a secured transaction needs a standby that has it before it counts as committed. */
  readonly requireSemiSync: boolean;
  readonly statementTimeoutMs?: number;
  /** Hears what is behind UNAVAILABLE, once in a while. */
  readonly onOutage?: (error: unknown) => void;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** Together with what it takes to connect, less than the 10 seconds after which work goes on. */
const STATEMENT_TIMEOUT_MS = 6_000;
/** For each connection. More means that the database cannot keep up. */
const WAITING_PER_CONNECTION = 50;

export function dataSourceOptions(options: MysqlOptions, connections: MysqlConnections): MysqlDataSourceOptions {
  const { database, user, password, poolSize, tls, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  return {
    type: 'mysql',
    driver: connections,
    ...{ database, username: user, password, poolSize },
    ...(tls && { ssl: { ...(tls.authorities && { ca: tls.authorities }), verifyIdentity: true } }),
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    // As numbers where they are below 2^53.
    ...{ supportBigNumbers: true, bigNumberStrings: false },
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(statementTimeoutMs > 0 && { enableQueryTimeout: true, maxQueryExecutionTime: statementTimeoutMs }),
    // mysql2's own default, but stores rest on it: `affected` counts the rows that matched, changed or not.
    flags: ['FOUND_ROWS'],
    extra: { queueLimit: poolSize * WAITING_PER_CONNECTION },
    // Silent: others print statements that took long, with their values.
    logger: 'debug',
  };
}

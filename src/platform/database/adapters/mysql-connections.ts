import { createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { NotPrimary } from './mysql-errors.js';

/** So that a server that went silent, or is no more the primary, is noticed before work is given to it. */
const CHECK_EVERY_MS = 1_000;
const CHECK_TIMEOUT_MS = 1_500;
const KEEP_ALIVE_MS = 5_000;

/**
 * Reads take a snapshot, which needs REPEATABLE READ; transactions ask for READ COMMITTED themselves. A lock is waited for
 * shorter than a statement may take, so that the server answers before it is given up.
 */
const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = 3",
] as const;

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Connecting {
  /** One object for each connection. */
  readonly config: Partial<Record<keyof Address, unknown>>;
}

/**
 * Which of the hosts is connected to: the first that answers and takes writes, until it fails; then the next one. What is idle
 * is left with it, because a machine that is gone says nothing, and each of its connections would be waited for in vain.
 */
export class MysqlConnections {
  private readonly addresses: readonly Address[];
  private readonly origins = new WeakMap<object, { readonly address: Address; readonly socket: Socket }>();
  private readonly checkedAt = new WeakMap<PoolConnection, number>();
  private readonly idle = new Set<PoolConnection>();
  private current = 0;

  constructor(hosts: readonly string[]) {
    this.addresses = hosts.map(parsed);
  }

  get address(): Address {
    const address = this.addresses[this.current];
    if (!address) throw new Error('a database needs a host');
    return address;
  }

  /** Each host once, and the first one again. */
  get tries(): number {
    return this.addresses.length + 1;
  }

  /** TypeORM takes this object as its driver. */
  createPool(options: PoolOptions): Pool {
    const pool = createPool({ ...options, stream: (connecting: Connecting) => this.open(connecting) });
    pool.on('release', (connection) => this.idle.add(connection));
    pool.on('acquire', (connection) => this.idle.delete(connection));
    return pool;
  }

  /** To be called before a connection is used. Throws when it is not to a primary that answers. */
  async prepare(connection: PoolConnection): Promise<void> {
    const checkedAt = this.checkedAt.get(connection);
    if (checkedAt !== undefined && performance.now() - checkedAt < CHECK_EVERY_MS) return;
    if (checkedAt === undefined) for (const sql of SESSION) await ask(connection, sql);
    const answer = await ask(connection, 'SELECT @@global.read_only = 1 AS readOnly');
    const [row] = answer as readonly { readonly readOnly: unknown }[];
    if (String(row?.readOnly) !== '0') throw new NotPrimary('the database is read-only');
    this.checkedAt.set(connection, performance.now());
  }

  addressOf({ config }: PoolConnection): Address {
    return this.origins.get(config)?.address ?? this.address;
  }

  /** Work may be under way there; it will see for itself. */
  leave(address: Address): void {
    if (address === this.address) this.current = (this.current + 1) % this.addresses.length;
    for (const connection of this.idle) this.discard(connection);
    this.idle.clear();
  }

  /** The driver alone would wait for the server to end it too. */
  discard(connection: PoolConnection): void {
    connection.destroy();
    this.origins.get(connection.config)?.socket.destroy();
  }

  private open({ config }: Connecting): Socket {
    const { address } = this;
    const socket = connect(address).setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    this.origins.set(config, { address, socket });
    // The name that a certificate must have.
    Object.assign(config, address);
    return socket;
  }
}

async function ask(connection: PoolConnection, sql: string): Promise<unknown> {
  const [answer] = await connection.promise().query({ sql, timeout: CHECK_TIMEOUT_MS });
  return answer;
}

function parsed(host: string): Address {
  const [, name = host, port = '3306'] = /^(.+?)(?::(\d+))?$/.exec(host) ?? [];
  return { host: name.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

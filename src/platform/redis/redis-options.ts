import type { RedisOptions } from 'ioredis';
import type { AshwireConfig } from '../../config/config.schema.js';

const CONNECT_TIMEOUT_MS = 1_000;
/** Longer than a WAIT may take. A connection that says nothing for so long while something was asked is given up. */
const SILENCE_MS = 2_500;

/**
 * Nothing is queued for a Redis that is away and nothing is sent twice: both would answer later than anybody waits, and the
 * second is for the caller to decide. Sentinels are asked anew at each connect.
 */
export function redisOptions({ redis, secrets }: Pick<AshwireConfig, 'redis' | 'secrets'>): RedisOptions {
  if (!redis) throw new Error('The profile has no section redis.');
  const password = secrets.redisPassword;
  const common: RedisOptions = {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A primary that hangs does not say goodbye.
    disconnectTimeout: 100,
    socketTimeout: SILENCE_MS,
    disableClientInfo: true,
    retryStrategy: (attempt) => Math.min(1_000, 50 * attempt) * (0.5 + Math.random() / 2),
    // A primary that became a replica refuses writes until it closes the connection: look for the new one.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    ...(password !== undefined && { password }),
  };
  const nodes = redis.nodes.map(addressOf);
  if (redis.sentinelName === undefined) return { ...common, ...nodes[0] };
  return {
    ...common,
    sentinels: nodes,
    name: redis.sentinelName,
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    sentinelRetryStrategy: (attempt) => Math.min(1_000, 50 * attempt),
    // The profile's list is the list; what Sentinels call each other may not be reachable from here.
    updateSentinels: false,
    ...(password !== undefined && { sentinelPassword: password }),
  };
}

/** Of each Sentinel; none where there is no Sentinel. */
export function sentinelOptions({ redis, secrets }: Pick<AshwireConfig, 'redis' | 'secrets'>): RedisOptions[] {
  if (redis?.sentinelName === undefined) return [];
  const password = secrets.redisPassword;
  return redis.nodes.map((node) => ({ ...addressOf(node), ...(password !== undefined && { password }) }));
}

function addressOf(node: string): { host: string; port: number } {
  const colon = node.lastIndexOf(':');
  return { host: node.slice(0, colon), port: Number(node.slice(colon + 1)) };
}

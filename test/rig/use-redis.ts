import { afterAll, beforeAll } from '@jest/globals';
import { inNamespaceOfItsOwn, type RedisServers } from './redis-servers.js';
import { sharedRedis } from './shared-server.js';
import type { RedisConnections } from '../../src/platform/redis/redis-connections.js';

/** Connections to the Redis of this run; each call gives a namespace that nothing else uses. */
export function useRedis(): () => RedisConnections {
  let servers: RedisServers;
  let connections: RedisConnections;
  beforeAll(async () => {
    servers = await sharedRedis();
    connections = await servers.connect();
  });
  afterAll(() => servers.close());
  return () => inNamespaceOfItsOwn(connections);
}

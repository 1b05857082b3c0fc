import { afterAll, beforeAll } from '@jest/globals';
import { inNamespaceOfItsOwn, RedisServers } from './redis-servers.js';
import type { RedisConnections } from '../../src/platform/redis/redis-connections.js';

/** One Redis for the tests of a file; each call gives a namespace that nothing else uses. */
export function useRedis(): () => RedisConnections {
  let servers: RedisServers;
  let connections: RedisConnections;
  beforeAll(async () => {
    servers = await RedisServers.single();
    connections = await servers.connect();
  });
  afterAll(() => servers.close());
  return () => inNamespaceOfItsOwn(connections);
}

import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { MariadbPair } from './mariadb-pair.js';
import { type MariadbPlace, MariadbServer } from './mariadb-server.js';
import { type RedisPlace, RedisServers } from './redis-servers.js';
import { ADDRESS, type SharedKind } from './shared-servers.js';

/** The server that all test files of this run share, with settings that make tests fast. Their databases are their own. */
export const sharedMariadb = async (): Promise<MariadbServer> => MariadbServer.at(await find<MariadbPlace>('mariadb'));

/** The pair that all test files of this run share, with the settings of the tier. */
export const sharedMariadbPair = async (): Promise<MariadbPair> =>
  MariadbPair.at(await find<Record<'primary' | 'standby', MariadbPlace>>('mariadb-pair'));

/** One Redis that all test files of this run share; their namespaces are their own. */
export const sharedRedis = async (): Promise<RedisServers> => RedisServers.at(await find<RedisPlace>('redis'));

/** A primary, two replicas and three Sentinels that all test files of this run share; their namespaces are their own. */
export const sharedRedisTrio = async (): Promise<RedisServers> => RedisServers.at(await find<RedisPlace>('redis-trio'));

async function find<T>(kind: SharedKind): Promise<T> {
  const socketPath = process.env[ADDRESS];
  if (socketPath === undefined) throw new Error(`${ADDRESS} is not set: Jest's globalSetup did not run`);
  return new Promise((resolve, reject) => {
    // Not on a connection kept from another file: the other side may be closing it.
    const asked = request({ socketPath, path: `/${kind}`, agent: false }, (response) => {
      if (response.statusCode === 200) return void json(response).then((where) => resolve(where as T), reject);
      response.setEncoding('utf8').once('data', (reason: string) => reject(new Error(reason)));
    });
    asked.once('error', reject).end();
  });
}

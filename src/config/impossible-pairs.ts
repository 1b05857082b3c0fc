import type { Profile } from './config.schema.js';
import { isTree, type DeepPartial } from './deep-partial.js';

type Partial = DeepPartial<Profile>;

/** Settings that are fine alone and not together. Takes an unchecked profile, so that these are listed with all other problems. */
export function impossiblePairs(data: unknown): string[] {
  if (!isTree(data)) return [];
  const profile = data as Partial;
  return [...severalNodes(profile), ...missingSections(profile), ...deliveryPairs(profile)];
}

export const DELIVERY_NEEDS_EPHEMERAL =
  'delivery redis needs ephemeral redis: where a user is connected stands in the presence data.';

function deliveryPairs({ adapters }: Partial): string[] {
  return adapters?.delivery === 'redis' && adapters.ephemeral === 'memory' ? [DELIVERY_NEEDS_EPHEMERAL] : [];
}

function severalNodes({ nodes, adapters, http, redis }: Partial): string[] {
  if (typeof nodes !== 'number' || nodes <= 1) return [];
  const because: readonly (readonly [boolean, string])[] = [
    [adapters?.delivery === 'in-process', 'delivery in-process, which reaches only the sockets of its own node'],
    [
      // With delivery redis nodes wake each other there, and an in-process event has all its consumers on every node.
      adapters?.eventBus === 'in-process' && adapters.delivery !== 'redis',
      'eventBus in-process, unless delivery is redis: no other node hears its events',
    ],
    [adapters?.messageStore === 'memory', 'messageStore memory, which other nodes cannot read'],
    [
      adapters?.ephemeral === 'memory',
      'ephemeral memory: limits, presence and revocations would hold on one node only',
    ],
    [
      redis?.minReplicas === 0 && adapters?.messageStore !== 'memory',
      'redis.minReplicas 0: what is acknowledged would be in one Redis process only',
    ],
    [adapters?.database?.kind === 'sqlite', 'database sqlite, which is a file of one node'],
    [
      http?.publicUrl === '',
      'an empty http.publicUrl: signed challenges must name one address on every node; set ASHWIRE_PUBLIC_URL',
    ],
  ];
  return because.filter(([wrong]) => wrong).map(([, why]) => `${nodes} nodes cannot work with ${why}.`);
}

function missingSections({ adapters, redis, nats }: Partial): string[] {
  const problems: string[] = [];
  for (const [port, kind] of redisPorts(adapters)) {
    if (redis === undefined) problems.push(`${port} ${kind} needs the section redis (nodes).`);
    else if (kind === 'redis' && redis?.sentinelName === undefined && (redis?.nodes?.length ?? 0) > 1) {
      problems.push(`${port} redis with several redis.nodes needs redis.sentinelName: they are the Sentinels.`);
    } else if (kind === 'redis-cluster' && redis?.sentinelName !== undefined) {
      problems.push(`${port} redis-cluster cannot work with redis.sentinelName: a cluster has no Sentinel.`);
    }
  }
  for (const port of ['eventBus', 'delivery'] as const) {
    if (adapters?.[port] === 'nats' && nats === undefined)
      problems.push(`${port} nats needs the section nats (servers).`);
  }
  return problems;
}

/** The ports of a profile that some form of Redis is behind. */
export function redisPorts(adapters: Partial['adapters']): (readonly [string, string])[] {
  return (['messageStore', 'ephemeral', 'delivery'] as const)
    .map((port) => [port, String(adapters?.[port])] as const)
    .filter(([, kind]) => kind.startsWith('redis'));
}

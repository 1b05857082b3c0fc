import { setTimeout as wait } from 'node:timers/promises';
import type { Tier } from '../../../tier/tier.js';
import type { Fault } from './fault.js';
import { machineOf, processAs } from './roles.js';

const REDIS = 6_379;
const SENTINEL = 26_379;
const CUT_MS = 4_000;
const STORES = [1, 2, 3];

const heal = ({ tier }: { readonly tier: Tier }): Promise<void> => {
  tier.heal();
  return Promise.resolve();
};

/** Links are cut in the network, and only for Redis: the databases beside it have other faults. */
export const CUTS: readonly Fault[] = [
  {
    name: 'app cut from redis',
    story: 'One application node does not reach the Redis primary any more; seconds later that primary is killed.',
    holdMs: 8_000,
    backFrom: 'heal',
    inject: async ({ tier, mark }) => {
      const primary = await processAs(tier, 'redis', 'primary');
      tier.cutPort(machineOf(tier, 'app-1'), machineOf(tier, primary), REDIS);
      await wait(CUT_MS);
      mark(`${primary} killed`);
      await tier.kill(primary);
    },
    heal,
  },
  {
    name: 'redis primary cut off',
    story:
      'The Redis primary loses its replicas and the other Sentinels, but no client; once another one leads it is killed.',
    holdMs: 8_000,
    backFrom: 'heal',
    inject: async ({ tier, mark }) => {
      const primary = await processAs(tier, 'redis', 'primary');
      const machine = machineOf(tier, primary);
      for (const other of STORES.filter((store) => store !== machine)) {
        for (const port of [REDIS, SENTINEL]) tier.cutPort(machine, other, port);
      }
      await processAs(tier, 'redis', 'primary', primary);
      await wait(CUT_MS);
      mark(`${primary} killed`);
      await tier.kill(primary);
    },
    heal,
  },
];

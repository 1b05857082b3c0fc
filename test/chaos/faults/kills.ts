import { setTimeout as wait } from 'node:timers/promises';
import { type Fault, nothing } from './fault.js';
import { processAs } from './roles.js';

const SENTINELS = ['sentinel-1', 'sentinel-2', 'sentinel-3'];
const DOWN = { hold: true };

/** A supervisor starts again what is not held down. */
export const KILLS: readonly Fault[] = [
  {
    name: 'app killed',
    story: 'SIGKILL of an application node; its supervisor starts it again.',
    holdMs: 5_000,
    backFrom: 'fault',
    inject: ({ tier }) => tier.kill('app-1'),
    heal: nothing,
  },
  {
    name: 'nginx killed',
    story: 'SIGKILL of the Nginx that has the address in front; it stays down for a while.',
    holdMs: 8_000,
    backFrom: 'fault',
    inject: async ({ tier }) => {
      const [holder = 1] = tier.holdersOf(tier.layout.frontAddress);
      await tier.kill(`nginx-${holder}`, 'SIGKILL', DOWN);
    },
    heal: ({ tier }) => {
      for (const name of ['nginx-1', 'nginx-2']) tier.start(name);
      return nothing();
    },
  },
  {
    name: 'redis primary killed',
    story: 'SIGKILL of the Redis primary; it comes back empty a second later and must not become primary.',
    holdMs: 10_000,
    backFrom: 'fault',
    inject: async ({ tier }) => tier.kill(await processAs(tier, 'redis', 'primary')),
    heal: nothing,
  },
  {
    name: 'redis replica killed',
    story: 'SIGKILL of one Redis replica.',
    holdMs: 5_000,
    backFrom: 'fault',
    inject: async ({ tier }) => tier.kill(await processAs(tier, 'redis', 'replica')),
    heal: nothing,
  },
  {
    name: 'all sentinels killed',
    story: 'SIGKILL of the three Sentinels, which stay down for a while: nothing may depend on them but a failover.',
    holdMs: 8_000,
    backFrom: 'fault',
    inject: async ({ tier }) => {
      await Promise.all(SENTINELS.map((name) => tier.kill(name, 'SIGKILL', DOWN)));
    },
    heal: ({ tier }) => {
      for (const name of SENTINELS) tier.start(name);
      return nothing();
    },
  },
  {
    name: 'mysql primary killed',
    story: 'SIGKILL of the MariaDB primary; Keepalived promotes the standby.',
    holdMs: 10_000,
    backFrom: 'fault',
    inject: async ({ tier }) => tier.kill(await processAs(tier, 'mysql', 'primary'), 'SIGKILL', DOWN),
    heal: ({ tier }) => {
      for (const name of ['mysql-1', 'mysql-2']) tier.start(name);
      return nothing();
    },
  },
  {
    name: 'two failovers',
    story: 'SIGKILL of the Redis primary, and of the next one as soon as there is one.',
    holdMs: 12_000,
    backFrom: 'fault',
    inject: async ({ tier, mark }) => {
      const first = await processAs(tier, 'redis', 'primary');
      await tier.kill(first);
      await wait(2_000);
      const second = await processAs(tier, 'redis', 'primary', first);
      mark(`${second} killed`);
      await tier.kill(second);
    },
    heal: nothing,
  },
];

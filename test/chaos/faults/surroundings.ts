import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tier } from '../../../tier/tier.js';
import { clockFile, fillDisk } from '../tier-stage.js';
import { type Fault, nothing } from './fault.js';
import { processAs } from './roles.js';

const MYSQL = ['mysql-1', 'mysql-2'];
const WITHIN_MS = 60_000;
const filler = (tier: Tier, name: string): string => join(tier.dataDirectories[name] ?? '', 'filler');

/** What a machine, an operator or the way between does. */
export const SURROUNDINGS: readonly Fault[] = [
  {
    name: 'disk full',
    story: 'The disk under the MariaDB primary is full: money waits or is refused, messages go on.',
    holdMs: 8_000,
    backFrom: 'heal',
    inject: async ({ tier }) => fillDisk(filler(tier, await processAs(tier, 'mysql', 'primary'))),
    heal: ({ tier }) => {
      for (const name of MYSQL) rmSync(filler(tier, name), { force: true });
      return nothing();
    },
  },
  {
    name: 'clock +120 s',
    story: 'The clock of one application node is two minutes ahead, and then right again.',
    holdMs: 10_000,
    backFrom: 'fault',
    inject: ({ tier }) => Promise.resolve(writeFileSync(clockFile(tier.layout.directory), '+120s\n')),
    heal: ({ tier }) => Promise.resolve(writeFileSync(clockFile(tier.layout.directory), '+0\n')),
  },
  {
    name: 'rolling restart',
    story: 'Each application node in turn is told to end, drains, and is started again.',
    holdMs: 0,
    backFrom: 'heal',
    inject: async ({ tier, mark }) => {
      for (const { name } of tier.layout.apps) {
        mark(`${name} restarts`);
        await tier.kill(name, 'SIGTERM');
        tier.start(name);
        await tier.healthy(WITHIN_MS);
      }
    },
    heal: nothing,
  },
  {
    name: 'reconnect storm',
    story: 'Both application nodes are killed under 2,000 connections, which all come back.',
    holdMs: 5_000,
    backFrom: 'fault',
    // Most of it is the jitter that keeps the crowd apart. On two cores, which the clients share, the rest is handshakes.
    backWithinMs: 45_000,
    crowd: 2_000,
    inject: async ({ tier }) => {
      await Promise.all(tier.layout.apps.map(({ name }) => tier.kill(name)));
    },
    heal: nothing,
  },
  {
    name: 'faulty acks',
    story: 'A proxy delays everything, and loses or repeats one in ten acknowledgements.',
    holdMs: 15_000,
    backFrom: 'heal',
    needsProxy: true,
    inject: ({ proxy }) => {
      proxy?.cut();
      proxy?.mend();
      proxy?.delay(5, 50);
      proxy?.faultyAcks({ drop: 0.1, duplicate: 0.1 });
      return nothing();
    },
    heal: ({ proxy }) => {
      // Connections begun under it keep it.
      proxy?.cut();
      proxy?.mend();
      return nothing();
    },
  },
];

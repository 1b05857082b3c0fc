import { afterEach, expect, it } from '@jest/globals';
import { useRedis } from '../../../../test/rig/use-redis.js';
import { RedisPresence } from '../../presence/adapters/redis-presence.js';
import { InProcessSignals } from '../../signals/adapters/in-process-signals.js';
import { UserNodes } from './user-nodes.js';

const redis = useRedis();
const opened: RedisPresence[] = [];
afterEach(() => opened.splice(0).forEach((presence) => presence.onApplicationShutdown()));

const open = () => {
  const signals = new (class extends InProcessSignals {
    lose(): void {
      this.missed();
    }
  })();
  const presence = new RedisPresence(redis(), 'one', signals);
  opened.push(presence);
  return { signals, presence, nodes: new UserNodes(presence, signals) };
};

it('an answer from before a change does not outlive it', async () => {
  const { nodes, presence } = open();
  const reading = nodes.read(['u', 'v']);
  // Behind the question in the same pipeline: its first answer is "nowhere".
  await presence.connected('u', 'a');
  const expected = new Map([
    ['u', ['one']],
    ['v', []],
  ]);
  expect(await reading).toEqual(expected);
  expect([nodes.of('u'), nodes.of('v')]).toEqual([['one'], []]);
});

it('"nowhere" is remembered too, until a signal or a gap', async () => {
  const { nodes, presence, signals } = open();
  expect(nodes.of('u')).toBeUndefined();
  await nodes.read(['u', 'v']);
  expect([nodes.of('u'), nodes.of('v')]).toEqual([[], []]);
  await presence.connected('u', 'a');
  expect([nodes.of('u'), nodes.of('v')]).toEqual([undefined, []]);
  signals.lose();
  expect(nodes.of('v')).toBeUndefined();
});

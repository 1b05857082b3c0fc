import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { EmbeddedStores } from '../rig/embedded-stores.js';
import { FaultProxy } from '../rig/fault-proxy.js';
import { Nodes } from '../rig/nodes.js';
import { eventually } from '../rig/people.js';
import { RealStores } from '../rig/real-stores.js';
import { freePort } from '../rig/free-port.js';
import { reconnectStorm } from '../chaos/scenarios/reconnect-storm.js';
import { rollingRestart } from '../chaos/scenarios/rolling-restart.js';

jest.setTimeout(300_000);

/** The chaos run takes the large ones. */
const STORM_CLIENTS = Number(process.env['ASHWIRE_STORM_CLIENTS'] ?? 300);
const ROLLING_PAIRS = Number(process.env['ASHWIRE_ROLLING_PAIRS'] ?? 50);
const WINDOW_MS = 4_000;

describe('clients come back', () => {
  let nodes: Nodes;
  let front: FaultProxy | undefined;
  afterEach(async () => {
    await nodes.close();
    await front?.close();
    front = undefined;
  });

  it('from a rolling restart, each once for each node, spread over time, with nothing lost and nothing twice', async () => {
    const port = await freePort();
    nodes = await Nodes.start(await RealStores.create(), {
      count: 2,
      publicPort: port,
      overrides: {
        drain: { windowMs: WINDOW_MS },
        limits: { messagesPerConversation: { burst: 100_000 }, httpPerAddress: { points: 100_000 } },
      },
    });
    front = await FaultProxy.start({ port, to: nodes.all.map((node) => `127.0.0.1:${node.port}`) });
    const restarts = nodes.all.map((node) => async () => {
      expect(await node.kill('SIGTERM')).toBe(0);
      await node.launch();
      await eventually(async () => (await fetch(`http://localhost:${node.port}/health/ready`)).status === 200);
    });
    const result = await rollingRestart({ url: `http://localhost:${port}`, restarts }, { pairs: ROLLING_PAIRS });
    expect(result).toMatchObject({ clients: 2 * ROLLING_PAIRS, lost: [], twice: [], disordered: [] });
    expect(result.accepted).toBeGreaterThan(10 * result.clients);
    expect(Math.max(...result.reconnects)).toBeLessThanOrEqual(2);
    for (const histogram of result.histograms) {
      const total = histogram.reduce((sum, count) => sum + count, 0);
      expect(Math.max(...histogram)).toBeLessThanOrEqual(Math.max(5, 0.3 * total));
    }
  });

  it('from a server that was killed under a crowd, and leave it as quiet and as small as before', async () => {
    nodes = await Nodes.start(new EmbeddedStores(), {
      overrides: { limits: { registrationPerAddress: { points: 10_000 } } },
    });
    const node = nodes.first;
    const site = {
      url: `http://localhost:${node.port}`,
      pid: () => node.pid,
      killAndLaunch: async () => {
        await node.kill('SIGKILL');
        await node.launch();
      },
    };
    const storm = await reconnectStorm(site, STORM_CLIENTS);
    expect(storm.everybodyBackMs).toBeLessThan(60_000);
    expect(storm.busiestHalfSecond).toBeLessThan(STORM_CLIENTS / 2);
    expect(storm.memoryAfterMb).toBeLessThan(1.3 * storm.memoryBeforeMb + 20);
    expect(storm.idleCpuShare).toBeLessThan(0.2);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Profile } from '../../src/config/config.schema.js';
import { type DeepPartial, merge } from '../../src/config/deep-partial.js';
import { freePort } from './free-port.js';
import { NodeProcess } from './node-process.js';
import { memoryContains } from './process-memory.js';
import { QUICK } from './quick.js';
import { RoundRobin } from './round-robin.js';
import { createStores } from './create-stores.js';
import type { Stores } from './stores.js';

/**
 * The built server of the tier under test, each node a process of its own, for what only a process can show: a kill, a restart,
 * its memory. All of them behind one address.
 */
export class ServerProcess {
  private front: RoundRobin | undefined;

  private constructor(
    readonly port: number,
    readonly stores: Stores,
    /** For another program of the server beside this one. */
    readonly environment: Readonly<Record<string, string>>,
    private readonly nodes: readonly NodeProcess[],
  ) {}

  static async start(
    overrides: DeepPartial<Profile> = {},
    secrets: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> {
    const [stores, port] = [await createStores(), await freePort()];
    const isAlone = stores.nodes === 1;
    const folder = mkdtempSync(join(tmpdir(), 'ashwire-profiles-'));
    const profile: unknown = parse(readFileSync(`config/${stores.tier}.yaml`, 'utf8'));
    const layers = [profile, stores.profile, QUICK, overrides];
    writeFileSync(join(folder, `${stores.tier}.yaml`), stringify(layers.reduce((base, layer) => merge(base, layer))));
    const address = isAlone ? {} : { ASHWIRE_PUBLIC_URL: `http://localhost:${port}` };
    const places = { ASHWIRE_CONFIG_DIR: folder, PORT: String(port) };
    const environment = { ...stores.environment, ...address, ...places, ...secrets };
    const nodes: NodeProcess[] = [];
    while (nodes.length < stores.nodes) nodes.push(new NodeProcess(isAlone ? port : await freePort(), environment));
    const server = new ServerProcess(port, stores, environment, nodes);
    await server.launch();
    if (!isAlone)
      server.front = await RoundRobin.listen(
        port,
        server.nodes.map((node) => node.port),
      );
    return server;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Of the first node. */
  get pid(): number {
    return this.nodes[0]?.pid ?? 0;
  }

  get output(): string {
    return this.nodes.map(({ output }) => output).join('');
  }

  /** Starts it again on the same port and data. */
  async launch(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.launch()));
  }

  /** Ends it by a signal and waits until it is gone. Resolves with the exit code of the first node. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    const [code = null] = await Promise.all(this.nodes.map((node) => node.kill(signal)));
    return code;
  }

  async close(): Promise<void> {
    await this.kill('SIGTERM');
    await this.front?.close();
    await this.stores.remove();
    rmSync(this.environment['ASHWIRE_CONFIG_DIR'] ?? '', { recursive: true, force: true });
  }

  /** Whether the text is anywhere in the writable memory of its processes. Linux only. */
  async memoryContains(text: string): Promise<boolean> {
    for (const { pid } of this.nodes) if (await memoryContains(pid, text)) return true;
    return false;
  }
}

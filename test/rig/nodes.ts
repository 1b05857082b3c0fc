import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Profile } from '../../src/config/config.schema.js';
import { type DeepPartial, merge } from '../../src/config/deep-partial.js';
import { freePort } from './free-port.js';
import { NodeProcess } from './node-process.js';
import { QUICK } from './quick.js';
import type { Stores } from './stores.js';

export interface NodesOptions {
  readonly count?: number;
  readonly overrides?: DeepPartial<Profile>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where clients reach all of them; the first one itself if nothing stands in front. */
  readonly publicPort?: number;
}

/** Processes of the built server on these stores, whatever tier is under test, each to be told apart and ended by itself. */
export class Nodes {
  private constructor(
    readonly all: readonly NodeProcess[],
    private readonly stores: Stores,
    private readonly folder: string,
  ) {}

  static async start(stores: Stores, options: NodesOptions = {}): Promise<Nodes> {
    const { count = 1, overrides = {}, environment = {} } = options;
    const folder = mkdtempSync(join(tmpdir(), 'ashwire-profiles-'));
    const layers: unknown[] = [
      parse(readFileSync(`config/${stores.tier}.yaml`, 'utf8')),
      ...[stores.profile, QUICK, overrides],
    ];
    writeFileSync(join(folder, `${stores.tier}.yaml`), stringify(layers.reduce((base, layer) => merge(base, layer))));
    const ports: number[] = [];
    while (ports.length < count) ports.push(await freePort());
    const { publicPort = ports[0] } = options;
    const places = { ASHWIRE_CONFIG_DIR: folder, ASHWIRE_PUBLIC_URL: `http://localhost:${publicPort}` };
    const told = { ...stores.environment, ...places, ...environment };
    const nodes = new Nodes(
      ports.map((port) => new NodeProcess(port, told)),
      stores,
      folder,
    );
    // One after the other: the first one makes the tables.
    for (const node of nodes.all) await node.launch();
    return nodes;
  }

  get first(): NodeProcess {
    return this.all[0] as NodeProcess;
  }

  /** Ends them and removes what is stored. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((node) => node.kill('SIGTERM')));
    await this.stores.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Resident memory of a process, in megabytes. Linux only. */
export function memoryOf(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_MACHINES, HOST, type Layout } from './layout.js';
import { TierError } from './tier-error.js';
import type { MachineNumber } from './tier-options.js';

/** `ip netns exec` lays the files of this folder over those of /etc. */
const ETC = '/etc/netns';

/** What `from` sends does not reach `machine`. */
export interface Cut {
  readonly machine: MachineNumber;
  readonly from: MachineNumber;
}

/** Namespaces as machines, each with one link to a bridge of this machine. */
export class Network {
  constructor(private readonly layout: Layout) {}

  /** The bridge says whose it is. */
  get isOurs(): boolean {
    return this.owner === this.mark;
  }

  /** Ours, and whole. */
  get exists(): boolean {
    return this.isOurs && this.layout.machines.every((machine) => existsSync(pathOf(this.layout.namespaceOf(machine))));
  }

  /** Begins with the bridge. Throws if another tier runs on it; the remains of one whose processes were all killed go. */
  claim(): void {
    const { bridge, hostAddress } = this.layout;
    if (this.pids().length > 0) {
      const owner = this.owner ?? 'another directory';
      throw new TierError(`The bridge ${bridge} belongs to the tier in ${owner}: take it down, or choose a suffix.`);
    }
    this.remove();
    ip('link', 'add', bridge, 'address', this.layout.hardwareAddressOf(HOST), 'type', 'bridge');
    ip('link', 'set', bridge, 'alias', this.mark);
    ip('address', 'add', `${hostAddress}/24`, 'dev', bridge);
    ip('link', 'set', bridge, 'up');
  }

  addMachines(): void {
    for (const machine of this.layout.machines) this.addMachine(machine);
  }

  /** Whatever of it there is. */
  remove(): void {
    const { bridge } = this.layout;
    for (const machine of ALL_MACHINES) {
      const namespace = this.layout.namespaceOf(machine);
      if (existsSync(pathOf(namespace))) ip('netns', 'delete', namespace);
      rmSync(join(ETC, namespace), { recursive: true, force: true });
      this.removeLink(this.layout.linkOf(machine));
    }
    this.healHost();
    this.removeLink(bridge);
  }

  /** Every process of the machines, whoever started it. */
  pids(): number[] {
    const pidsOf = (machine: MachineNumber): number[] => {
      const namespace = this.layout.namespaceOf(machine);
      if (!existsSync(pathOf(namespace))) return [];
      return ip('netns', 'pids', namespace).split('\n').filter(Boolean).map(Number);
    };
    return ALL_MACHINES.flatMap(pidsOf);
  }

  addressesOf(machine: MachineNumber): string[] {
    const listed = ip('-n', this.layout.namespaceOf(machine), '-4', '-brief', 'address', 'show', 'dev', 'eth0');
    return [...listed.matchAll(/(\d+\.\d+\.\d+\.\d+)\/\d+/g)].map(([, address = '']) => address);
  }

  /** By the sender's hardware address, so that virtual addresses are cut too, and who has them. `port`: only TCP from or to it. */
  cut(one: MachineNumber, other: MachineNumber, port?: number): void {
    for (const [machine, sender] of new Map([
      [one, other],
      [other, one],
    ])) {
      if (port === undefined) this.dropAll(machine, sender);
      else if (machine !== HOST) this.dropPort(machine, sender, port);
    }
  }

  cuts(): Cut[] {
    if (!this.exists) return [];
    return this.layout.machines.flatMap((machine) => {
      const rules = this.nft(machine, 'list ruleset');
      const senders = [HOST, ...this.layout.machines].filter((sender) =>
        rules.includes(this.layout.hardwareAddressOf(sender)),
      );
      return senders.map((from) => ({ machine, from }));
    });
  }

  heal(): void {
    for (const machine of this.layout.machines) {
      for (const family of ['inet', 'netdev']) {
        this.nft(machine, `add table ${family} ashwire; delete table ${family} ashwire`);
      }
    }
    this.healHost();
  }

  private get owner(): string | undefined {
    const alias = `/sys/class/net/${this.layout.bridge}/ifalias`;
    return existsSync(alias) ? readFileSync(alias, 'utf8').trim() || undefined : undefined;
  }

  /** The kernel takes 255 bytes, and a character is three at most. */
  private get mark(): string {
    return this.layout.directory.slice(-85);
  }

  /** Before anything looks at it: a machine that is cut off must not say either where an address is (ARP). */
  private dropAll(machine: MachineNumber, sender: MachineNumber): void {
    const [table, device] = machine === HOST ? [this.layout.bridge, this.layout.bridge] : ['ashwire', 'eth0'];
    const chain = `netdev ${table} cut`;
    this.nft(
      machine,
      [
        `add table netdev ${table}`,
        `add chain ${chain} { type filter hook ingress device ${device} priority -300; }`,
        `add rule ${chain} ether saddr ${this.layout.hardwareAddressOf(sender)} drop`,
      ].join('; '),
    );
  }

  private dropPort(machine: MachineNumber, sender: MachineNumber, port: number): void {
    const from = machine === sender ? 'iif lo' : `ether saddr ${this.layout.hardwareAddressOf(sender)}`;
    const chain = 'inet ashwire cut';
    this.nft(
      machine,
      [
        'add table inet ashwire',
        `add chain ${chain} { type filter hook input priority -300; }`,
        ...['dport', 'sport'].map((side) => `add rule ${chain} ${from} tcp ${side} ${port} drop`),
      ].join('; '),
    );
  }

  private healHost(): void {
    const { bridge } = this.layout;
    if (!existsSync(`/sys/class/net/${bridge}`)) return;
    this.nft(HOST, `add table netdev ${bridge}; delete table netdev ${bridge}`);
  }

  private nft(machine: MachineNumber, commands: string): string {
    return machine === HOST
      ? run('nft', commands)
      : ip('netns', 'exec', this.layout.namespaceOf(machine), 'nft', commands);
  }

  private addMachine(machine: MachineNumber): void {
    const { bridge } = this.layout;
    const [namespace, link] = [this.layout.namespaceOf(machine), this.layout.linkOf(machine)];
    mkdirSync(join(ETC, namespace), { recursive: true });
    const named = Object.entries({ localhost: '127.0.0.1', ...this.layout.hosts });
    writeFileSync(join(ETC, namespace, 'hosts'), named.map(([name, address]) => `${address} ${name}\n`).join(''));
    ip('netns', 'add', namespace);
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    ip('link', 'set', link, 'master', bridge, 'up');
    ip('-n', namespace, 'link', 'set', 'eth0', 'address', this.layout.hardwareAddressOf(machine));
    ip('-n', namespace, 'address', 'add', `${this.layout.addressOf(machine)}/24`, 'dev', 'eth0');
    ip('-n', namespace, 'link', 'set', 'eth0', 'up');
  }

  /** A link also goes by itself, some time after its namespace. */
  private removeLink(name: string): void {
    try {
      if (existsSync(`/sys/class/net/${name}`)) ip('link', 'delete', name);
    } catch (error) {
      if (existsSync(`/sys/class/net/${name}`)) throw error;
    }
  }
}

/** The first of 10.89.1 to 10.89.254, beginning somewhere, that no interface here has. */
export function freeNetwork(): string {
  const taken = ip('-4', '-brief', 'address');
  const first = Math.floor(Math.random() * 254);
  const candidates = Array.from({ length: 254 }, (_, index) => `10.89.${((first + index) % 254) + 1}`);
  const free = candidates.find((network) => !taken.includes(` ${network}.`));
  if (free === undefined) throw new Error('Every network from 10.89.1 to 10.89.254 is in use.');
  return free;
}

const pathOf = (namespace: string): string => `/run/netns/${namespace}`;

function ip(...args: readonly string[]): string {
  return run('ip', ...args);
}

function run(program: string, ...args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`${program} ${args.join(' ')}: ${stderr.trim() || String(error)}`);
  }
}

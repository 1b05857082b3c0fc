import { execFileSync } from 'node:child_process';
import { freeNetwork } from '../../tier/network.js';

const ip = (...args: readonly string[]): string =>
  execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Two machines as network namespaces on one bridge, which this machine is on too. Needs root. */
export class Namespaces {
  readonly network = freeNetwork();
  private readonly tag = Math.random().toString(36).slice(2, 8);

  constructor() {
    ip('link', 'add', this.bridge, 'type', 'bridge');
    ip('address', 'add', `${this.network}.1/24`, 'dev', this.bridge);
    ip('link', 'set', this.bridge, 'up');
    for (const machine of [1, 2] as const) this.add(machine);
  }

  addressOf(machine: 1 | 2): string {
    return `${this.network}.1${machine}`;
  }

  prefixOf(machine: 1 | 2): string[] {
    return ['ip', 'netns', 'exec', this.nameOf(machine)];
  }

  /** Of the machine, those that are virtual too. */
  addressesOf(machine: 1 | 2): string {
    return ip('-n', this.nameOf(machine), '-4', '-brief', 'address', 'show', 'dev', 'eth0');
  }

  /** The cable of a machine: nobody reaches it, and it reaches nobody. */
  plug(machine: 1 | 2, state: 'up' | 'down'): void {
    ip('link', 'set', this.linkOf(machine), state);
  }

  remove(): void {
    for (const machine of [1, 2] as const) ip('netns', 'delete', this.nameOf(machine));
    ip('link', 'delete', this.bridge);
  }

  private get bridge(): string {
    return `aw${this.tag}`;
  }

  private nameOf(machine: 1 | 2): string {
    return `ashwire-${this.tag}-${machine}`;
  }

  private linkOf(machine: 1 | 2): string {
    return `aw${this.tag}${machine}`;
  }

  private add(machine: 1 | 2): void {
    const [name, link] = [this.nameOf(machine), this.linkOf(machine)];
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('link', 'set', link, 'master', this.bridge, 'up');
    ip('-n', name, 'address', 'add', `${this.addressOf(machine)}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
  }
}

import { join, resolve } from 'node:path';
import { PACKAGE_ROOT } from '../src/config/package-root.js';
import type { MachineNumber, TierOptions } from './tier-options.js';

export const PORTS = { redis: 6_379, sentinel: 26_379, mysql: 3_306, app: 3_000 } as const;
/** In the place of a machine: this one, where clients are. */
export const HOST: MachineNumber = 0;
export const STORE_MACHINES: readonly MachineNumber[] = [1, 2, 3];
export const ALL_MACHINES: readonly MachineNumber[] = [...STORE_MACHINES, 4, 5];
/** Those that share the virtual addresses. */
export const PAIR: readonly MachineNumber[] = [1, 2];

export interface AppNode {
  readonly name: string;
  readonly machine: MachineNumber;
  /** host:port */
  readonly address: string;
  readonly port: number;
}

/** Names, addresses and files of one tier; nothing of it is running for that. */
export class Layout {
  readonly directory: string;
  readonly machines: readonly MachineNumber[];
  readonly apps: readonly AppNode[];
  readonly frontAddress: string;
  readonly mysqlAddress: string;
  readonly hostAddress: string;
  readonly url: string;
  readonly bridge: string;

  constructor(
    readonly options: TierOptions,
    /** First three parts of the addresses. */
    readonly network: string,
  ) {
    const { directory, nodes = 2, separateApps = false, suffix = '' } = options;
    this.directory = resolve(directory);
    this.machines = separateApps ? ALL_MACHINES : STORE_MACHINES;
    this.frontAddress = `${network}.10`;
    this.mysqlAddress = `${network}.20`;
    this.hostAddress = `${network}.1`;
    this.url = `https://${this.frontAddress}`;
    this.bridge = `ashwire0${suffix}`;
    this.apps = Array.from({ length: nodes }, (_, index) => {
      const machine = (index % 2) + (separateApps ? 4 : 1);
      const port = PORTS.app + Math.floor(index / 2);
      return { name: `app-${index + 1}`, machine, port, address: `${this.addressOf(machine)}:${port}` };
    });
  }

  addressOf(machine: MachineNumber): string {
    return `${this.network}.${10 + machine}`;
  }

  /** By it a machine is known whatever virtual address it has. */
  hardwareAddressOf(machine: MachineNumber): string {
    const part = Number(this.network.split('.')[2]).toString(16).padStart(2, '0');
    return `02:a5:00:00:${part}:0${machine}`;
  }

  namespaceOf(machine: MachineNumber): string {
    return `ashwire-${machine}${this.options.suffix ?? ''}`;
  }

  linkOf(machine: MachineNumber): string {
    return `ashwire-${machine}${this.options.suffix ?? ''}`;
  }

  file(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  logFile(name: string): string {
    return this.file('logs', `${name}.log`);
  }

  secretFile(name: string): string {
    return this.file('secrets', name);
  }

  /** Of the web client. Nginx reads it as a user who may not be let into the folder of the clone. */
  get pageDirectory(): string {
    return join('/run', this.bridge);
  }

  get certificateFile(): string {
    return this.file('tls', 'certificate.pem');
  }

  get keyFile(): string {
    return this.file('tls', 'key.pem');
  }

  /** Every name that config/100k.yaml and docker/ use. */
  get hosts(): Readonly<Record<string, string>> {
    const named = (role: string, machines: readonly MachineNumber[]) =>
      machines.map((machine) => [`${role}-${machine}`, this.addressOf(machine)] as const);
    const stores = [...named('redis', STORE_MACHINES), ...named('sentinel', STORE_MACHINES)];
    return { ...Object.fromEntries([...stores, ...named('mysql', PAIR)]), mysql: this.mysqlAddress };
  }
}

export const dockerFile = (...names: readonly string[]): string => join(PACKAGE_ROOT, 'docker', ...names);

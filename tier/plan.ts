import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/config/package-root.js';
import { type AppNode, dockerFile, type Layout, PAIR, PORTS, STORE_MACHINES } from './layout.js';
import type { MachineNumber } from './tier-options.js';

/** A process as it is started: which file of docker/, where, and with what environment. */
export interface PlannedProcess {
  readonly name: string;
  readonly machine: MachineNumber;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where it keeps its state; also its working directory. */
  readonly directory: string;
}

/** Everything that runs, in the order in which it is started. */
export function plan(layout: Layout): readonly PlannedProcess[] {
  return [
    ...STORE_MACHINES.map((machine) => sentinel(layout, machine)),
    ...STORE_MACHINES.map((machine) => redis(layout, machine)),
    ...PAIR.map((machine) => mysql(layout, machine)),
    ...layout.apps.map((app) => application(layout, app)),
    ...PAIR.map((machine) => nginx(layout, machine)),
    ...PAIR.map((machine) => keepalived(layout, machine)),
  ].map(({ environment, ...process }) => ({
    ...process,
    environment: { ...environment, ...layout.options.environment?.[process.name] },
  }));
}

function redis(layout: Layout, machine: MachineNumber): PlannedProcess {
  const others = STORE_MACHINES.filter((each) => each !== machine);
  return {
    ...placed(layout, 'redis', machine),
    command: [dockerFile('redis', 'start-redis.sh')],
    environment: {
      REDIS_HOST: layout.addressOf(machine),
      REDIS_PORT: String(PORTS.redis),
      REDIS_PASSWORD_FILE: layout.secretFile('redis-password'),
      REDIS_SENTINELS: addresses(layout, STORE_MACHINES, PORTS.sentinel),
      REDIS_PEERS: addresses(layout, others, PORTS.redis),
    },
  };
}

function sentinel(layout: Layout, machine: MachineNumber): PlannedProcess {
  const process = placed(layout, 'sentinel', machine);
  return {
    ...process,
    command: [dockerFile('redis', 'start-sentinel.sh')],
    environment: {
      SENTINEL_HOST: layout.addressOf(machine),
      SENTINEL_PORT: String(PORTS.sentinel),
      SENTINEL_DIRECTORY: process.directory,
      REDIS_PASSWORD_FILE: layout.secretFile('redis-password'),
      REDIS_FIRST: addresses(layout, [1], PORTS.redis),
    },
  };
}

function mysql(layout: Layout, machine: MachineNumber): PlannedProcess {
  return {
    ...placed(layout, 'mysql', machine),
    command: [dockerFile('mysql', 'start-mysql.sh')],
    environment: mysqlEnvironment(layout, machine),
  };
}

/** The server and the scripts by which Keepalived promotes it read the same. */
function mysqlEnvironment(layout: Layout, machine: MachineNumber): Readonly<Record<string, string>> {
  return {
    MYSQL_DIRECTORY: layout.file(`mysql-${machine}`),
    MYSQL_PORT: String(PORTS.mysql),
    MYSQL_SERVER_ID: String(machine),
    MYSQL_PEER: addresses(layout, [otherOf(machine)], PORTS.mysql),
    MYSQL_PASSWORDS: layout.secretFile('mysql'),
  };
}

function application(layout: Layout, { name, machine, port }: AppNode): PlannedProcess {
  return {
    name,
    machine,
    directory: layout.file(name),
    command: [process.execPath, '--max-semi-space-size=32', join(PACKAGE_ROOT, 'dist/src/main.js'), '--tier', '100k'],
    environment: {
      NODE_ENV: 'production',
      PORT: String(port),
      ASHWIRE_PUBLIC_URL: layout.url,
      ASHWIRE_CONFIG_DIR: layout.file('config'),
      ASHWIRE_DATA_DIR: layout.file(name),
      ASHWIRE_ACCESS_TOKEN_KEY_FILE: layout.secretFile('access-token-key'),
      ASHWIRE_PROOF_OF_WORK_KEY_FILE: layout.secretFile('proof-of-work-key'),
      ASHWIRE_BLINDING_KEY_FILE: layout.secretFile('blinding-key'),
      ASHWIRE_DATABASE_PASSWORD_FILE: layout.secretFile('mysql/app'),
      ASHWIRE_REDIS_PASSWORD_FILE: layout.secretFile('redis-password'),
    },
  };
}

function nginx(layout: Layout, machine: MachineNumber): PlannedProcess {
  const process = placed(layout, 'nginx', machine);
  return {
    ...process,
    command: [dockerFile('nginx', 'start-nginx.sh')],
    environment: {
      NGINX_DIRECTORY: process.directory,
      NGINX_APPLICATION_NODES: layout.apps.map(({ address }) => address).join(' '),
      NGINX_PUBLIC_URL: layout.url,
      NGINX_CERTIFICATE_FILE: layout.certificateFile,
      NGINX_KEY_FILE: layout.keyFile,
      NGINX_STATIC: layout.pageDirectory,
      NGINX_UNLIMITED: (layout.options.unlimited ?? []).join(' '),
    },
  };
}

function keepalived(layout: Layout, machine: MachineNumber): PlannedProcess {
  const process = placed(layout, 'keepalived', machine);
  return {
    ...process,
    command: [dockerFile('keepalived', 'start-keepalived.sh')],
    environment: {
      ...mysqlEnvironment(layout, machine),
      KEEPALIVED_DIRECTORY: process.directory,
      KEEPALIVED_ADDRESS: layout.addressOf(machine),
      KEEPALIVED_PEER: layout.addressOf(otherOf(machine)),
      KEEPALIVED_PRIORITY: String(110 - 10 * machine),
      KEEPALIVED_PARTS: [dockerFile('keepalived', 'front.conf'), dockerFile('mysql', 'keepalived.conf')].join(' '),
      FRONT_VIRTUAL_ADDRESS: `${layout.frontAddress}/24`,
      MYSQL_VIRTUAL_ADDRESS: `${layout.mysqlAddress}/24`,
    },
  };
}

const otherOf = (machine: MachineNumber): MachineNumber => (machine === 1 ? 2 : 1);

const addresses = (layout: Layout, machines: readonly MachineNumber[], port: number): string =>
  machines.map((machine) => `${layout.addressOf(machine)}:${port}`).join(' ');

const placed = (
  layout: Layout,
  role: string,
  machine: MachineNumber,
): Pick<PlannedProcess, 'name' | 'machine' | 'directory'> => ({
  name: `${role}-${machine}`,
  machine,
  directory: layout.file(`${role}-${machine}`),
});

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AshwireConfig, Profile } from '../../src/config/config.schema.js';
import { RedisConnections } from '../../src/platform/redis/redis-connections.js';
import { RandomIds } from '../../src/shared/ids.js';
import { freePort } from './free-port.js';

const SCRIPTS = resolve('docker/redis');
const HOST = '127.0.0.1';
const PACKAGES = {
  'redis-server': 'redis-server',
  'redis-cli': 'redis-tools',
  'redis-sentinel': 'redis-sentinel',
  setpriv: 'util-linux',
};

/** Where running processes are, for others who use them. */
export interface RedisPlace {
  readonly directory: string;
  readonly password: string;
  readonly redis: readonly ProcessPlace[];
  readonly sentinels: readonly ProcessPlace[];
}

interface ProcessPlace {
  readonly port: number;
  readonly pid: number;
  readonly output: string;
}

/** One process of a tier's Redis, under the start script of docker/redis. */
export class RedisProcess {
  readonly address: string;
  output = '';
  pid = 0;
  private child: ChildProcess | undefined;

  constructor(
    readonly port: number,
    private readonly script: string,
    private readonly environment: Readonly<Record<string, string>>,
    /** Where it runs; what is written there is what it leaves on a disk. */
    readonly directory: string,
  ) {
    this.address = `${HOST}:${port}`;
  }

  start(): void {
    const options = { cwd: this.directory, env: { ...process.env, ...this.environment }, stdio: 'pipe' } as const;
    // Dies with this process, whatever ends it.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', join(SCRIPTS, this.script)], options);
    this.child = child;
    this.pid = child.pid ?? 0;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
  }

  /** SIGSTOP for a process that says nothing, SIGCONT for its end. */
  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Ends it and waits until it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    const insist = setTimeout(() => child.kill('SIGKILL'), 5_000);
    child.kill(signal);
    await gone;
    clearTimeout(insist);
  }
}

/** Real Redis processes with the settings of docker/redis, on free ports, with nothing left behind after `close`. */
export class RedisServers {
  readonly redis: RedisProcess[] = [];
  readonly sentinels: RedisProcess[] = [];
  readonly directory: string;
  readonly password: string;
  private readonly opened: RedisConnections[] = [];

  /** One process without replicas: nothing that is acknowledged survives it. */
  static async single(): Promise<RedisServers> {
    const servers = new RedisServers();
    servers.add(await freePort(), { REDIS_SENTINELS: '' });
    await servers.whenReady();
    return servers;
  }

  /** A primary, two replicas and three Sentinels. */
  static async trio(): Promise<RedisServers> {
    const servers = new RedisServers();
    const ports: number[] = [];
    while (ports.length < 6) {
      const port = await freePort();
      if (!ports.includes(port)) ports.push(port);
    }
    const [ofRedis, ofSentinels] = [ports.slice(0, 3), ports.slice(3)];
    const addresses = ofRedis.map((port) => `${HOST}:${port}`);
    const sentinels = ofSentinels.map((port) => `${HOST}:${port}`).join(' ');
    for (const port of ofSentinels) servers.addSentinel(port, addresses[0] ?? '');
    for (const port of ofRedis) {
      const peers = addresses.filter((address) => address !== `${HOST}:${port}`).join(' ');
      servers.add(port, { REDIS_SENTINELS: sentinels, REDIS_PEERS: peers });
    }
    await servers.whenReady();
    return servers;
  }

  /** Those that another process has started and will end. */
  static at(place: RedisPlace): RedisServers {
    const servers = new RedisServers(place);
    const known = ({ port, pid, output }: ProcessPlace): RedisProcess =>
      Object.assign(new RedisProcess(port, '', {}, place.directory), { pid, output });
    servers.redis.push(...place.redis.map(known));
    servers.sentinels.push(...place.sentinels.map(known));
    return servers;
  }

  private constructor(private readonly place?: RedisPlace) {
    this.directory = place?.directory ?? mkdtempSync(join(tmpdir(), 'ashwire-redis-'));
    this.password = place?.password ?? randomBytes(16).toString('base64url');
    if (place) return;
    for (const [program, debian] of Object.entries(PACKAGES)) {
      if (spawnSync(program, ['--version']).error) {
        throw new Error(
          `${program} is missing: these tests need the Debian package ${debian} (apt-get install ${debian})`,
        );
      }
    }
    writeFileSync(join(this.directory, 'password'), this.password, { mode: 0o600 });
  }

  /** As of now, for {@link RedisServers.at}. */
  get whereabouts(): RedisPlace {
    const placeOf = ({ port, pid, output }: RedisProcess): ProcessPlace => ({ port, pid, output });
    const { directory, password } = this;
    return { directory, password, redis: this.redis.map(placeOf), sentinels: this.sentinels.map(placeOf) };
  }

  /** What a profile says of these servers. */
  profile(namespace = ''): NonNullable<Profile['redis']> {
    const [first] = this.redis;
    if (this.sentinels.length === 0) return { nodes: [first?.address ?? ''], minReplicas: 0, namespace };
    return {
      nodes: this.sentinels.map(({ address }) => address),
      sentinelName: 'ashwire',
      minReplicas: 1,
      namespace,
    };
  }

  /** Connections as the application makes them, in a namespace of their own, ready to use. Closed by `close`. */
  async connect(namespace = `${new RandomIds().next()}:`): Promise<RedisConnections> {
    const connections = new RedisConnections({
      ...({ adapters: {}, secrets: { redisPassword: this.password } } as AshwireConfig),
      redis: this.profile(namespace),
    });
    this.opened.push(connections);
    await eventually(async () => {
      await connections.commands.run('PING');
      await connections.replicated.run('PING');
    });
    return connections;
  }

  /** The answer of one process to one command. */
  ask({ port }: RedisProcess, ...command: string[]): string {
    const environment = { ...process.env, REDISCLI_AUTH: this.password };
    return spawnSync('redis-cli', ['-h', HOST, '-p', String(port), ...command], {
      env: environment,
      timeout: 5_000,
    }).stdout.toString();
  }

  roleOf(process: RedisProcess): string {
    return this.ask(process, 'role').split('\n')[0] ?? '';
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((connections) => connections.onApplicationShutdown()));
    if (this.place) return;
    await Promise.all([...this.sentinels, ...this.redis].map((process) => process.kill('SIGTERM')));
    rmSync(this.directory, { recursive: true, force: true });
  }

  private add(port: number, environment: Readonly<Record<string, string>>): void {
    const base = { REDIS_HOST: HOST, REDIS_PORT: String(port), REDIS_OPTIONS: `bind ${HOST}` };
    this.redis.push(this.begin(port, 'start-redis.sh', { ...base, ...environment }));
  }

  private addSentinel(port: number, first: string): void {
    const directory = join(this.directory, `sentinel-${port}`);
    const environment = { SENTINEL_HOST: HOST, SENTINEL_PORT: String(port), SENTINEL_DIRECTORY: directory };
    this.sentinels.push(this.begin(port, 'start-sentinel.sh', { ...environment, REDIS_FIRST: first }));
  }

  private begin(port: number, script: string, environment: Readonly<Record<string, string>>): RedisProcess {
    const directory = mkdtempSync(join(this.directory, 'run-'));
    const secret = { REDIS_PASSWORD_FILE: join(this.directory, 'password') };
    const begun = new RedisProcess(port, script, { ...environment, ...secret }, directory);
    begun.start();
    return begun;
  }

  private async whenReady(): Promise<void> {
    const [primary] = this.redis;
    const replicas = this.redis.length - 1;
    const isReady = () => {
      if (!primary || this.ask(primary, 'ping').trim() !== 'PONG') return false;
      if (replicas === 0) return true;
      const known = this.sentinels.map((sentinel) => this.ask(sentinel, 'sentinel', 'master', 'ashwire').split('\n'));
      const count = (lines: readonly string[], field: string) => Number(lines[lines.indexOf(field) + 1]);
      return (
        this.ask(primary, 'info', 'replication').split('state=online').length - 1 === replicas &&
        known.every((lines) => count(lines, 'num-slaves') === replicas && count(lines, 'num-other-sentinels') === 2)
      );
    };
    for (const giveUpAt = Date.now() + 20_000; !isReady(); await pause(100)) {
      if (Date.now() < giveUpAt) continue;
      const said = [...this.redis, ...this.sentinels].map(({ output }) => output.slice(-2_000)).join('\n');
      await this.close();
      throw new Error(`Redis did not become ready: ${said}`);
    }
  }
}

/** The same connections with other names of keys: what a test leaves behind, no other one finds. */
export function inNamespaceOfItsOwn(connections: RedisConnections): RedisConnections {
  return Object.create(connections, { namespace: { value: `${new RandomIds().next()}:` } }) as RedisConnections;
}

/** Tries until it works; the last failure is the test's. */
export async function eventually<T>(attempt: () => Promise<T>, withinMs = 10_000): Promise<T> {
  for (const giveUpAt = Date.now() + withinMs; ; await pause(10)) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

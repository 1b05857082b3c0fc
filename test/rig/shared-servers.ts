import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisServers } from './redis-servers.js';

/** The environment variable that says where the shared servers of this Jest run are asked for. */
export const ADDRESS = 'ASHWIRE_TEST_SERVERS';

export type SharedKind = 'mariadb' | 'mariadb-pair' | 'redis' | 'redis-trio';

interface Running {
  readonly where: () => unknown;
  readonly close: () => Promise<void>;
}

/** Where waiting for a disk costs nothing, if there is such a place: what tests end are processes, not machines. */
const MEMORY = '/dev/shm';
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Loaded only by who needs one: most runs of a few tests do not. */
const START: Readonly<Record<SharedKind, () => Promise<Running>>> = {
  mariadb: async () => {
    const { MariadbServer } = await import('./mariadb-server.js');
    const server = await MariadbServer.start();
    const { directory, port } = server;
    return { where: () => ({ directory, port }), close: () => server.close() };
  },
  'mariadb-pair': async () => {
    const { MariadbPair } = await import('./mariadb-pair.js');
    const pair = await MariadbPair.start();
    const [primary, standby] = [pair.primary, pair.standby].map(({ directory, port }) => ({ directory, port }));
    return { where: () => ({ primary, standby }), close: () => pair.close() };
  },
  redis: async () => {
    const { RedisServers } = await import('./redis-servers.js');
    return runningRedis(await RedisServers.single());
  },
  'redis-trio': async () => {
    const { RedisServers } = await import('./redis-servers.js');
    return runningRedis(await RedisServers.trio());
  },
};

const runningRedis = (servers: RedisServers): Running => ({
  where: () => servers.whereabouts,
  close: () => servers.close(),
});

/**
 * The servers that all test files of one Jest run share: in Jest's first process, each started when the first test asks for it,
 * at an address that workers find in their environment. They end with Jest, also when it is interrupted, and with them goes the
 * directory of the run, which has all temporary files of all tests. A kill takes the processes along, though not the files.
 */
export class SharedServers {
  private readonly started = new Map<SharedKind, Promise<Running>>();
  private readonly running: Running[] = [];

  private constructor(
    private readonly server: Server,
    private readonly folder: string,
  ) {}

  static async listen(): Promise<SharedServers> {
    const server = createServer();
    const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'ashwire-tests-'));
    // Nginx reads as www-data what a test gives it.
    chmodSync(folder, 0o711);
    process.env['TMPDIR'] = folder;
    const shared = new SharedServers(server, folder);
    server.on('request', ({ url = '' }, response) => {
      shared.find(url.slice(1) as SharedKind).then(
        ({ where }) => response.end(JSON.stringify(where())),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    const socket = join(folder, 'socket');
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    server.unref();
    process.env[ADDRESS] = socket;
    process.once('exit', () => shared.removeFiles());
    for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(code));
    return shared;
  }

  async close(): Promise<void> {
    this.server.close();
    await Promise.allSettled([...this.started.values()]);
    await Promise.all(this.running.map((running) => running.close()));
    this.removeFiles();
  }

  /** Starts it unless it has been. */
  find(kind: SharedKind): Promise<Running> {
    let start = this.started.get(kind);
    if (!start) {
      start = START[kind]();
      this.started.set(kind, start);
      start.then(
        (running) => this.running.push(running),
        () => undefined,
      );
    }
    return start;
  }

  private removeFiles(): void {
    // A server that is about to die may still make a file.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { freePort } from './free-port.js';

const run = promisify(execFile);
const PATHS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
const PACKAGES = {
  ...{ mariadbd: 'mariadb-server', 'mariadb-install-db': 'mariadb-server', setpriv: 'util-linux' },
  ...{ mariadb: 'mariadb-client', 'mariadb-dump': 'mariadb-client', 'mariadb-binlog': 'mariadb-server' },
};
const START_MS = 20_000;
const STOP_MS = 20_000;

/** What operators run. */
const SETTINGS = resolve('docker/mysql/server.cnf');
const SMALL = ['--innodb-log-file-size=8M', '--innodb-buffer-pool-size=48M', '--max-connections=300'];
/** As little work as possible. What is committed survives the process, not the machine. */
const FAST = [
  ...['--innodb-flush-log-at-trx-commit=2', '--innodb-flush-method=nosync', '--skip-log-bin'],
  ...['--skip-log-slave-updates', '--gtid-strict-mode=0', '--read-only=0'],
];
/** The size of the first file is fixed when it is made. */
const LAYOUT = ['--innodb-data-file-path=ibdata1:10M:autoextend'];

/** Where a running server is, for others who use it. */
export interface MariadbPlace {
  readonly directory: string;
  readonly port: number;
}

export interface MariadbDatabase {
  /** `host:port`. */
  readonly host: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

export interface MariadbOptions {
  /** Added to docker/mysql/server.cnf. By default what makes it fast. */
  readonly settings?: readonly string[];
  /** Data of another server, which has ended. */
  readonly directory?: string;
  readonly port?: number;
}

/** A real MariaDB on a free port with data of its own, on this machine's installed binaries. */
export class MariadbServer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly directory: string,
    readonly port: number,
    /** None of one that belongs to another process. */
    private readonly settings?: readonly string[],
  ) {}

  /** One that another process has started and will end. */
  static at({ directory, port }: MariadbPlace): MariadbServer {
    return new MariadbServer(directory, port);
  }

  static async start({ settings = FAST, directory, port }: MariadbOptions = {}): Promise<MariadbServer> {
    const folder = directory ?? mkdtempSync(join(tmpdir(), 'ashwire-mariadb-'));
    const server = new MariadbServer(folder, port ?? (await freePort()), settings);
    try {
      mkdirSync(server.temporary, { recursive: true });
      if (directory === undefined) await server.install();
      await server.launch();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** What the server has written about itself. */
  get log(): string {
    const file = join(this.directory, 'error.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** Starts it on its port and data, again after it has ended. Resolves once it answers. */
  async launch(): Promise<void> {
    // Dies with this process, whatever ends it.
    const tied = [program('setpriv'), '--pdeathsig', 'KILL', program('mariadbd')] as const;
    const settings = [`--defaults-file=${SETTINGS}`, ...SMALL, ...this.options(), ...(this.settings ?? [])];
    const [setpriv, ...args] = [...tied, ...settings];
    const child = spawn(setpriv, args, { stdio: 'ignore' });
    this.child = child;
    const until = Date.now() + START_MS;
    while (!(await this.answers())) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`mariadbd does not start:\n${this.log}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** A new and empty one, with a user who has all rights on it and none elsewhere. */
  async createDatabase(): Promise<MariadbDatabase> {
    const name = `ashwire_${randomBytes(6).toString('hex')}`;
    await this.sql(`CREATE DATABASE ${name}`);
    await this.sql(`CREATE USER '${name}'@'%' IDENTIFIED BY 'password of ${name}'`);
    await this.sql(`GRANT ALL ON ${name}.* TO '${name}'@'%'`);
    return { host: this.host, database: name, user: name, password: `password of ${name}` };
  }

  async dropDatabase({ database, user }: MariadbDatabase): Promise<void> {
    await this.sql(`DROP DATABASE IF EXISTS ${database}`);
    await this.sql(`DROP USER IF EXISTS '${user}'@'%'`);
  }

  /** As root. */
  async sql(statement: string): Promise<Record<string, unknown>[]> {
    const connection = await createConnection({ socketPath: this.socket, user: 'root' });
    try {
      const [rows] = await connection.query(statement);
      return rows as Record<string, unknown>[];
    } finally {
      connection.destroy();
    }
  }

  /** Ends it by a signal and waits until it is gone. SIGTERM becomes SIGKILL if it does not end. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(force);
  }

  /** Ends it and removes its data. */
  async close(): Promise<void> {
    if (!this.settings) return;
    await this.kill('SIGTERM');
    rmSync(this.directory, { recursive: true, force: true });
  }

  private get socket(): string {
    return join(this.directory, 'socket');
  }

  /** A MariaDB that starts removes the temporary tables of every other in the same folder, which then crash. */
  private get temporary(): string {
    return join(this.directory, 'tmp');
  }

  private options(): string[] {
    const { directory, port } = this;
    return [
      ...[`--datadir=${join(directory, 'data')}`, `--socket=${this.socket}`, `--port=${port}`],
      ...['--bind-address=127.0.0.1', `--log-error=${join(directory, 'error.log')}`],
      ...[`--pid-file=${join(directory, 'pid')}`, `--tmpdir=${this.temporary}`, ...asUser(), ...LAYOUT],
    ];
  }

  private async install(): Promise<void> {
    const folders = [`--datadir=${join(this.directory, 'data')}`, `--tmpdir=${this.temporary}`];
    const options = [...folders, '--skip-test-db', '--skip-name-resolve'];
    const quick = ['--auth-root-authentication-method=normal', '--innodb-flush-method=nosync', ...LAYOUT];
    await run(program('mariadb-install-db'), ['--no-defaults', ...options, ...quick, ...asUser()]);
  }

  private async answers(): Promise<boolean> {
    if (!existsSync(this.socket)) return false;
    return this.sql('SELECT 1').then(
      () => true,
      () => false,
    );
  }
}

/** It does not run as root unless it is told to. */
function asUser(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/** Throws where a program of the MySQL pair is missing. */
export function requirePrograms(): void {
  for (const name of Object.keys(PACKAGES) as (keyof typeof PACKAGES)[]) program(name);
}

function program(name: keyof typeof PACKAGES): string {
  const file = PATHS.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`${name} is missing: apt-get install ${PACKAGES[name]}`);
  return file;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { freePort } from './free-port.js';
import { requirePrograms } from './mariadb-server.js';

const SCRIPTS = resolve('docker/mysql');
const ACCOUNTS = ['app', 'replication', 'backup', 'restore', 'monitor'] as const;
const OPTIONS =
  '--innodb-log-file-size=8M --innodb-buffer-pool-size=32M --innodb-data-file-path=ibdata1:10M:autoextend';
const PATIENCE_MS = 60_000;

export interface MachineOptions {
  readonly id: 1 | 2;
  readonly address: string;
  readonly port: number;
  readonly peer: string;
  /** In front of every command, such as `ip netns exec machine-1`. */
  readonly prefix?: readonly string[];
}

/** A server of the MySQL pair as an operator runs it: under docker/mysql/start-mysql.sh, started again whenever it ends. */
export class MysqlMachine {
  output = '';
  private child: ChildProcess | undefined;
  private supervised = false;
  private supervising: Promise<void> | undefined;

  constructor(
    readonly options: MachineOptions,
    readonly directory: string,
    private readonly passwords: string,
  ) {}

  get host(): string {
    return `${this.options.address}:${this.options.port}`;
  }

  get environment(): Record<string, string> {
    const { id, address, port, peer, prefix } = this.options;
    return {
      ...{ MYSQL_DIRECTORY: this.directory, MYSQL_PASSWORDS: this.passwords, MYSQL_SERVER_ID: String(id) },
      ...{
        MYSQL_PEER: peer,
        MYSQL_PORT: String(port),
        MYSQL_ADDRESS: prefix ? '0.0.0.0' : address,
        MYSQL_OPTIONS: OPTIONS,
      },
    };
  }

  password(account: (typeof ACCOUNTS)[number]): string {
    return readFileSync(join(this.passwords, account), 'utf8');
  }

  /** Keeps it running, as `restart: always` does. */
  start(): void {
    this.supervised = true;
    this.supervising = this.supervise();
  }

  /** Resolves once it answers. */
  async isUp(): Promise<void> {
    await this.eventually(async () => (await this.sql('SELECT 1')).length === 1, 'answers');
  }

  /** Runs a script of docker/mysql there, and gives its exit code and what it said. */
  async run(script: string, ...args: string[]): Promise<readonly [code: number, said: string]> {
    const child = this.spawn(script, args);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return [code, said];
  }

  /** As root, over the socket. */
  async sql(statement: string): Promise<Record<string, unknown>[]> {
    const connection = await createConnection({ socketPath: join(this.directory, 'socket'), user: 'root' });
    try {
      const [rows] = await connection.query(statement);
      return rows as Record<string, unknown>[];
    } finally {
      await connection.end().catch(() => undefined);
    }
  }

  async value(expression: string): Promise<unknown> {
    const [row] = await this.sql(`SELECT ${expression} AS value`);
    return row?.['value'];
  }

  /** Resolves once it has everything that is acknowledged. */
  async inSync(): Promise<void> {
    await this.eventually(
      async () => Number(await this.value('(SELECT COUNT(*) FROM pair.in_sync) AND @@read_only')) === 1,
      'is in sync',
    );
  }

  async eventually(isSo: () => Promise<boolean>, what: string): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    while (!(await isSo().catch(() => false))) {
      if (Date.now() > until)
        throw new Error(`server ${this.options.id} never ${what}:\n${this.output}${this.log.slice(-3_000)}`);
      await pause(50);
    }
  }

  /** Of the server process, not of its supervisor. Resolves once it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child, pid } = this;
    const gone = child && once(child, 'close');
    process.kill(pid, signal);
    await gone;
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Ends it for good, and keeps its data. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.supervised = false;
    const { child } = this;
    if (child?.exitCode === null && child.signalCode === null) child.kill(signal);
    // Else it would go on beside the next one.
    await this.supervising;
  }

  get log(): string {
    const file = join(this.directory, 'error.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  private get pid(): number {
    return Number(readFileSync(join(this.directory, 'pid'), 'utf8'));
  }

  private async supervise(): Promise<void> {
    while (this.supervised) {
      const child = this.spawn('start-mysql.sh', []);
      this.child = child;
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
      }
      await once(child, 'close');
      await pause(200);
    }
  }

  private spawn(script: string, args: readonly string[]): ChildProcess {
    const [program = '', ...rest] = [...(this.options.prefix ?? []), join(SCRIPTS, script), ...args];
    return spawn(program, rest, { env: { ...process.env, ...this.environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

/** Two servers that know each other, without anybody who promotes one. */
export class MysqlMachines {
  private constructor(
    readonly first: MysqlMachine,
    readonly second: MysqlMachine,
    readonly folder: string,
  ) {}

  /** Where each of them is: an address and a port. By default free ports of this machine. */
  static async make(
    places?: readonly [Omit<MachineOptions, 'id' | 'peer'>, Omit<MachineOptions, 'id' | 'peer'>],
  ): Promise<MysqlMachines> {
    requirePrograms();
    const folder = mkdtempSync(join(tmpdir(), 'ashwire-pair-'));
    const passwords = join(folder, 'passwords');
    mkdirSync(passwords, { mode: 0o700 });
    for (const account of ACCOUNTS) writeFileSync(join(passwords, account), `password-of-${account}`, { mode: 0o600 });
    const here = async () => ({ address: '127.0.0.1', port: await freePort() });
    const [one, two] = places ?? [await here(), await here()];
    const peerOf = ({ address, port }: { address: string; port: number }): string => `${address}:${port}`;
    const first = new MysqlMachine({ ...one, id: 1, peer: peerOf(two) }, join(folder, 'first'), passwords);
    const second = new MysqlMachine({ ...two, id: 2, peer: peerOf(one) }, join(folder, 'second'), passwords);
    return new MysqlMachines(first, second, folder);
  }

  /** The first one is primary, and the second one has everything. */
  async start(): Promise<void> {
    for (const machine of [this.first, this.second]) machine.start();
    await Promise.all([this.first.isUp(), this.second.isUp()]);
    const [code, said] = await this.first.run('promote.sh');
    if (code !== 0) throw new Error(said);
    await this.second.inSync();
  }

  async close(): Promise<void> {
    await Promise.all([this.first.stop('SIGKILL'), this.second.stop('SIGKILL')]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

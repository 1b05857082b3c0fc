import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { freePort } from '../rig/free-port.js';

const START = join(PACKAGE_ROOT, 'docker', 'redis', 'start-redis.sh');
const HOST = '127.0.0.1';
const PATIENCE_MS = 20_000;

/** What a Redis process has done since it started. */
export interface RedisSample {
  readonly cpuMicros: number;
  /** Commands by name, those inside scripts too. */
  readonly calls: ReadonlyMap<string, number>;
  /** System calls that read from a client. */
  readonly reads: number;
  readonly usedBytes: number;
  readonly rssBytes: number;
}

/**
 * A primary and one replica under docker/redis, without Sentinels: a WAIT is a real one. They die with this process, whatever
 * ends it.
 */
export class RedisPair {
  readonly password = randomBytes(16).toString('base64url');
  private readonly directory = mkdtempSync(join(tmpdir(), 'ashwire-bench-redis-'));
  private readonly processes: ChildProcess[] = [];
  private readonly clients: Redis[] = [];
  private ports: number[] = [];

  get address(): string {
    return `${HOST}:${this.ports[0]}`;
  }

  async start(): Promise<void> {
    const secret = join(this.directory, 'password');
    writeFileSync(secret, this.password, { mode: 0o600 });
    this.ports = [await freePort(), await freePort()];
    const [primary = 0] = this.ports;
    this.begin(0, 'min-replicas-to-write 1');
    this.begin(1, `replicaof ${HOST} ${primary}`);
    for (const port of this.ports) this.clients.push(new Redis({ host: HOST, port, password: this.password }));
    for (const client of this.clients) client.on('error', () => undefined);
    const until = Date.now() + PATIENCE_MS;
    while (!(await this.isReplicated())) {
      if (Date.now() > until) throw new Error('Redis does not start: is the Debian package redis-server installed?');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async sample(): Promise<{ readonly primary: RedisSample; readonly replica: RedisSample }> {
    return { primary: await this.look(0), replica: await this.look(1) };
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.disconnect();
    for (const child of this.processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private begin(index: number, role: string): void {
    const environment = {
      REDIS_HOST: HOST,
      REDIS_PORT: String(this.ports[index]),
      REDIS_PASSWORD_FILE: join(this.directory, 'password'),
      REDIS_OPTIONS: `bind ${HOST}\n${role}`,
    };
    const options = { cwd: this.directory, env: { ...process.env, ...environment }, stdio: 'ignore' } as const;
    this.processes.push(spawn('setpriv', ['--pdeathsig', 'KILL', START], options));
  }

  private async isReplicated(): Promise<boolean> {
    const info = await this.clients[0]?.info('replication').catch(() => '');
    return info?.includes('state=online') ?? false;
  }

  private async look(index: number): Promise<RedisSample> {
    const client = this.clients[index] as Redis;
    const info = await client.call('INFO', 'cpu', 'memory', 'stats', 'commandstats');
    const values = new Map(
      String(info)
        .split('\r\n')
        .map((line) => line.split(':', 2) as [string, string]),
    );
    const valueOf = (name: string): number => Number(values.get(name));
    const calls = [...values].flatMap(([name, value]) => {
      const count = /^cmdstat_/.test(name) && /calls=(\d+)/.exec(value)?.[1];
      return count ? [[name.slice('cmdstat_'.length), Number(count)] as const] : [];
    });
    return {
      cpuMicros: 1e6 * (valueOf('used_cpu_user') + valueOf('used_cpu_sys')),
      calls: new Map(calls),
      reads: valueOf('total_reads_processed'),
      usedBytes: valueOf('used_memory'),
      rssBytes: valueOf('used_memory_rss'),
    };
  }
}

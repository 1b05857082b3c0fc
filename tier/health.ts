import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecurely } from 'node:https';
import { promisify } from 'node:util';
import { type Layout, PAIR, PORTS } from './layout.js';
import type { Network } from './network.js';
import type { PlannedProcess } from './plan.js';

const run = promisify(execFile);
const WITHIN_MS = 3_000;
/** Whether it is read-only, how many standbys a commit waits for, and whether it follows another server. */
const MYSQL_STATE = `SELECT @@read_only, (SELECT IF(@@rpl_semi_sync_master_enabled, variable_value, 0)
  FROM information_schema.global_status WHERE variable_name = 'RPL_SEMI_SYNC_MASTER_CLIENTS'), (SELECT variable_value = 'ON'
  FROM information_schema.global_status WHERE variable_name = 'SLAVE_RUNNING')`;

export interface Health {
  readonly isHealthy: boolean;
  /** primary, replica, master, backup, …; '' where there is none. */
  readonly role: string;
  /** Why it is not healthy. */
  readonly problem?: string;
}

/** Asks the processes themselves, as those that use them would. */
export class HealthCheck {
  constructor(
    private readonly layout: Layout,
    private readonly network: Network,
  ) {}

  async of(process: PlannedProcess): Promise<Health> {
    try {
      return await this.ask(process);
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      return { isHealthy: false, role: '', problem: (stderr?.trim() || message).split('\n')[0] ?? '' };
    }
  }

  /** Through both Nginx and the virtual address: throws with the first that does not lead to a ready node. */
  async front(): Promise<void> {
    const addresses = [...PAIR.map((machine) => this.layout.addressOf(machine)), this.layout.frontAddress];
    await Promise.all(addresses.map((address) => this.isReady(`https://${address}`)));
  }

  private async ask({ name, machine, directory }: PlannedProcess): Promise<Health> {
    const address = this.layout.addressOf(machine);
    const [role = ''] = name.split('-');
    switch (role) {
      case 'redis':
        return this.redisRole(address);
      case 'sentinel':
        return this.sentinelHealth(address);
      case 'mysql':
        return this.mysqlRole(directory);
      case 'app':
        await this.isReady(this.appUrl(name));
        return healthy('');
      case 'nginx':
        await this.isReady(`https://${address}`);
        return healthy('');
      default:
        return healthy(this.addressesHeldBy(machine));
    }
  }

  appUrl(name: string): string {
    const app = this.layout.apps.find((each) => each.name === name);
    if (!app) throw new Error(`There is no application node ${name}.`);
    return `http://${app.address}`;
  }

  private async redisRole(address: string): Promise<Health> {
    const [role, , third, state] = (await this.redis(address, PORTS.redis, 'role')).trim().split('\n');
    if (role === 'master') {
      return third ? healthy('primary') : { ...healthy('primary'), isHealthy: false, problem: 'no replica follows' };
    }
    if (role === 'slave' && state === 'connected') return healthy('replica');
    throw new Error(role === 'slave' ? `a replica that is not connected to its primary (${state})` : (role ?? ''));
  }

  private async sentinelHealth(address: string): Promise<Health> {
    const answer = await this.redis(address, PORTS.sentinel, 'sentinel', 'ckquorum', 'ashwire');
    if (answer.startsWith('OK')) return healthy('');
    throw new Error(answer.trim());
  }

  private async redis(address: string, port: number, ...command: string[]): Promise<string> {
    const password = readFileSync(this.layout.secretFile('redis-password'), 'utf8').trim();
    const env = { PATH: process.env['PATH'], REDISCLI_AUTH: password };
    const { stdout } = await run('redis-cli', ['-h', address, '-p', String(port), ...command], {
      env,
      timeout: WITHIN_MS,
    });
    return stdout;
  }

  private async mysqlRole(directory: string): Promise<Health> {
    const options = ['--no-defaults', `--socket=${directory}/socket`, '--batch', '--skip-column-names'];
    const { stdout } = await run('mariadb', [...options, '-e', MYSQL_STATE], { timeout: WITHIN_MS });
    const [readOnly, standbys, follows] = stdout.trim().split('\t').map(Number);
    if (readOnly !== 0) {
      return follows === 1
        ? healthy('standby')
        : { isHealthy: false, role: 'standby', problem: 'it does not follow the primary' };
    }
    return Number(standbys) > 0
      ? healthy('primary')
      : { isHealthy: false, role: 'primary', problem: 'no standby has what is committed: money is refused' };
  }

  private addressesHeldBy(machine: number): string {
    const held = this.network.addressesOf(machine);
    const { frontAddress, mysqlAddress } = this.layout;
    const roles = [
      ['front', frontAddress],
      ['mysql', mysqlAddress],
    ] as const;
    return roles.map(([name, address]) => `${name} ${held.includes(address) ? 'master' : 'backup'}`).join(', ');
  }

  private isReady(origin: string): Promise<void> {
    const url = new URL('/health/ready', origin);
    return new Promise((resolve, reject) => {
      const answered = (response: IncomingMessage): void => {
        response.resume();
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url.href} answers ${response.statusCode}`));
      };
      const options = { timeout: WITHIN_MS, agent: false as const };
      const request =
        url.protocol === 'https:'
          ? getSecurely(url, { ...options, ca: readFileSync(this.layout.certificateFile) }, answered)
          : getPlain(url, options, answered);
      request.on('timeout', () => request.destroy(new Error(`${url.href} does not answer`)));
      request.on('error', reject);
    });
  }
}

const healthy = (role: string): Health => ({ isHealthy: true, role });

/** Each may be well for itself, and none of them or two of them lead. */
export function leadership(processes: readonly { readonly name: string; readonly role: string }[]): string[] {
  return ['redis', 'mysql'].flatMap((store) => {
    const members = processes.filter(({ name }) => name.startsWith(`${store}-`));
    const leaders = members.filter(({ role }) => role === 'primary').map(({ name }) => name);
    if (members.length === 0 || leaders.length === 1) return [];
    if (leaders.length === 0) return [`${store}: nobody is primary`];
    return [`${store}: ${leaders.join(' and ')} both say primary; the one that nobody follows lets no write through`];
  });
}

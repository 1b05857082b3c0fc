import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Health, HealthCheck, leadership } from './health.js';
import { HOST, Layout } from './layout.js';
import { type Cut, freeNetwork, Network } from './network.js';
import { plan, type PlannedProcess } from './plan.js';
import { MAIN, refuseWithout } from './preconditions.js';
import { ProcessTable, runningSince } from './process-table.js';
import { copyPage, provision } from './provision.js';
import { TierError } from './tier-error.js';
import type { MachineNumber, TierOptions, TierProcess } from './tier-options.js';

const run = promisify(execFile);
const HEALTHY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 250;
const STATE = 'tier.json';
const SUPERVISOR = 'supervisor';
const ENDED = 'it has ended';
const SEARCHED = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Who uses others ends before them. */
const STOPPED_TOGETHER = [['keepalived', 'nginx'], ['app'], ['mysql', 'redis'], ['sentinel']];

/**
 * The whole tier 100k on this machine: network namespaces as machines on one bridge, and in them the real servers under the
 * files of docker/. What it knows is in its directory, so that another process can go on with it. Needs root.
 */
export class Tier {
  readonly url: string;
  /** PEM; who trusts it can talk to `url` (NODE_EXTRA_CA_CERTS). */
  readonly certificateFile: string;
  readonly planned: readonly PlannedProcess[];
  private readonly network: Network;
  private readonly table: ProcessTable;
  private readonly check: HealthCheck;

  private constructor(readonly layout: Layout) {
    this.url = layout.url;
    this.certificateFile = layout.certificateFile;
    this.planned = plan(layout);
    this.network = new Network(layout);
    this.table = new ProcessTable(layout.file('run'));
    this.check = new HealthCheck(layout, this.network);
  }

  /** Starts everything and waits until it is healthy; if it runs already, gives that one. Throws with the reason and undoes. */
  static async up(options: TierOptions): Promise<Tier> {
    refuseWithout(options);
    const before = Tier.at(options.directory);
    if (before?.isUp) return before;
    await before?.down();
    const network = options.network ?? (options.suffix ? freeNetwork() : '10.89.0');
    const layout = new Layout(options, network);
    new Network(layout).claim();
    const tier = new Tier(layout);
    try {
      provision(layout);
      writeFileSync(layout.file(STATE), JSON.stringify({ options, network }, undefined, 2), { mode: 0o600 });
      tier.network.addMachines();
      copyPage(layout);
      await tier.startAll();
      return tier;
    } catch (error) {
      await tier.down();
      throw error;
    }
  }

  /** The one that was started with this directory, running or not; undefined if there is none. */
  static at(directory: string): Tier | undefined {
    const file = join(directory, STATE);
    if (!existsSync(file)) return undefined;
    const { options, network } = JSON.parse(readFileSync(file, 'utf8')) as { options: TierOptions; network: string };
    return new Tier(new Layout({ ...options, directory }, network));
  }

  /** Its machines are there and something runs on them. */
  get isUp(): boolean {
    return this.network.exists && this.processes.some(({ pid }) => pid !== undefined);
  }

  get processes(): readonly TierProcess[] {
    return this.planned.map(({ name, machine }) => {
      const pid = this.table.pid(name);
      return { name, machine, ...(pid !== undefined && { pid }) };
    });
  }

  get supervisorPid(): number | undefined {
    return this.table.pid(SUPERVISOR);
  }

  /** By the name of the process: everything that it has on disk, but for its log. */
  get dataDirectories(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.planned.map(({ name, directory }) => [name, directory]));
  }

  /** All that have a log. */
  get logged(): readonly string[] {
    return [...this.planned.map(({ name }) => name), SUPERVISOR];
  }

  /** @throws TierError when there is none of this name. */
  logFile(name: string): string {
    if (name !== SUPERVISOR) this.find(name);
    return this.layout.logFile(name);
  }

  /** http:// of one application node, past Nginx. */
  appUrl(name: string): string {
    return this.check.appUrl(name);
  }

  /** What the processes share, such as redis-password or mysql/app. */
  secret(name: string): string {
    return readFileSync(this.layout.secretFile(name), 'utf8').trim();
  }

  isRunning(name: string): boolean {
    return this.table.pid(this.find(name).name) !== undefined;
  }

  /**
   * Signals it as a service manager does: SIGKILL, SIGSTOP and SIGCONT go to its children too, everything else to it alone.
   * Resolves once it is gone where the signal is to end it. `hold`: no supervisor starts it again.
   */
  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL', { hold = false } = {}): Promise<void> {
    this.find(name);
    if (hold) writeFileSync(this.holdFile(name), '');
    if (ENDING.includes(signal)) await this.table.stop(name, signal);
    else this.table.signal(name, signal);
  }

  /** Does nothing if it runs. `environment`: on top of what it has, for this run. */
  start(name: string, environment: Readonly<Record<string, string>> = {}): void {
    const process = this.find(name);
    rmSync(this.holdFile(name), { force: true });
    const temporary = this.layout.file('tmp');
    mkdirSync(temporary, { recursive: true, mode: 0o700 });
    this.table.start(name, {
      command: ['ip', 'netns', 'exec', this.layout.namespaceOf(process.machine), ...process.command],
      environment: { PATH: SEARCHED, LANG: 'C.UTF-8', TMPDIR: temporary, ...process.environment, ...environment },
      directory: process.directory,
      logFile: this.logFile(name),
    });
  }

  /** It was ended to stay down. */
  isHeld(name: string): boolean {
    return existsSync(this.holdFile(name));
  }

  /** Runs a program on a machine; gives what it printed, throws with what it complained. */
  async exec(machine: MachineNumber, command: string, args: readonly string[]): Promise<string> {
    const inside = ['netns', 'exec', this.layout.namespaceOf(machine), command, ...args];
    const { stdout } = await run('ip', inside, { maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  /** Which machines have the virtual address now: one, or two who do not see each other. */
  holdersOf(address: string): MachineNumber[] {
    return this.layout.machines.filter((machine) => this.network.addressesOf(machine).includes(address));
  }

  healthOf(name: string): Promise<Health> {
    return this.check.of(this.find(name));
  }

  /** Resolves once every process answers as those that use it need, and nodes are reached through each Nginx and the address. */
  healthy(withinMs = HEALTHY_WITHIN_MS): Promise<void> {
    return this.until(() => this.problems(), withinMs);
  }

  /** Nothing passes between the two any more; connections stay open on both sides and get no answer. 0: the clients. */
  cut(one: MachineNumber, other: MachineNumber): void {
    this.network.cut(one, other);
  }

  /** From all other machines and from clients: as if its cable were pulled. */
  isolate(machine: MachineNumber): void {
    for (const other of [HOST, ...this.layout.machines]) if (other !== machine) this.network.cut(machine, other);
  }

  /** The same as `cut` for one TCP port of either; on one machine between its own processes. */
  cutPort(one: MachineNumber, other: MachineNumber, port: number): void {
    this.network.cut(one, other, port);
  }

  /** Machines that hear nothing, or less, from others. */
  get cuts(): readonly Cut[] {
    return this.network.cuts();
  }

  /** Ends all cuts. */
  heal(): void {
    this.network.heal();
  }

  /** Ends every process of it, removes namespaces and bridge; `data`: its directory too. */
  async down({ data = false } = {}): Promise<void> {
    await this.table.stop(SUPERVISOR, 'SIGTERM');
    for (const roles of STOPPED_TOGETHER) {
      const together = this.planned.filter(({ name }) => roles.some((role) => name.startsWith(`${role}-`)));
      await Promise.all(together.map(({ name }) => this.table.stop(name, 'SIGTERM')));
    }
    for (const { name } of this.planned) rmSync(this.holdFile(name), { force: true });
    if (this.network.isOurs) {
      await this.endStragglers();
      this.network.remove();
      rmSync(this.layout.pageDirectory, { recursive: true, force: true });
    }
    if (data) rmSync(this.layout.directory, { recursive: true, force: true });
  }

  /** An application node ends at once where there is no database yet. */
  private async startAll(): Promise<void> {
    const isApp = ({ name }: PlannedProcess): boolean => name.startsWith('app-');
    const apps = this.planned.filter(isApp);
    const others = this.planned.filter((process) => !isApp(process));
    for (const { name } of others) this.start(name);
    const stores = others.filter(({ name }) => !name.startsWith('nginx-'));
    await this.until(() => this.problemsOf(stores), HEALTHY_WITHIN_MS, true);
    for (const { name } of apps) this.start(name);
    const isSupervised = this.layout.options.restartAfterMs !== undefined;
    if (isSupervised) this.startSupervisor();
    await this.until(() => this.problems(), HEALTHY_WITHIN_MS, !isSupervised);
  }

  private async problems(): Promise<string[]> {
    // What is asked through Nginx is in its log: only when the nodes are ready.
    const isFront = ({ name }: PlannedProcess): boolean => name.startsWith('nginx-');
    const behind = await this.problemsOf(this.planned.filter((process) => !isFront(process)));
    if (behind.length > 0) return behind;
    const front = this.check.front().then(
      () => [],
      (error: Error) => [error.message],
    );
    return [...(await this.problemsOf(this.planned.filter(isFront))), ...(await front)];
  }

  private async problemsOf(processes: readonly PlannedProcess[]): Promise<string[]> {
    const healths = await Promise.all(
      processes.map(async (process) => ({
        ...process,
        ...(this.isRunning(process.name) ? await this.check.of(process) : { role: '', problem: ENDED }),
      })),
    );
    const named = healths.flatMap(({ name, problem }) =>
      problem === undefined ? [] : [`${name}: ${problem}; its log is ${this.logFile(name)}`],
    );
    return [...named, ...leadership(healths)];
  }

  /** `strict`: one that has ended will not come back, so there is nothing to wait for. */
  private async until(problems: () => Promise<readonly string[]>, withinMs: number, strict = false): Promise<void> {
    for (const giveUpAt = Date.now() + withinMs; ;) {
      const found = await problems();
      if (found.length === 0) return;
      const isHopeless = strict && found.some((problem) => problem.includes(ENDED));
      if (isHopeless || Date.now() > giveUpAt) throw new TierError(`The tier is not healthy.\n${found.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Children that have outlived their process. Whatever runs on these machines is the tier's. */
  private async endStragglers(): Promise<void> {
    for (const pid of this.network.pids()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
      while (runningSince(pid) !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  private startSupervisor(): void {
    this.table.start(SUPERVISOR, {
      command: [process.execPath, MAIN, 'supervise', '--directory', this.layout.directory],
      environment: { PATH: SEARCHED },
      directory: this.layout.directory,
      logFile: this.logFile(SUPERVISOR),
    });
  }

  private holdFile(name: string): string {
    return this.layout.file('run', `${name}.held`);
  }

  private find(name: string): PlannedProcess {
    const found = this.planned.find((each) => each.name === name);
    if (found) return found;
    const names = this.planned.map((each) => each.name).join(', ');
    throw new TierError(`There is no process ${name}; there are ${names}.`);
  }
}

const ENDING: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT'];

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Profile } from '../../src/config/config.schema.js';
import { type DeepPartial, merge } from '../../src/config/deep-partial.js';
import { freePort, QUICK } from './server.js';

const MAIN = 'dist/src/main.js';
const READ_STEP = 16 * 1024 * 1024;

/** The built server as a process of its own, for what only a process can show: a kill, a restart, its memory. */
export class ServerProcess {
  private child: ChildProcess | undefined;
  output = '';

  private constructor(
    readonly port: number,
    readonly dataDirectory: string,
    private readonly profiles: string,
  ) {}

  static async start(overrides: DeepPartial<Profile> = {}): Promise<ServerProcess> {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build`);
    const profiles = mkdtempSync(join(tmpdir(), 'ashwire-profiles-'));
    const profile: unknown = parse(readFileSync('config/embedded.yaml', 'utf8'));
    writeFileSync(join(profiles, 'embedded.yaml'), stringify(merge(merge(profile, QUICK), overrides)));
    const server = new ServerProcess(await freePort(), mkdtempSync(join(tmpdir(), 'ashwire-')), profiles);
    await server.launch();
    return server;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Starts it again on the same port and data. */
  async launch(): Promise<void> {
    const environment = {
      ...process.env,
      PORT: String(this.port),
      ASHWIRE_DATA_DIR: this.dataDirectory,
      ASHWIRE_CONFIG_DIR: this.profiles,
    };
    const child = spawn(process.execPath, [MAIN], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    child.stderr.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
        if (chunk.includes('listens on')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${this.output}`)));
    });
  }

  /** Ends it by a signal and waits until it is gone. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  async close(): Promise<void> {
    await this.kill('SIGTERM');
    for (const folder of [this.dataDirectory, this.profiles]) rmSync(folder, { recursive: true, force: true });
  }

  /** Whether the bytes are anywhere in the writable memory of the process. Linux only. */
  async memoryContains(text: string): Promise<boolean> {
    const pid = this.child?.pid ?? 0;
    const maps = readFileSync(`/proc/${pid}/maps`, 'utf8')
      .split('\n')
      .filter((line) => / rw/.test(line));
    const memory = await open(`/proc/${pid}/mem`, 'r');
    try {
      for (const map of maps) {
        const [start = 0, end = 0] = (map.split(' ')[0] ?? '').split('-').map((address) => parseInt(address, 16));
        if (await rangeContains(memory, start, end, text)) return true;
      }
      return false;
    } finally {
      await memory.close();
    }
  }
}

async function rangeContains(
  memory: Awaited<ReturnType<typeof open>>,
  start: number,
  end: number,
  text: string,
): Promise<boolean> {
  // V8 keeps text as Latin-1 or UTF-16.
  const patterns = [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le')];
  for (let at = start; at < end; at += READ_STEP) {
    const buffer = Buffer.alloc(Math.min(READ_STEP + text.length * 2, end - at));
    try {
      await memory.read(buffer, 0, buffer.length, at);
    } catch {
      return false;
    }
    if (patterns.some((pattern) => buffer.includes(pattern))) return true;
  }
  return false;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

const MAIN = 'dist/src/main.js';

/** The built server as one process. */
export class NodeProcess {
  output = '';
  private child: ChildProcess | undefined;

  constructor(
    readonly port: number,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build`);
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Starts it, again after it has ended. */
  async launch(): Promise<void> {
    const env = { ...process.env, ...this.environment, PORT: String(this.port) };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
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

  /** Ends it by a signal, waits until it is gone and resolves with its exit code. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    }
    return child.exitCode;
  }
}

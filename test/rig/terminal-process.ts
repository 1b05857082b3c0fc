import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './people.js';

/** The built terminal client with pipes for a keyboard and a screen. */
export class TerminalProcess {
  output = '';
  private readonly child: ChildProcessWithoutNullStreams;

  constructor(
    name: string,
    server: string,
    data: string,
    more: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ) {
    const options = ['--name', name, '--server', server, '--data', data, ...more];
    const env = { ...process.env, ...environment };
    this.child = spawn(process.execPath, ['dist/terminal/main.js', ...options], { env });
    this.child.stdout.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  type(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** The first match in all that was shown so far, or from there on, waiting for it. */
  async shows(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    const match = (): RegExpExecArray | null => pattern.exec(this.output.slice(from));
    try {
      await eventually(() => match() !== null, 20_000);
    } catch {
      throw new Error(`${pattern.source} was never shown:\n${this.output}`);
    }
    return match() as RegExpExecArray;
  }

  /** Ends the input, as a script does at its last line. Resolves with the exit code. */
  async end(): Promise<number | null> {
    const gone = this.gone();
    this.child.stdin.end();
    return gone;
  }

  async kill(): Promise<void> {
    const gone = this.gone();
    this.child.kill('SIGKILL');
    await gone;
  }

  async gone(): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const [code] = (await once(this.child, 'exit')) as [number | null];
    return code;
  }
}

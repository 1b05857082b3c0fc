import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { APPLICATION_CORE, pin } from './cores.js';
import type { Question, Sample } from './probe.js';

const PROBE = new URL('./probe.js', import.meta.url).href;

export interface Program {
  readonly file: URL;
  readonly environment?: NodeJS.ProcessEnv;
  readonly flags?: readonly string[];
  /** Onto the core of the application; else wherever the system puts it. */
  readonly pinned?: boolean;
}

/** A server in a process of its own, with the probe inside. */
export class MeasuredProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Resolves when the program has printed `listens on <url>`. */
  static async start({ file, environment = {}, flags = [], pinned = false }: Program): Promise<MeasuredProcess> {
    const child = fork(file, {
      execArgv: ['--expose-gc', '--import', PROBE, ...flags],
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    if (pinned && child.pid !== undefined) pin(child.pid, APPLICATION_CORE);
    const url = await new Promise<string>((resolve, reject) => {
      let printed = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        const found = /listens on (\S+)/.exec(printed)?.[1];
        if (found) resolve(found);
      });
      child.once('exit', (code) => reject(new Error(`${file.pathname} ended with ${code}`)));
    });
    return new MeasuredProcess(child, url);
  }

  async ask(question: Question): Promise<Sample> {
    this.child.send(question);
    const [sample] = (await once(this.child, 'message')) as [Sample];
    return sample;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}

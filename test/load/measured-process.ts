import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Question, Sample } from './probe.js';

const PROBE = new URL('./probe.js', import.meta.url).href;

/** A server in a process of its own, with the probe inside. */
export class MeasuredProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Resolves when the program has printed `listens on <url>`. */
  static async start(
    program: URL,
    environment: NodeJS.ProcessEnv = {},
    flags: string[] = [],
  ): Promise<MeasuredProcess> {
    const child = fork(program, {
      execArgv: ['--expose-gc', '--import', PROBE, ...flags],
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      let printed = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        const found = /listens on (\S+)/.exec(printed)?.[1];
        if (found) resolve(found);
      });
      child.once('exit', (code) => reject(new Error(`${program.pathname} ended with ${code}`)));
    });
    return new MeasuredProcess(child, url);
  }

  async ask(question: Question): Promise<Sample> {
    this.child.send(question);
    const [sample] = (await once(this.child, 'message')) as [Sample];
    return sample;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }
}

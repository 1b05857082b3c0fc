import { MeasuredProcess, type Program } from './measured-process.js';
import type { Question, Sample } from './probe.js';

/** The equal processes of one application; what they cost is counted together. */
export class Nodes {
  private readonly running: MeasuredProcess[] = [];

  constructor(private readonly program: (index: number) => Program) {}

  get count(): number {
    return this.running.length;
  }

  /** Starts what is missing, one after the other, or ends what is too much. */
  async resize(count: number): Promise<void> {
    while (this.running.length < count) {
      this.running.push(await MeasuredProcess.start(this.program(this.running.length)));
    }
    await Promise.all(this.running.splice(count).map((node) => node.stop()));
  }

  /** Goes round: every index has a node. */
  urlOf(index: number): string {
    const node = this.running[index % this.running.length];
    if (!node) throw new Error('no node is running');
    return node.url;
  }

  /** Profiles get the number of their node. */
  async ask(question: Question): Promise<Sample> {
    const samples = await Promise.all(
      this.running.map((node, index) =>
        node.ask(
          typeof question === 'string' ? question : { saveProfile: `${question.saveProfile}-${index}.cpuprofile` },
        ),
      ),
    );
    const total = (field: keyof Sample): number => samples.reduce((sum, sample) => sum + sample[field], 0);
    return { cpuMicros: total('cpuMicros'), rssBytes: total('rssBytes'), heapBytes: total('heapBytes') };
  }
}

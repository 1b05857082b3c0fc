/**
 * Loaded into each measured process with --import: answers its parent's questions about CPU and memory. The process itself
 * is not changed by it, so what is measured is `npm start`.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { setTimeout as wait } from 'node:timers/promises';

export interface Sample {
  /** User and system time of all threads of the process since it started. */
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
}

export type Question = 'sample' | 'settled' | 'profile' | { readonly saveProfile: string };

let profiler: Session | undefined;

async function answer(question: Question): Promise<Sample> {
  if (question === 'settled') await settle();
  if (question === 'profile') await startProfile();
  if (typeof question === 'object') await saveProfile(question.saveProfile);
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { cpuMicros: user + system, rssBytes: rss, heapBytes: heapUsed + external };
}

/** Garbage gone and its pages given back; the first collection only queues finalizers. */
async function settle(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await wait(300);
  }
}

async function startProfile(): Promise<void> {
  profiler = new Session();
  profiler.connect();
  await profiler.post('Profiler.enable');
  await profiler.post('Profiler.start');
}

async function saveProfile(file: string): Promise<void> {
  const stopped = await profiler?.post('Profiler.stop');
  profiler?.disconnect();
  writeFileSync(file, JSON.stringify(stopped?.profile));
}

process.on('message', (question: Question) => {
  void answer(question).then((sample) => process.send?.(sample));
});
// Never outlives the bench, however that ended.
process.on('disconnect', () => process.exit());

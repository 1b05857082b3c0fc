import { atOnce } from './at-once.js';
import type { Report } from './report.js';
import type { Subject } from './subject.js';

/** Connections that make the process touch everything once, so that only what a connection keeps is counted after them. */
const WARM_UP = 100;
const CONNECTING_AT_ONCE = 50;

/** What a connection costs to open, and to keep while it is silent. In a fresh process, garbage collected before each look. */
export async function measureCrowd(subject: Subject, size: number, report: Report): Promise<void> {
  await subject.restart();
  await atOnce(CONNECTING_AT_ONCE, WARM_UP, () => subject.join());
  const before = await subject.process.ask('settled');
  await atOnce(CONNECTING_AT_ONCE, size - WARM_UP, () => subject.join());
  const connected = await subject.process.ask('sample');
  const after = await subject.process.ask('settled');
  const connections = size - WARM_UP;
  const per = (difference: number): number => difference / connections;
  report.add('connect, CPU µs', subject.name, per(connected.cpuMicros - before.cpuMicros));
  report.add('bytes a connection, resident', subject.name, per(after.rssBytes - before.rssBytes));
  report.add('bytes a connection, JavaScript heap', subject.name, per(after.heapBytes - before.heapBytes));
  // The crowds of both servers at once are more open files than a process may have.
  await subject.restart();
}

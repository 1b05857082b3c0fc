import { atOnce } from './at-once.js';
import { spentBy } from './cost.js';
import type { Report } from './report.js';
import type { Subject } from './subject.js';

/** Connections that make the process touch everything once, so that only what a connection keeps is counted after them. */
const WARM_UP = 100;
const CONNECTING_AT_ONCE = 50;

/** What a connection costs to open, and to keep while it is silent. In fresh processes, garbage collected before each look. */
export async function measureCrowd(subject: Subject, size: number, report: Report): Promise<void> {
  await subject.restart();
  await atOnce(CONNECTING_AT_ONCE, WARM_UP, () => subject.join());
  const before = await spentBy(subject, 'settled');
  await atOnce(CONNECTING_AT_ONCE, size - WARM_UP, () => subject.join());
  const connected = await spentBy(subject);
  const after = await spentBy(subject, 'settled');
  const per = (difference: number): number => difference / (size - WARM_UP);
  report.add('connect, CPU µs', subject.name, per(connected.nodes.cpuMicros - before.nodes.cpuMicros));
  report.add('bytes a connection, resident', subject.name, per(after.nodes.rssBytes - before.nodes.rssBytes));
  report.add('bytes a connection, JavaScript heap', subject.name, per(after.nodes.heapBytes - before.nodes.heapBytes));
  const inRedis = (after.redis?.primary.usedBytes ?? 0) - (before.redis?.primary.usedBytes ?? 0);
  if (after.redis) report.add('bytes a connection, in Redis', subject.name, per(inRedis));
  // The crowds of several servers at once are more open files than a process may have.
  await subject.restart();
}

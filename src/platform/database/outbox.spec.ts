import { beforeEach, expect, it } from '@jest/globals';
import { IsId } from '../../protocol/payloads/fields.js';
import { ManualClock } from '../../shared/clock.js';
import { RandomIds } from '../../shared/ids.js';
import { InProcessEventBus } from '../event-bus/adapters/in-process-event-bus.js';
import { defineEvent, type EventBus } from '../event-bus/event-bus.port.js';
import { PayloadValidators } from '../validation/payload-validator.js';
import type { Database } from './database.port.js';
import { Outbox, outboxSchema } from './outbox.js';
import { describeOnDatabases } from './spec/databases.fixture.js';

class OutboxSubject {
  @IsId() subjectId!: string;
}
const SubjectEnded = defineEvent('outbox.subject-ended', OutboxSubject);
const SubjectRenamed = defineEvent('outbox.subject-renamed', OutboxSubject);

describeOnDatabases((openDatabase) => {
  const ids = new RandomIds();
  let database: Database;
  let bus: EventBus;
  let outbox: Outbox;
  let failures: unknown[];
  let clock: ManualClock;
  const open = (): Outbox => {
    const opened = new Outbox(database, bus, (error) => failures.push(error), clock);
    opened.register(SubjectEnded);
    return opened;
  };
  const add = (subjectId: string) =>
    database.transaction((manager) => outbox.add(manager, SubjectEnded, { subjectId }));

  beforeEach(async () => {
    database = await openDatabase(outboxSchema);
    bus = new InProcessEventBus(new PayloadValidators());
    failures = [];
    clock = new ManualClock();
    outbox = open();
  });

  it('publishes what was committed, once and in order', async () => {
    const seen: string[] = [];
    bus.subscribe(SubjectEnded, ({ subjectId }) => void seen.push(subjectId));
    const subjects = [ids.next(), ids.next(), ids.next()];
    for (const subject of subjects) await add(subject);
    await Promise.all([outbox.drain(), outbox.drain()]);
    await outbox.drain();
    expect(seen).toEqual(subjects);
  });

  it('holds a payload of any size that a message may have', async () => {
    const subjectId = 'x'.repeat(100_000);
    await database.transaction((manager) => outbox.add(manager, SubjectEnded, { subjectId }));
    const rows = await database.read((manager) => manager.query<{ payload: string }[]>('SELECT payload FROM outbox'));
    expect(rows).toEqual([{ payload: JSON.stringify({ subjectId }) }]);
  });

  it('publishes nothing of a transaction that was rolled back', async () => {
    let seen = 0;
    bus.subscribe(SubjectEnded, () => void (seen += 1));
    const work = database.transaction(async (manager) => {
      await outbox.add(manager, SubjectEnded, { subjectId: ids.next() });
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    await outbox.drain();
    expect(seen).toBe(0);
  });

  it('keeps an event whose handler failed, for a later pass of any process, and lets others pass it', async () => {
    const [broken, sound] = [ids.next(), ids.next()];
    let fail = true;
    const seen: string[] = [];
    bus.subscribe(SubjectEnded, ({ subjectId }) => {
      if (subjectId === broken && fail) throw new Error('down');
      seen.push(subjectId);
    });
    await add(broken);
    await add(sound);
    await outbox.drain();
    expect([seen, failures.length]).toEqual([[sound], 1]);
    fail = false;
    await outbox.drain();
    expect(seen).toEqual([sound]);
    clock.advance(10_000);
    await open().drain();
    expect(seen).toEqual([sound, broken]);
  });

  it('is drained by several processes at once, each event by one, and first by the one that wrote it', async () => {
    const seen: string[] = [];
    bus.subscribe(SubjectEnded, async ({ subjectId }) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(subjectId);
    });
    const subjects = Array.from({ length: 20 }, () => ids.next());
    await Promise.all(subjects.map(add));
    const others = [open(), open(), open()];
    await Promise.all(others.map((other) => other.drain()));
    expect(seen).toEqual([]);
    clock.advance(10_000);
    await Promise.all([outbox, ...others].map((each) => each.drain()));
    expect(seen.toSorted()).toEqual(subjects.toSorted());
  });

  it('takes over what a process began to publish and died of, not before its time is up', async () => {
    let reached: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (reached = resolve));
    const seen: string[] = [];
    let isFirst = true;
    bus.subscribe(SubjectEnded, ({ subjectId }) => {
      seen.push(subjectId);
      if (!isFirst) return;
      isFirst = false;
      reached();
      return new Promise(() => undefined);
    });
    const subject = ids.next();
    await add(subject);
    void outbox.drain();
    await begun;
    clock.advance(59_999);
    await open().drain();
    expect(seen).toEqual([subject]);
    clock.advance(1);
    await open().drain();
    expect(seen).toEqual([subject, subject]);
  });

  it('leaves an event of a newer version to it', async () => {
    const subject = ids.next();
    const newer = open();
    newer.register(SubjectRenamed);
    await database.transaction((manager) => newer.add(manager, SubjectRenamed, { subjectId: ids.next() }));
    const seen: string[] = [];
    bus.subscribe(SubjectEnded, ({ subjectId }) => void seen.push(subjectId));
    await add(subject);
    clock.advance(10_000);
    await outbox.drain();
    expect([seen, failures.length]).toEqual([[subject], 1]);
    let renamed = 0;
    bus.subscribe(SubjectRenamed, () => void (renamed += 1));
    clock.advance(10_000);
    await newer.drain();
    expect(renamed).toBe(1);
  });

  it('refuses an event that it was not told of', async () => {
    const Unknown = defineEvent('outbox.unknown', OutboxSubject);
    const work = database.transaction((manager) => outbox.add(manager, Unknown, { subjectId: ids.next() }));
    await expect(work).rejects.toThrow('outbox.unknown');
  });
});

import { beforeEach, expect, it } from '@jest/globals';
import { IsId } from '../../protocol/payloads/fields.js';
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

describeOnDatabases((openDatabase) => {
  const ids = new RandomIds();
  let database: Database;
  let bus: EventBus;
  let outbox: Outbox;
  let failures: unknown[];
  const open = (): Outbox => {
    const opened = new Outbox(database, bus, (error) => failures.push(error));
    opened.register(SubjectEnded);
    return opened;
  };
  const add = (subjectId: string) =>
    database.transaction((manager) => outbox.add(manager, SubjectEnded, { subjectId }));

  beforeEach(async () => {
    database = await openDatabase(outboxSchema);
    bus = new InProcessEventBus(new PayloadValidators());
    failures = [];
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

  it('keeps an event whose handler failed, for the next pass or the next process', async () => {
    let fail = true;
    const seen: string[] = [];
    bus.subscribe(SubjectEnded, ({ subjectId }) => {
      if (fail) throw new Error('down');
      seen.push(subjectId);
    });
    const subject = ids.next();
    await add(subject);
    await outbox.drain();
    expect([seen, failures.length]).toEqual([[], 1]);
    fail = false;
    await open().drain();
    expect(seen).toEqual([subject]);
  });

  it('refuses an event that it was not told of', async () => {
    const Unknown = defineEvent('outbox.unknown', OutboxSubject);
    const work = database.transaction((manager) => outbox.add(manager, Unknown, { subjectId: ids.next() }));
    await expect(work).rejects.toThrow('outbox.unknown');
  });
});

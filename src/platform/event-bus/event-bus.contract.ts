import { beforeEach, describe, expect, it } from '@jest/globals';
import { IsId } from '../../protocol/payloads/fields.js';
import { RandomIds } from '../../shared/ids.js';
import { defineEvent, type EventBus } from './event-bus.port.js';

class ContractSubject {
  @IsId() subjectId!: string;
}
const SubjectMoved = defineEvent('contract.subject-moved', ContractSubject);
const SubjectLeft = defineEvent('contract.subject-left', ContractSubject);

/** What every EventBus does. */
export function describeEventBusContract(create: () => Promise<EventBus>): void {
  describe('EventBus', () => {
    const ids = new RandomIds();
    let bus: EventBus;

    beforeEach(async () => {
      bus = await create();
    });

    it('hands an event to every subscriber of its name and resolves when all are done', async () => {
      const seen: string[] = [];
      bus.subscribe(SubjectMoved, async ({ subjectId }) => {
        await Promise.resolve();
        seen.push(`first ${subjectId}`);
      });
      bus.subscribe(SubjectMoved, ({ subjectId }) => void seen.push(`second ${subjectId}`));
      bus.subscribe(SubjectLeft, () => void seen.push('another event'));
      const subjectId = ids.next();
      await bus.publish(SubjectMoved, { subjectId });
      expect(seen.sort()).toEqual([`first ${subjectId}`, `second ${subjectId}`]);
    });

    it('keeps the order of one publisher', async () => {
      const seen: string[] = [];
      bus.subscribe(SubjectMoved, ({ subjectId }) => void seen.push(subjectId));
      const published = Array.from({ length: 20 }, () => ids.next());
      for (const subjectId of published) await bus.publish(SubjectMoved, { subjectId });
      expect(seen).toEqual(published);
    });

    it('tries every subscriber though one throws, and then rejects', async () => {
      let reached = false;
      bus.subscribe(SubjectMoved, () => {
        throw new Error('no');
      });
      bus.subscribe(SubjectMoved, () => void (reached = true));
      await expect(bus.publish(SubjectMoved, { subjectId: ids.next() })).rejects.toThrow('contract.subject-moved');
      expect(reached).toBe(true);
    });

    it('refuses a payload that is not what the event declares', async () => {
      await expect(bus.publish(SubjectMoved, { subjectId: 'x' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    });

    it('gives each subscriber a value of its own', async () => {
      const event = { subjectId: ids.next() };
      bus.subscribe(SubjectMoved, (payload) => void (payload.subjectId = 'changed'));
      await bus.publish(SubjectMoved, event);
      expect(event.subjectId).not.toBe('changed');
    });
  });
}

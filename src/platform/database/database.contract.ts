import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import type { Database } from './database.port.js';

/** What every Database does. `create` gives one with a table `sample (id int primary key)`, empty. */
export function describeDatabaseContract(create: () => Promise<Database>): void {
  describe('Database', () => {
    let database: Database;
    const insert = (manager: EntityManager, id: number) => manager.query(`INSERT INTO sample (id) VALUES (${id})`);
    const ids = () =>
      database.read(async (manager) => {
        const rows = await manager.query<{ id: number }[]>('SELECT id FROM sample ORDER BY id');
        return rows.map(({ id }) => id);
      });
    const sizeOf = ({ length }: readonly unknown[]): number => length;
    const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

    beforeEach(async () => {
      database = await create();
    });

    afterEach(() => database.close());

    it('commits what a transaction has done, and gives its result', async () => {
      expect(await database.transaction((manager) => insert(manager, 1).then(() => 'done'))).toBe('done');
      expect(await ids()).toEqual([1]);
    });

    it('undoes everything when the work throws, and passes the error on', async () => {
      const work = database.transaction(async (manager) => {
        await insert(manager, 1);
        throw new RangeError('no');
      });
      await expect(work).rejects.toThrow(RangeError);
      expect(await ids()).toEqual([]);
    });

    it('looks up what is committed, and inside of a transaction what that has written', async () => {
      const count = () => database.lookUp((manager) => manager.query<unknown[]>('SELECT id FROM sample')).then(sizeOf);
      const [inside, outside] = await database.transaction(async (manager) => {
        await insert(manager, 1);
        return [await count(), count];
      });
      expect([inside, await outside()]).toEqual([1, 1]);
      await expect(database.lookUp(() => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
      expect(await count()).toBe(1);
    });

    it('rolls back nothing of another transaction that overlaps in time', async () => {
      const failing = database.transaction(async (manager) => {
        await insert(manager, 1);
        await pause(20);
        throw new Error('no');
      });
      const lasting = pause(5).then(() => database.transaction((manager) => insert(manager, 2)));
      await expect(failing).rejects.toThrow('no');
      await lasting;
      expect(await ids()).toEqual([2]);
    });

    it('reads only what is committed', async () => {
      const writing = database.transaction(async (manager) => {
        await insert(manager, 1);
        await pause(20);
        throw new Error('no');
      });
      const reading = pause(5).then(ids);
      await expect(writing).rejects.toThrow('no');
      expect(await reading).toEqual([]);
    });

    it('reads as of one moment, whatever is committed meanwhile', async () => {
      let writing: Promise<unknown> = Promise.resolve();
      const [before, after] = await database.read(async (manager) => {
        const count = () => manager.query<unknown[]>('SELECT id FROM sample').then(({ length }) => length);
        const first = await count();
        writing = database.transaction((other) => insert(other, 1));
        await pause(50);
        return [first, await count()];
      });
      await writing;
      expect([before, after, await ids()]).toEqual([0, 0, [1]]);
    });

    it('counts the rows that a statement matched, changed or not', async () => {
      const affected = await database.transaction(async (manager) => {
        await insert(manager, 1);
        const update = manager.createQueryBuilder().update('sample').set({ id: 1 });
        return (await update.where('id = 1').execute()).affected;
      });
      expect(affected).toBe(1);
    });

    it('commits and undoes what runs inside of a transaction with it, and shows it there', async () => {
      const work = (fails: boolean) =>
        database.transaction(async (manager) => {
          await insert(manager, 1);
          await database.transaction((inner) => insert(inner, 2));
          expect(await ids()).toEqual([1, 2]);
          if (fails) throw new Error('no');
        });
      await expect(work(true)).rejects.toThrow('no');
      expect(await ids()).toEqual([]);
      await work(false);
      expect(await ids()).toEqual([1, 2]);
    });

    it('takes nothing in that was started inside and not waited for', async () => {
      let late: Promise<unknown> = Promise.resolve();
      const work = database.transaction(async (manager) => {
        await insert(manager, 1);
        late = pause(20).then(() => database.transaction((other) => insert(other, 2)));
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      await late;
      expect(await ids()).toEqual([2]);
    });

    it('lets everyone through, in whatever order they take rows', async () => {
      await database.transaction(async (manager) => {
        for (const id of [1, 2]) await insert(manager, id);
      });
      const hold = (manager: EntityManager, id: number) => manager.query(`UPDATE sample SET id = id WHERE id = ${id}`);
      const both = (first: number) =>
        database.transaction(async (manager) => {
          await hold(manager, first);
          await pause(5);
          await hold(manager, 3 - first);
          return first;
        });
      expect(await Promise.all([1, 2, 1, 2, 1, 2].map(both))).toEqual([1, 2, 1, 2, 1, 2]);
    });

    it('answers a ping', async () => {
      await expect(database.ping()).resolves.toBeUndefined();
    });
  });
}

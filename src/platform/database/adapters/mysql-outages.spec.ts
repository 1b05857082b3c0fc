import { beforeEach, describe, expect, it } from '@jest/globals';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type MariadbDatabase, MariadbServer } from '../../../../test/rig/mariadb-server.js';
import { describeOnMariadbOfItsOwn } from '../spec/databases.fixture.js';
import { sampleSchema } from '../spec/sample.fixture.js';
import { MysqlDatabase } from './mysql-database.js';

const UNAVAILABLE = { code: 'UNAVAILABLE', retryable: true };

async function recovery(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  for (;;) {
    try {
      await work();
      return performance.now() - from;
    } catch (error) {
      if (performance.now() - from > 10_000) throw error;
      await pause(50);
    }
  }
}

describeOnMariadbOfItsOwn((_open, server) => {
  describe('MysqlDatabase, when its server is gone,', () => {
    let at: MariadbDatabase;
    let database: MysqlDatabase;
    const start = (hosts: readonly string[] = [at.host]): Promise<MysqlDatabase> =>
      MysqlDatabase.open({ ...at, hosts, poolSize: 5, requireSemiSync: false }, sampleSchema);
    const insert = (id: number): Promise<unknown> =>
      database.transaction((manager) => manager.query('INSERT INTO sample VALUES (?, ?, ?)', [id, String(id), 0]));
    const count = async (): Promise<number> =>
      (await database.lookUp((manager) => manager.query<unknown[]>('SELECT id FROM sample'))).length;
    /** Opens all connections of the pool, and leaves them idle. */
    const openAll = (): Promise<unknown> =>
      Promise.all(Array.from({ length: 5 }, () => database.read((manager) => manager.query('SELECT SLEEP(0.05)'))));

    beforeEach(async () => {
      at = await server().createDatabase();
      database = await start();
    });

    it('is UNAVAILABLE while the server is gone, and goes on within 10 seconds after its return', async () => {
      await insert(1);
      await openAll();
      const interrupted = database.transaction(async (manager) => {
        await manager.query("INSERT INTO sample VALUES (7, 'half', 0)");
        await server().kill('SIGKILL');
        await manager.query("INSERT INTO sample VALUES (8, 'half', 0)");
      });
      await expect(interrupted).rejects.toMatchObject(UNAVAILABLE);
      await expect(insert(2)).rejects.toMatchObject(UNAVAILABLE);
      await expect(count()).rejects.toMatchObject(UNAVAILABLE);
      await expect(database.ping()).rejects.toMatchObject(UNAVAILABLE);
      await server().launch();
      expect(await recovery(() => insert(3))).toBeLessThan(10_000);
      expect(await count()).toBe(2);
      await database.close();
    });

    it('leaves connections that went silent when the address moved', async () => {
      const address = await MovingAddress.to(server().port);
      const moved = await start([address.host]);
      const own = database;
      database = moved;
      await insert(1);
      await openAll();
      const begun = moved.transaction(async (manager) => {
        await manager.query("INSERT INTO sample VALUES (70, 'seventy', 0)");
        address.move();
        await manager.query("INSERT INTO sample VALUES (80, 'eighty', 0)");
      });
      const [first] = await Promise.all([
        pause(1_500).then(() => recovery(() => insert(2))),
        expect(begun).rejects.toMatchObject(UNAVAILABLE),
      ]);
      expect(first).toBeLessThan(6_000);
      // None of the others is waited for.
      const from = performance.now();
      for (let n = 3; n < 10; n += 1) await insert(n);
      expect(performance.now() - from).toBeLessThan(1_000);
      await moved.close();
      await own.close();
      await address.close();
    });

    it('writes nothing to a server that is read-only, and reads nothing old from it', async () => {
      await insert(1);
      await server().sql('SET GLOBAL read_only = 1');
      await expect(insert(2)).rejects.toMatchObject(UNAVAILABLE);
      await pause(1_100);
      await expect(count()).rejects.toMatchObject(UNAVAILABLE);
      await expect(database.ping()).rejects.toMatchObject(UNAVAILABLE);
      await server().sql('SET GLOBAL read_only = 0');
      await insert(3);
      expect(await count()).toBe(2);
      await database.close();
    });

    it('finds the primary among its hosts, and the next one', async () => {
      const other = await MariadbServer.start();
      try {
        await server().sql('SET GLOBAL read_only = 1');
        await other.sql(`CREATE DATABASE ${at.database}`);
        await other.sql(`GRANT ALL ON ${at.database}.* TO '${at.user}'@'%' IDENTIFIED BY '${at.password}'`);
        const own = database;
        database = await start([await nowhere(), at.host, other.host]);
        await insert(1);
        expect(await other.sql(`SELECT id FROM ${at.database}.sample`)).toEqual([{ id: 1 }]);
        await server().sql('SET GLOBAL read_only = 0');
        await insert(2);
        await other.kill('SIGKILL');
        expect(await recovery(() => insert(3))).toBeLessThan(10_000);
        expect(await count()).toBe(1);
        await Promise.all([database.close(), own.close()]);
      } finally {
        await server().sql('SET GLOBAL read_only = 0');
        await other.close();
      }
    });
  });
});

/** Where nobody listens. */
async function nowhere(): Promise<string> {
  const address = await MovingAddress.to(0);
  const { host } = address;
  await address.close();
  return host;
}

/** An address that one machine gives to another: who was connected hears nothing more, not even an end. */
class MovingAddress {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly listener: ReturnType<typeof createServer>) {}

  static async to(port: number): Promise<MovingAddress> {
    const listener = createServer();
    const address = new MovingAddress(listener);
    listener.on('connection', (client) => {
      const server = connect(port, '127.0.0.1');
      client.pipe(server).pipe(client);
      for (const socket of [client, server]) address.sockets.add(socket.on('error', () => socket.destroy()));
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return address;
  }

  get host(): string {
    return `127.0.0.1:${(this.listener.address() as { port: number }).port}`;
  }

  move(): void {
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.listener.close(() => resolve()));
  }
}

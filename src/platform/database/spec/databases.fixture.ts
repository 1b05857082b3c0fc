import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { MariadbServer } from '../../../../test/rig/mariadb-server.js';
import { sharedMariadb } from '../../../../test/rig/shared-server.js';
import { MysqlDatabase } from '../adapters/mysql-database.js';
import { joined, type OpenDatabase, openSqlite } from './open-database.fixture.js';

/** Fewer than many of the things that tests do at once, so that some wait for a connection. */
const POOL_SIZE = 12;

/** Runs the tests on SQLite in memory and on the MariaDB of this run. What they open is closed after each of them. */
export function describeOnDatabases(tests: (open: OpenDatabase) => void): void {
  describe('on SQLite', () => tests(openSqlite));
  describeOnMariadb(tests);
}

type MariadbTests = (open: OpenDatabase, server: () => MariadbServer) => void;

/** For tests that end the server or change its settings. */
export const describeOnMariadbOfItsOwn = (tests: MariadbTests): void =>
  describeOnMariadb(tests, () => MariadbServer.start());

export function describeOnMariadb(tests: MariadbTests, start: () => Promise<MariadbServer> = sharedMariadb): void {
  describe('on MariaDB', () => {
    let server: MariadbServer | undefined;
    const opened = new Set<MysqlDatabase>();
    const running = (): MariadbServer => {
      if (!server) throw new Error('MariaDB runs while tests do');
      return server;
    };
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server?.close());

    tests(async (...schemas) => {
      const { host, ...rest } = await running().createDatabase();
      const options = { hosts: [host], poolSize: POOL_SIZE, requireSemiSync: false, ...rest };
      const database = await MysqlDatabase.open(options, joined(schemas));
      opened.add(database);
      return database;
    }, running);

    // After those of the tests, which may have closed some themselves.
    afterEach(async () => {
      await Promise.allSettled([...opened].map((database) => database.close()));
      opened.clear();
    });
  });
}

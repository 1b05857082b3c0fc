import { type MariadbPlace, MariadbServer } from './mariadb-server.js';

const PATIENCE_MS = 10_000;

/** A primary, and a standby that has every commit before it returns. */
export class MariadbPair {
  private constructor(
    readonly primary: MariadbServer,
    readonly standby: MariadbServer,
  ) {}

  /** One that another process has started and will end. */
  static at({ primary, standby }: Record<'primary' | 'standby', MariadbPlace>): MariadbPair {
    return new MariadbPair(MariadbServer.at(primary), MariadbServer.at(standby));
  }

  static async start(): Promise<MariadbPair> {
    const primary = await MariadbServer.start({ settings: ['--server-id=1', '--read-only=0'] });
    try {
      const standby = await MariadbServer.start({ settings: ['--server-id=2', '--skip-slave-start=0'] });
      const pair = new MariadbPair(primary, standby);
      await pair.connect().catch(async (error: unknown) => {
        await standby.close();
        throw error;
      });
      return pair;
    } catch (error) {
      await primary.close();
      throw error;
    }
  }

  /** As the standby's machine does when the primary is gone for good. */
  async promote(): Promise<void> {
    for (const statement of ['STOP SLAVE', 'RESET SLAVE ALL', 'SET GLOBAL read_only = 0']) {
      await this.standby.sql(statement);
    }
  }

  /** Resolves once so many standbys acknowledge what the primary writes. */
  async hasStandbys(count: number): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const [row] = await this.primary.sql("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_clients'");
      if (Number(row?.['Value']) === count) return;
      if (Date.now() > until) throw new Error(`the primary does not have ${count} standbys:\n${this.standby.log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.primary.close(), this.standby.close()]);
  }

  private async connect(): Promise<void> {
    const { primary, standby } = this;
    await primary.sql("GRANT REPLICATION SLAVE ON *.* TO 'replica'@'%' IDENTIFIED BY 'replica'");
    await standby.sql(
      `CHANGE MASTER TO master_host='127.0.0.1', master_port=${primary.port}, master_user='replica',
       master_password='replica', master_use_gtid=slave_pos, master_connect_retry=1`,
    );
    await standby.sql('START SLAVE');
    await primary.sql('SET GLOBAL rpl_semi_sync_master_enabled = 1');
    await this.hasStandbys(1);
  }
}

import {
  Column,
  Entity,
  type EntityManager,
  type FindOptionsWhere,
  LessThanOrEqual,
  type MigrationInterface,
  PrimaryGeneratedColumn,
  type QueryRunner,
} from 'typeorm';
import { type Clock, SystemClock } from '../../shared/clock.js';
import { RandomIds } from '../../shared/ids.js';
import type { EventBus, EventDefinition } from '../event-bus/event-bus.port.js';
import type { Database, DatabaseSchema } from './database.port.js';

@Entity('outbox')
class OutboxRow {
  @PrimaryGeneratedColumn() id!: number;
  @Column('varchar') name!: string;
  @Column('text') payload!: string;
  /** The node whose turn it is until then; afterwards anybody's. */
  @Column('varchar') holder!: string;
  @Column('bigint') heldUntil!: number;
}

class CreateOutbox1700000000000 implements MigrationInterface {
  name = 'CreateOutbox1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    // Ascending and never used twice: the order of the events.
    const isMysql = runner.dataSource.options.type === 'mysql';
    const key = isMysql ? 'bigint PRIMARY KEY AUTO_INCREMENT' : 'integer PRIMARY KEY AUTOINCREMENT';
    await runner.query(
      `CREATE TABLE outbox (id ${key} NOT NULL, name varchar(64) NOT NULL, payload mediumtext NOT NULL)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox');
  }
}

class AddOutboxHolders1700000000020 implements MigrationInterface {
  name = 'AddOutboxHolders1700000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE outbox ADD COLUMN holder varchar(22) NOT NULL DEFAULT ''");
    await runner.query('ALTER TABLE outbox ADD COLUMN heldUntil bigint NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox DROP COLUMN heldUntil');
    await runner.query('ALTER TABLE outbox DROP COLUMN holder');
  }
}

export const outboxSchema: DatabaseSchema = {
  rows: [OutboxRow],
  migrations: [CreateOutbox1700000000000, AddOutboxHolders1700000000020],
};

/** For so long an event is left to the node that wrote it. */
const OWN_TURN_MS = 10_000;
/** For so long to the one that has begun to publish it. */
const PUBLISHING_MS = 60_000;
/** For so long to nobody after a subscriber has failed. */
const REST_MS = 10_000;

/**
 * Events that must not be lost: written in the transaction that makes them true, published after it, and kept until every
 * subscriber has handled them. By the node that wrote them; by another one if that takes too long. In order of their writing, but
 * for those whose subscriber failed: they come again, and others pass them.
 */
export class Outbox {
  private readonly definitions = new Map<string, EventDefinition<object>>();
  private readonly holder = new RandomIds().next();
  private draining: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly bus: EventBus,
    private readonly onFailure: (error: unknown) => void,
    private readonly clock: Clock = new SystemClock(),
  ) {}

  /** Names the events that this outbox may hold; call before {@link drain}. */
  register(...events: readonly EventDefinition<object>[]): void {
    for (const event of events) this.definitions.set(event.name, event);
  }

  /** Adds an event to the transaction of `manager`. Call {@link drain} once it is committed. */
  async add<T extends object>(manager: EntityManager, event: EventDefinition<T>, payload: T): Promise<void> {
    if (!this.definitions.has(event.name)) throw new Error(`the outbox does not know ${event.name}`);
    await manager.insert(OutboxRow, {
      ...{ name: event.name, payload: JSON.stringify(payload) },
      ...this.hold(OWN_TURN_MS),
    });
  }

  /** Publishes what this node has written, and what others have left. What failed stays for a later pass. */
  drain(): Promise<void> {
    this.draining = this.draining.then(() => this.pass()).catch(this.onFailure);
    return this.draining;
  }

  /** Resolves once the pass that is under way is through. */
  idle(): Promise<void> {
    return this.draining;
  }

  private async pass(): Promise<void> {
    const rows = await this.database.lookUp((manager) =>
      manager.find(OutboxRow, { where: this.ours, order: { id: 'ASC' }, take: 500 }),
    );
    for (const row of rows) if (await this.update(row, this.hold(PUBLISHING_MS))) await this.publish(row);
  }

  private async publish(row: OutboxRow): Promise<void> {
    try {
      const event = this.definitions.get(row.name);
      // Of a newer version, which will come back to it.
      if (!event) throw new Error(`the outbox holds an unknown event ${row.name}`);
      await this.bus.publish(event, JSON.parse(row.payload) as object);
    } catch (error) {
      this.onFailure(error);
      await this.update(row, { holder: '', heldUntil: this.clock.now() + REST_MS });
      return;
    }
    await this.database.transaction((manager) => manager.delete(OutboxRow, { id: row.id }));
  }

  /** False when another node has it now. */
  private update({ id }: OutboxRow, held: Pick<OutboxRow, 'holder' | 'heldUntil'>): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const which = this.ours.map((condition) => ({ id, ...condition }));
      const builder = manager.createQueryBuilder().update(OutboxRow).set(held).where(which);
      return (await builder.execute()).affected === 1;
    });
  }

  private get ours(): FindOptionsWhere<OutboxRow>[] {
    return [{ holder: this.holder }, { heldUntil: LessThanOrEqual(this.clock.now()) }];
  }

  private hold(forMs: number): Pick<OutboxRow, 'holder' | 'heldUntil'> {
    return { holder: this.holder, heldUntil: this.clock.now() + forMs };
  }
}

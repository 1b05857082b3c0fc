import {
  Column,
  Entity,
  type EntityManager,
  type MigrationInterface,
  PrimaryGeneratedColumn,
  type QueryRunner,
} from 'typeorm';
import type { EventBus, EventDefinition } from '../event-bus/event-bus.port.js';
import type { Database, DatabaseSchema } from './database.port.js';

@Entity('outbox')
class OutboxRow {
  @PrimaryGeneratedColumn() id!: number;
  @Column('varchar') name!: string;
  @Column('text') payload!: string;
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

export const outboxSchema: DatabaseSchema = { rows: [OutboxRow], migrations: [CreateOutbox1700000000000] };

/**
 * Events that must not be lost: written in the transaction that makes them true, published after it, and kept until every
 * subscriber has handled them. A crash in between publishes them again at the next start. In order of their writing.
 */
export class Outbox {
  private readonly definitions = new Map<string, EventDefinition<object>>();
  private draining: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly bus: EventBus,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Names the events that this outbox may hold; call before {@link drain}. */
  register(...events: readonly EventDefinition<object>[]): void {
    for (const event of events) this.definitions.set(event.name, event);
  }

  /** Adds an event to the transaction of `manager`. Call {@link drain} once it is committed. */
  async add<T extends object>(manager: EntityManager, event: EventDefinition<T>, payload: T): Promise<void> {
    if (!this.definitions.has(event.name)) throw new Error(`the outbox does not know ${event.name}`);
    await manager.insert(OutboxRow, { name: event.name, payload: JSON.stringify(payload) });
  }

  /** Publishes what is waiting. Resolves when this pass is through; what failed stays for the next pass. */
  drain(): Promise<void> {
    this.draining = this.draining.then(() => this.pass()).catch(this.onFailure);
    return this.draining;
  }

  /** Resolves once the pass that is under way is through. */
  idle(): Promise<void> {
    return this.draining;
  }

  private async pass(): Promise<void> {
    const rows = await this.database.read((manager) => manager.find(OutboxRow, { order: { id: 'ASC' }, take: 500 }));
    for (const row of rows) {
      const event = this.definitions.get(row.name);
      if (!event) throw new Error(`the outbox holds an unknown event ${row.name}`);
      await this.bus.publish(event, JSON.parse(row.payload) as object);
      await this.database.transaction((manager) => manager.delete(OutboxRow, { id: row.id }));
    }
  }
}

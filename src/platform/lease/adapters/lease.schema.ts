import { Column, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import type { DatabaseSchema } from '../../database/database.port.js';

@Entity('job_lease')
export class JobLeaseRow {
  @PrimaryColumn('varchar', { length: 64 }) name!: string;
  /** One hold; empty when nobody has it. */
  @Column('varchar', { length: 22 }) holder!: string;
  /** MySQL's driver gives bigint columns as text. */
  @Column('bigint', { name: 'expires_at', transformer: { to: (value: unknown) => value, from: Number } })
  expiresAt!: number;
}

class CreateJobLease1700000000500 implements MigrationInterface {
  name = 'CreateJobLease1700000000500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE job_lease (name varchar(64) NOT NULL PRIMARY KEY, holder varchar(22) NOT NULL, expires_at bigint NOT NULL)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE job_lease');
  }
}

export const leaseSchema: DatabaseSchema = { rows: [JobLeaseRow], migrations: [CreateJobLease1700000000500] };

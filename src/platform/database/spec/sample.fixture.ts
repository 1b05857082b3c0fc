import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { DatabaseSchema } from '../database.port.js';

class CreateSample1700000000001 implements MigrationInterface {
  name = 'CreateSample1700000000001';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE sample (id int PRIMARY KEY, content varchar(40) UNIQUE, amount bigint)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sample');
  }
}

export const sampleSchema: DatabaseSchema = { rows: [], migrations: [CreateSample1700000000001] };

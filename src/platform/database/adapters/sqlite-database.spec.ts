import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describeDatabaseContract } from '../database.contract.js';
import { SqliteDatabase } from './sqlite-database.js';

class CreateSample1700000000001 implements MigrationInterface {
  name = 'CreateSample1700000000001';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE sample (id int PRIMARY KEY, content text)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sample');
  }
}
const schema = { rows: [], migrations: [CreateSample1700000000001] };

describeDatabaseContract(() => SqliteDatabase.open(':memory:', schema));

describe('SqliteDatabase', () => {
  it('keeps its rows over a restart and leaves no byte of a deleted one in any file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ashwire-'));
    const file = join(folder, 'sample.db');
    const canary = 'canary-4711-secret';
    const filesWith = (text: string) =>
      readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));
    try {
      const first = await SqliteDatabase.open(file, schema);
      await first.transaction((manager) => manager.query('INSERT INTO sample VALUES (1, ?)', [canary]));
      await first.close();
      const second = await SqliteDatabase.open(file, schema);
      expect(await second.read((manager) => manager.query('SELECT id FROM sample'))).toHaveLength(1);
      expect(filesWith(canary)).toEqual(['sample.db']);
      await second.transaction((manager) => manager.query('DELETE FROM sample'));
      expect(filesWith(canary)).toEqual([]);
      await second.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

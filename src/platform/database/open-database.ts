import { resolve } from 'node:path';
import type { AshwireConfig } from '../../config/config.schema.js';
import { adapterMissing } from '../../config/built-adapters.js';
import { SqliteDatabase } from './adapters/sqlite-database.js';
import type { Database, DatabaseSchema } from './database.port.js';

/** Opens the database that the profile names, its tables up to date. */
export async function openDatabase(config: AshwireConfig, schemas: readonly DatabaseSchema[]): Promise<Database> {
  const schema = {
    rows: schemas.flatMap(({ rows }) => rows),
    migrations: schemas.flatMap(({ migrations }) => migrations),
  };
  const { database } = config.adapters;
  switch (database.kind) {
    case 'sqlite':
      return SqliteDatabase.open(
        database.file === ':memory:' ? ':memory:' : resolve(config.dataDirectory, database.file),
        schema,
      );
    case 'mysql':
      throw adapterMissing('database', 'mysql');
  }
}

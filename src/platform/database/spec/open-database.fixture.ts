import 'reflect-metadata';
import { SqliteDatabase } from '../adapters/sqlite-database.js';
import type { Database, DatabaseSchema } from '../database.port.js';

/** A new and empty database with the tables of the schemas. */
export type OpenDatabase = (...schemas: readonly DatabaseSchema[]) => Promise<Database>;

export const openSqlite: OpenDatabase = (...schemas) => SqliteDatabase.open(':memory:', joined(schemas));

export const joined = (schemas: readonly DatabaseSchema[]): DatabaseSchema => ({
  rows: schemas.flatMap(({ rows }) => rows),
  migrations: schemas.flatMap(({ migrations }) => migrations),
});

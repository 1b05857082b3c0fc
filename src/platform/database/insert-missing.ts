import type { EntityManager, ObjectLiteral, QueryDeepPartialEntity } from 'typeorm';

/**
 * Inserts a row unless there is one with its key, and holds the row until the commit: who inserts the same one waits. Not `INSERT
 * IGNORE`, with which MySQL swallows every other fault of the row too, and shares the lock of a row that is there, so that two
 * who then update it block each other.
 */
export async function insertMissing<T extends ObjectLiteral>(
  manager: EntityManager,
  rows: new () => T,
  row: QueryDeepPartialEntity<T>,
): Promise<void> {
  const key = manager.dataSource.getMetadata(rows).primaryColumns.map(({ databaseName }) => databaseName);
  await manager.createQueryBuilder().insert().into(rows).values(row).orUpdate(key, key).execute();
}

import { QueryFailedError } from 'typeorm';

const CODES: readonly unknown[] = ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'ER_DUP_ENTRY'];

/** Whether a statement failed because a unique key has the value already. Which key is not told alike by all drivers. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { driverError } = error as QueryFailedError<Error & { code?: unknown }>;
  return CODES.includes(driverError.code);
}

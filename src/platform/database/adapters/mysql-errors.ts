import { QueryFailedError } from 'typeorm';

interface DriverError extends Error {
  readonly code?: string;
  readonly errno?: number;
  /** The connection is of no more use. */
  readonly fatal?: boolean;
}

/** Deadlock; lock wait timeout. The same work may succeed when it is run again as a whole. */
const CONFLICTS: readonly unknown[] = [1213, 1205];
/** What a standby answers to a write: `--read-only` (1290; 1836 on MySQL), a session that only reads (1792). */
const READ_ONLY: readonly unknown[] = [1290, 1836, 1792];
/** Too many connections, disk or table full: it is there, but cannot do it now. */
const REFUSED: readonly unknown[] = [1040, 1203, 1021, 1114];
const UNREACHABLE: readonly unknown[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_WRITE_AFTER_END',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
];
/** They end the connection, but for an operator to mend, so they must be seen. */
const MISCONFIGURED = /^ER_(ACCESS|DBACCESS)_DENIED|^ER_BAD_DB_ERROR$|CERT|^HANDSHAKE_/;

/** The host that was asked is not the primary. */
export class NotPrimary extends Error {}

/** All connections are in use, and as many as may wait for one, or for as long. */
export class PoolExhausted extends Error {}

export const isConflict = (error: unknown): boolean => CONFLICTS.includes(driverErrorOf(error)?.errno);

/** Whether a statement failed because the server does not answer, or is not the one that takes writes. */
export const isOutage = (error: unknown): boolean => isOutageOfDriver(driverErrorOf(error));

/** The same while there is no work yet: whatever is thrown then is the driver's. */
export const isOutageAtStart = (error: unknown): boolean =>
  error instanceof NotPrimary || isOutageOfDriver(driverErrorOf(error) ?? (error as DriverError));

export const isRefused = (error: unknown): boolean => REFUSED.includes(driverErrorOf(error)?.errno);

export const isRefusedAtStart = (error: unknown): boolean =>
  error instanceof PoolExhausted || REFUSED.includes((driverErrorOf(error) ?? (error as DriverError)).errno);

/** Undefined for an error of the work itself. */
function driverErrorOf(error: unknown): DriverError | undefined {
  return error instanceof QueryFailedError ? (error.driverError as DriverError) : undefined;
}

function isOutageOfDriver({ errno, code, fatal }: Partial<DriverError> = {}): boolean {
  if (REFUSED.includes(errno) || (code !== undefined && MISCONFIGURED.test(code))) return false;
  return fatal === true || UNREACHABLE.includes(code) || READ_ONLY.includes(errno);
}

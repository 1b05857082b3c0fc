import { DomainError } from '../../../shared/domain-error.js';

/** What is missing to whoever built on another epoch: the current one, and who is in it. */
export const staleEpoch = ({ epoch, members }: { epoch: number; members: readonly string[] }): DomainError =>
  new DomainError('EPOCH_STALE', { epoch, members });

export const isStale = (error: unknown): boolean => error instanceof DomainError && error.code === 'EPOCH_STALE';

/**
 * - `STORAGE_IN_USE` another client has this folder open. Close it, or use another folder.
 * - `STORAGE_CLOSED` closed or wiped here, or wiped in another tab.
 * - `STORAGE_DAMAGED` a value does not open with the data key: changed from outside, or moved to another key name.
 */
export type StorageErrorCode = 'STORAGE_IN_USE' | 'STORAGE_CLOSED' | 'STORAGE_DAMAGED';

export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(
    readonly code: StorageErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

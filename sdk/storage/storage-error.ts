/** What a storage refuses, each with a sentence for a person. */
export const STORAGE_ERRORS = {
  STORAGE_IN_USE: 'Another Ashwire client is using this storage. Close it, or use another one.',
  STORAGE_CLOSED: 'The storage was closed here, or wiped or given another passphrase in another tab. Open it anew.',
  STORAGE_DAMAGED: 'Something in the storage was changed from outside and cannot be read.',
  STORAGE_DENIED: 'The browser gives no storage to this site, as in some private windows, or it is damaged.',
  STORAGE_FULL: 'There is no space left on this device. Nothing was stored.',
  STORAGE_LOCKED: 'This storage opens with its passphrase only.',
  WRONG_PASSPHRASE: 'This is not the passphrase.',
  BAD_PASSPHRASE: 'A passphrase has 8 to 256 characters.',
} as const;

export type StorageErrorCode = keyof typeof STORAGE_ERRORS;

export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(
    readonly code: StorageErrorCode,
    message: string = STORAGE_ERRORS[code],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

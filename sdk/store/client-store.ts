import type { ClientStorage, StorageChange } from '../storage/client-storage.port.js';
import type * as Records from './records.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Where one kind of record lives. */
export interface Kind<T> {
  readonly prefix: string;
  keyOf(record: T): string;
}

const single = <T>(prefix: string): Kind<T> => ({ prefix, keyOf: () => prefix });
const byConversation = <T extends { readonly conversationId: string }>(prefix: string): Kind<T> => ({
  prefix: `${prefix}/`,
  keyOf: ({ conversationId }) => `${prefix}/${conversationId}`,
});

export const KINDS = {
  account: single<Records.AccountRecord>('account'),
  tokens: single<Records.TokenRecord>('tokens'),
  clockOffset: single<{ readonly offset: number }>('clock-offset'),
  pendingIdentity: single<Records.PendingIdentityRecord>('pending-identity'),
  conversation: byConversation<Records.ConversationRecord>('conversation'),
  session: byConversation<Records.SessionRecord>('session'),
  pendingSession: byConversation<Records.PendingSessionRecord>('pending-session'),
  contact: {
    prefix: 'contact/',
    keyOf: ({ userId }: Records.ContactRecord) => `contact/${userId}`,
  },
  message: {
    prefix: 'message/',
    keyOf: ({ conversationId, id }: Records.MessageRecord) => `message/${conversationId}/${id}`,
  },
  keyPackage: {
    prefix: 'key-package/',
    keyOf: ({ reference }: Records.KeyPackageRecord) => `key-package/${reference}`,
  },
} as const;

/** Typed records over the storage port. Holds nothing in memory: another tab may have written since. */
export class ClientStore {
  constructor(private readonly storage: ClientStorage) {}

  /** `id`: what follows the kind's prefix; nothing for a single record. */
  async find<T>(kind: Kind<T>, id = ''): Promise<T | undefined> {
    const bytes = await this.storage.get(kind.prefix + id);
    return bytes && (JSON.parse(decoder.decode(bytes)) as T);
  }

  /** `within`: only keys that go on with this. */
  async list<T>(kind: Kind<T>, within = ''): Promise<T[]> {
    const entries = await this.storage.list(kind.prefix + within);
    return entries.map(({ value }) => JSON.parse(decoder.decode(value)) as T);
  }

  put<T>(kind: Kind<T>, record: T): StorageChange {
    return { put: kind.keyOf(record), value: encoder.encode(JSON.stringify(record)) };
  }

  delete(kind: Kind<never>, id = ''): StorageChange {
    return { delete: kind.prefix + id };
  }

  /** All or nothing, durable when it returns. */
  async commit(...changes: readonly StorageChange[]): Promise<void> {
    if (changes.length > 0) await this.storage.commit(changes);
  }

  exclusive<T>(name: string, action: () => Promise<T>): Promise<T> {
    return this.storage.exclusive(name, action);
  }

  wipe(): Promise<void> {
    return this.storage.wipe();
  }

  close(): Promise<void> {
    return this.storage.close();
  }
}

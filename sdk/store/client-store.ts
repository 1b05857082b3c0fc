import type { ClientStorage, StorageChange } from '../storage/client-storage.port.js';
import type * as Records from './records.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Where one kind of record lives. */
export interface Kind<T> {
  readonly prefix: string;
  /** A record without this field was stored by an earlier version, and is passed over. */
  readonly required?: keyof T;
  keyOf(record: T): string;
}

const single = <T>(prefix: string): Kind<T> => ({ prefix, keyOf: () => prefix });
const byConversation = <T extends { readonly conversationId: string }>(prefix: string, required: keyof T): Kind<T> => ({
  prefix: `${prefix}/`,
  required,
  keyOf: ({ conversationId }) => `${prefix}/${conversationId}`,
});

export const KINDS = {
  account: single<Records.AccountRecord>('account'),
  tokens: single<Records.TokenRecord>('tokens'),
  clockOffset: single<{ readonly offset: number }>('clock-offset'),
  pendingIdentity: single<Records.PendingIdentityRecord>('pending-identity'),
  conversation: byConversation<Records.ConversationRecord>('conversation', 'members'),
  session: byConversation<Records.SessionRecord>('session', 'members'),
  pendingSession: byConversation<Records.PendingSessionRecord>('pending-session', 'members'),
  pendingCommit: byConversation<Records.PendingCommitRecord>('pending-commit', 'commit'),
  group: {
    prefix: 'group/',
    keyOf: ({ groupId }: Records.GroupRecord) => `group/${groupId}`,
  },
  fellow: {
    prefix: 'fellow/',
    keyOf: ({ userId }: Records.FellowRecord) => `fellow/${userId}`,
  },
  contact: {
    prefix: 'contact/',
    keyOf: ({ userId }: Records.ContactRecord) => `contact/${userId}`,
  },
  message: {
    prefix: 'message/',
    keyOf: ({ conversationId, id }: Records.MessageRecord) => `message/${conversationId}/${id}`,
  },
  pendingPayment: {
    prefix: 'pending-payment/',
    keyOf: ({ orderId }: Records.PendingPaymentRecord) => `pending-payment/${orderId}`,
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
    const record = bytes && (JSON.parse(decoder.decode(bytes)) as T);
    return record && isOfThisVersion(kind, record) ? record : undefined;
  }

  /** `within`: only keys that go on with this. */
  async list<T>(kind: Kind<T>, within = ''): Promise<T[]> {
    const entries = await this.storage.list(kind.prefix + within);
    const records = entries.map(({ value }) => JSON.parse(decoder.decode(value)) as T);
    return records.filter((record) => isOfThisVersion(kind, record));
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

const isOfThisVersion = <T>({ required }: Kind<T>, record: T): boolean =>
  required === undefined || record[required] !== undefined;

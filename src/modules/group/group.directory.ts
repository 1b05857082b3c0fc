import { Inject, Injectable } from '@nestjs/common';
import type { ProcessCache } from '../../platform/cache/process-cache.js';
import { ProcessCaches } from '../../platform/cache/process-caches.js';
import { type GroupRecord, GroupStore } from './ports/group.store.port.js';

/** The groups of users, kept in the process: to show. Limits and rights ask the store. */
@Injectable()
export class GroupDirectory {
  private readonly cache: ProcessCache<readonly GroupRecord[]>;

  constructor(@Inject(GroupStore) store: GroupStore, @Inject(ProcessCaches) caches: ProcessCaches) {
    this.cache = caches.openSingle({ topic: 'group.groups', maxSize: 50_000 }, (userId) => store.list(userId));
  }

  /** Oldest first. */
  async of(userId: string): Promise<readonly GroupRecord[]> {
    return (await this.cache.get(userId)) ?? [];
  }

  /** After the commit of a change, for all who were members before or are after it. */
  changed(userIds: readonly string[]): void {
    for (const userId of userIds) this.cache.changed(userId);
  }
}

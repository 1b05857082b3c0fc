import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import QuickLRU from 'quick-lru';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import type { Settings } from '../../protocol/payloads/user.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { UserChanged, UserDeleted, UserFacade } from '../user/index.js';

type Sharing = Pick<Settings, 'sharePresence' | 'shareTyping' | 'shareRead'>;

const NOTHING: Sharing = { sharePresence: false, shareTyping: false, shareRead: false };

/** What users let others see, kept in the process: every receipt asks. */
@Injectable()
export class SharingDirectory implements OnModuleInit {
  private readonly known = new QuickLRU<string, Promise<Sharing>>({ maxSize: 50_000 });

  constructor(
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(EventBus) private readonly bus: EventBus,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe(UserChanged, ({ userId, what }) => (what === 'settings' ? this.forget(userId) : undefined));
    this.bus.subscribe(UserDeleted, ({ userId }) => this.forget(userId));
  }

  /** Nothing for a user that does not exist any more. */
  of(userId: string): Promise<Sharing> {
    const known = this.known.get(userId);
    if (known) return known;
    const loading: Promise<Sharing> = this.users.getSettings(userId).catch((error: unknown) => {
      this.forget(userId);
      if (error instanceof DomainError && error.code === 'NOT_FOUND') return NOTHING;
      throw error;
    });
    this.known.set(userId, loading);
    return loading;
  }

  private forget(userId: string): void {
    this.known.delete(userId);
  }
}

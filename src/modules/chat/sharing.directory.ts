import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '../../protocol/payloads/user.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { UserFacade } from '../user/index.js';

type Sharing = Pick<Settings, 'sharePresence' | 'shareTyping' | 'shareRead'>;

const NOTHING: Sharing = { sharePresence: false, shareTyping: false, shareRead: false };

/** What users let others see. */
@Injectable()
export class SharingDirectory {
  constructor(@Inject(UserFacade) private readonly users: UserFacade) {}

  /** Nothing for a user that does not exist any more. */
  async of(userId: string): Promise<Sharing> {
    try {
      return await this.users.getSettings(userId);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'NOT_FOUND') return NOTHING;
      throw error;
    }
  }
}

import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { LIMITS } from '../../protocol/limits.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { announceBurned } from './burn-announcement.js';
import { ConversationStore } from './ports/conversation.store.port.js';
import { MessageStore } from './ports/message.store.port.js';

const BATCH = 5_000;
const HANDSHAKE_SWEEP_MS = 60 * 60_000;

/** Burns what is due. Readers never see what is due, so a late reaper costs memory and a late notice, not a promise. */
@Injectable()
export class Reaper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Reaper.name);
  private timer: NodeJS.Timeout | undefined;
  private sweep: NodeJS.Timeout | undefined;
  private running = false;

  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(MessageStore) private readonly messages: MessageStore,
    @Inject(ConversationStore) private readonly conversations: ConversationStore,
    @Inject(Delivery) private readonly delivery: Delivery,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.reap(), this.config.messages.reapEveryMs);
    this.sweep = setInterval(() => void this.sweepHandshakes(), HANDSHAKE_SWEEP_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    clearInterval(this.sweep);
  }

  private async reap(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      for (let more = true; more;) {
        const batches = await this.messages.takeDue(BATCH);
        announceBurned(this.delivery, batches);
        more = batches.reduce((sum, { messages }) => sum + messages.length, 0) >= BATCH;
      }
    } catch (error) {
      // A store that is away says so itself, once; this comes round several times a second.
      const isAway = error instanceof DomainError && error.code === 'UNAVAILABLE';
      if (!isAway) this.logger.error({ stack: error instanceof Error ? error.stack : String(error) });
    } finally {
      this.running = false;
    }
  }

  private async sweepHandshakes(): Promise<void> {
    try {
      await this.conversations.removeHandshakesBefore(this.clock.now() - LIMITS.handshakeLifeMs);
    } catch (error) {
      this.logger.error({ stack: error instanceof Error ? error.stack : String(error) });
    }
  }
}

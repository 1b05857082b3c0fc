import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { RateLimiter } from '../../platform/rate-limit/rate-limiter.port.js';
import type { SubmitHandshakeRequest } from '../../protocol/payloads/chat.payloads.js';

/** Per sender, so that one member cannot keep the others from committing; resets, which cost everybody, per conversation. */
@Injectable()
export class HandshakeLimits {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  async submission(senderId: string, { conversationId, kind, baseEpoch }: SubmitHandshakeRequest): Promise<void> {
    const { handshakesPerConversation, resetsPerConversation } = this.config.limits;
    await this.limiter.consume('handshake', `${conversationId}:${senderId}`, handshakesPerConversation);
    if (kind !== 'reset' || baseEpoch === 0) return;
    await this.limiter.consume('session-reset', conversationId, resetsPerConversation);
  }
}

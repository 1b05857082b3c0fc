import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { RateLimiter } from '../../platform/rate-limit/rate-limiter.port.js';
import type {
  HandshakeDoneRequest,
  HandshakeListResult,
  ListHandshakesRequest,
  SubmitHandshakeRequest,
  SubmitHandshakeResult,
} from '../../protocol/payloads/chat.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { ConversationDirectory } from './conversation.directory.js';
import { ConversationStore } from './ports/conversation.store.port.js';

/** The order of a conversation's encryption: one handshake per epoch, kept apart from content. */
@Injectable()
export class HandshakeService {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(ConversationDirectory) private readonly directory: ConversationDirectory,
    @Inject(ConversationStore) private readonly store: ConversationStore,
    @Inject(Delivery) private readonly delivery: Delivery,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  async submit(sender: Principal, request: SubmitHandshakeRequest): Promise<SubmitHandshakeResult> {
    const { conversationId, baseEpoch, kind } = request;
    const { members } = await this.directory.get(conversationId, sender.userId);
    checkParts(request, members);
    await this.limit(conversationId, kind === 'reset' && baseEpoch > 0);
    try {
      const epoch = await this.store.acceptHandshake({
        ...request,
        senderId: sender.userId,
        senderDeviceId: sender.deviceId,
        members,
      });
      for (const userId of members) this.delivery.toUser(userId, 'handshake:received', { conversationId, epoch });
      return { epoch };
    } finally {
      this.directory.forget(conversationId);
    }
  }

  async list(caller: Principal, { conversationId, afterEpoch }: ListHandshakesRequest): Promise<HandshakeListResult> {
    const { epoch } = await this.directory.get(conversationId, caller.userId);
    const handshakes = await this.store.listHandshakes(conversationId, caller.deviceId, afterEpoch);
    return { epoch, handshakes };
  }

  async done(caller: Principal, { conversationId, epoch }: HandshakeDoneRequest): Promise<void> {
    await this.directory.get(conversationId, caller.userId);
    await this.store.markApplied(conversationId, caller.userId, epoch);
  }

  private async limit(conversationId: string, isReset: boolean): Promise<void> {
    const { handshakesPerConversation, resetsPerConversation } = this.config.limits;
    await this.limiter.consume('handshake', conversationId, handshakesPerConversation);
    if (isReset) await this.limiter.consume('session-reset', conversationId, resetsPerConversation);
  }
}

/** A reset welcomes people; a commit changes the group that is there. Nobody outside of the conversation is welcomed. */
function checkParts({ kind, commit, welcomes }: SubmitHandshakeRequest, members: readonly string[]): void {
  const problem = (field: string, what: string): never => {
    throw new DomainError('BAD_REQUEST', { problems: [{ field, problem: what }] });
  };
  if (kind === 'reset' && welcomes.length === 0) problem('welcomes', 'is required for a reset');
  if (kind === 'commit' && commit === undefined) problem('commit', 'is required for a commit');
  if (welcomes.some(({ userId }) => !members.includes(userId)))
    problem('welcomes', 'names someone who is not a member');
  if (new Set(welcomes.map(({ deviceId }) => deviceId)).size < welcomes.length)
    problem('welcomes', 'names a device twice');
}

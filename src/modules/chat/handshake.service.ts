import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/authentication/authenticator.js';
import type {
  HandshakeDoneRequest,
  HandshakeListResult,
  ListHandshakesRequest,
  SubmitHandshakeRequest,
  SubmitHandshakeResult,
} from '../../protocol/payloads/chat.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { GroupFacade } from '../group/index.js';
import { ConversationDirectory } from './conversation.directory.js';
import { checkParts, checkWelcomed } from './domain/handshake-parts.js';
import { isStale, staleEpoch } from './domain/stale-epoch.js';
import { EpochNews } from './epoch.news.js';
import { HandshakeLimits } from './handshake.limits.js';
import { type AcceptedEpoch, ConversationStore, type Roster } from './ports/conversation.store.port.js';

/** The order of a conversation's encryption: one handshake per epoch, kept apart from content. */
@Injectable()
export class HandshakeService {
  constructor(
    @Inject(ConversationDirectory) private readonly directory: ConversationDirectory,
    @Inject(ConversationStore) private readonly store: ConversationStore,
    @Inject(GroupFacade) private readonly groups: GroupFacade,
    @Inject(HandshakeLimits) private readonly limits: HandshakeLimits,
    @Inject(EpochNews) private readonly news: EpochNews,
  ) {}

  async submit(sender: Principal, request: SubmitHandshakeRequest): Promise<SubmitHandshakeResult> {
    const conversation = await this.directory.get(request.conversationId, sender.userId);
    checkParts(request, conversation.kind);
    // Who lost a race costs nothing, and may try again at once.
    if (request.baseEpoch < conversation.epoch) throw staleEpoch(conversation);
    await this.limits.submission(sender.userId, request);
    const { epoch, members } = await this.accept(sender, request);
    const { conversationId, change } = request;
    await this.news.tell({
      ...{ conversationId, kind: conversation.kind, epoch, members },
      ...{ added: change?.add ?? [], gone: change?.remove ?? [] },
    });
    return { epoch };
  }

  async list(caller: Principal, { conversationId, afterEpoch }: ListHandshakesRequest): Promise<HandshakeListResult> {
    const { epoch } = await this.directory.get(conversationId, caller.userId);
    const handshakes = await this.store.listHandshakes(conversationId, caller, afterEpoch);
    return { epoch, handshakes };
  }

  async done(caller: Principal, { conversationId, epoch }: HandshakeDoneRequest): Promise<void> {
    await this.directory.get(conversationId, caller.userId);
    await this.store.markApplied(conversationId, caller.userId, epoch);
  }

  private async accept(
    { userId: senderId, deviceId: senderDeviceId }: Principal,
    request: SubmitHandshakeRequest,
  ): Promise<AcceptedEpoch> {
    try {
      return await this.store.acceptHandshake({ ...request, senderId, senderDeviceId }, () =>
        this.agree(senderId, request),
      );
    } catch (error) {
      if (!isStale(error)) throw error;
      this.directory.forget(request.conversationId);
      throw staleEpoch(await this.directory.get(request.conversationId, senderId));
    }
  }

  /**
   * Runs in the transaction that took the epoch. Every change of members takes an epoch, so they hold still now, and what the
   * directory knew may be checked against them.
   */
  private async agree(senderId: string, request: SubmitHandshakeRequest): Promise<Roster> {
    const members = await this.membersAfter(senderId, request);
    checkWelcomed(request, senderId, members);
    return { members, added: request.change?.add ?? [] };
  }

  private async membersAfter(
    actorId: string,
    { conversationId, change }: SubmitHandshakeRequest,
  ): Promise<readonly string[]> {
    if (change) return (await this.groups.change({ groupId: conversationId, actorId, ...change })).members;
    const members = (await this.directory.findParties(conversationId))?.members ?? [];
    if (!members.includes(actorId)) throw new DomainError('NOT_FOUND');
    return members;
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { FriendRequestList, FriendView, OutgoingRequest } from '../../protocol/payloads/relation.payloads.js';
import { DomainError } from '../../shared/domain-error.js';
import { UserFacade } from '../user/index.js';
import { FriendRequestStore } from './ports/friend-request.store.port.js';
import { RelationFollowUp } from './relation.follow-up.js';
import { RelationLimits } from './relation.limits.js';
import { byUserId, incomingRequest, outgoingRequest } from './relation.views.js';
import { Stamps } from './stamps.js';

/** Requests by exact username. Their answers, entries and times are the same whether or not anybody can get them. */
@Injectable()
export class FriendRequestService {
  constructor(
    @Inject(FriendRequestStore) private readonly requests: FriendRequestStore,
    @Inject(UserFacade) private readonly users: UserFacade,
    @Inject(RelationFollowUp) private readonly followUp: RelationFollowUp,
    @Inject(RelationLimits) private readonly limits: RelationLimits,
    @Inject(Stamps) private readonly stamps: Stamps,
  ) {}

  async ask(requesterId: string, username: string): Promise<OutgoingRequest> {
    await this.limits.friendRequest(requesterId);
    const recipientId = (await this.users.findPersonByUsername(username))?.userId ?? null;
    if (recipientId === requesterId) throw new DomainError('NOT_YOURSELF');
    const [request, friendship] = [this.stamps.next(), this.stamps.next()];
    const asked = await this.requests.ask({ requesterId, username, recipientId, request, friendship });
    await this.followUp.asked(asked);
    return outgoingRequest(asked.request);
  }

  async list(userId: string): Promise<FriendRequestList> {
    const { incoming, outgoing } = await this.requests.list(userId);
    const requesters = byUserId(await this.users.listKnownPersons(incoming.map((request) => request.requesterId)));
    return {
      incoming: incoming.flatMap((request) => {
        const from = requesters.get(request.requesterId);
        return from ? [incomingRequest(request, from)] : [];
      }),
      outgoing: outgoing.map(outgoingRequest),
    };
  }

  async accept(requestId: string, recipientId: string): Promise<FriendView> {
    const begun = await this.requests.accept(requestId, recipientId, this.stamps.next());
    const friend = await this.followUp.began(begun, recipientId);
    if (!friend) throw new DomainError('NOT_FOUND');
    return friend;
  }

  async decline(requestId: string, recipientId: string): Promise<void> {
    if (!(await this.requests.decline(requestId, recipientId))) throw new DomainError('NOT_FOUND');
  }

  async cancel(requestId: string, requesterId: string): Promise<void> {
    const withdrawn = await this.requests.cancel(requestId, requesterId);
    if (withdrawn) await this.followUp.ended({ friendships: [], withdrawn: [withdrawn] });
  }
}

import { type EntityManager, In, LessThan, LessThanOrEqual, MoreThan, Not } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import { insertMissing } from '../../../platform/database/insert-missing.js';
import type { Outbox } from '../../../platform/database/outbox.js';
import { LIMITS } from '../../../protocol/limits.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import { ConversationChanged } from '../chat.events.js';
import {
  type AcceptedEpoch,
  type ConversationState,
  ConversationStore,
  type NewHandshake,
  type Roster,
  type StoredHandshake,
} from '../ports/conversation.store.port.js';
import { ConversationMemberRow, ConversationRow, HandshakeRow, HandshakeWelcomeRow } from './chat.rows.js';

export class TypeormConversationStore extends ConversationStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {
    super();
    outbox.register(ConversationChanged);
  }

  getState(conversationId: string): Promise<ConversationState> {
    return this.database.read(async (manager) => {
      const row = await manager.findOneBy(ConversationRow, { id: conversationId });
      const members = await manager.findBy(ConversationMemberRow, { conversationId });
      const chosen = members.flatMap(({ userId, burnAfterReadSeconds }): [string, number][] =>
        burnAfterReadSeconds === null ? [] : [[userId, burnAfterReadSeconds]],
      );
      const { epoch, isChanging } = row ?? { epoch: 0, isChanging: false };
      return { epoch, isChanging, burnAfterReadSeconds: new Map(chosen) };
    });
  }

  async setBurnAfterRead(conversationId: string, userId: string, burnAfterReadSeconds: number): Promise<void> {
    await this.database.transaction(async (manager) => {
      await ensureMember(manager, conversationId, userId, 0);
      await manager.update(ConversationMemberRow, { conversationId, userId }, { burnAfterReadSeconds });
    });
  }

  acceptHandshake(handshake: NewHandshake, agree: () => Promise<Roster>): Promise<AcceptedEpoch> {
    const { conversationId, baseEpoch } = handshake;
    const epoch = baseEpoch + 1;
    return this.database.transaction(async (manager) => {
      await ensureConversation(manager, conversationId);
      const taken = await manager.update(
        ConversationRow,
        { id: conversationId, epoch: baseEpoch },
        { epoch, isChanging: false },
      );
      if (taken.affected !== 1) {
        const row = await manager.findOneByOrFail(ConversationRow, { id: conversationId });
        throw new DomainError('EPOCH_STALE', { epoch: row.epoch });
      }
      const { members, added } = await agree();
      // A row of an earlier membership would show handshakes from before this one.
      if (added.length > 0) await manager.delete(ConversationMemberRow, { conversationId, userId: In([...added]) });
      await this.insert(manager, { ...handshake, epoch, members });
      for (const { deviceId } of handshake.welcomed) {
        await manager.insert(HandshakeWelcomeRow, { conversationId, epoch, deviceId });
      }
      await this.outbox.add(manager, ConversationChanged, { conversationId });
      return { epoch, members };
    });
  }

  acceptLeave(
    conversationId: string,
    leaverId: string,
    agree: () => Promise<readonly string[]>,
  ): Promise<AcceptedEpoch> {
    return this.database.transaction(async (manager) => {
      await ensureConversation(manager, conversationId);
      await manager.update(ConversationRow, { id: conversationId }, { epoch: () => 'epoch + 1', isChanging: true });
      const { epoch } = await manager.findOneByOrFail(ConversationRow, { id: conversationId });
      const members = await agree();
      if (members.length === 0) await removeConversation(manager, conversationId);
      else await this.insert(manager, { conversationId, epoch, kind: 'leave', senderId: leaverId, members });
      await this.outbox.add(manager, ConversationChanged, { conversationId });
      return { epoch, members };
    });
  }

  listHandshakes(
    conversationId: string,
    { userId, deviceId }: { userId: string; deviceId: string },
    afterEpoch: number,
  ): Promise<StoredHandshake[]> {
    return this.database.read(async (manager) => {
      const member = await manager.findOneBy(ConversationMemberRow, { conversationId, userId });
      if (!member) return [];
      const after = { conversationId, epoch: MoreThan(Math.max(afterEpoch, member.joinedEpoch - 1)) };
      const rows = await manager.find(HandshakeRow, { where: after, order: { epoch: 'ASC' } });
      const own = await manager.findBy(HandshakeWelcomeRow, { ...after, deviceId });
      const welcomed = new Set(own.map(({ epoch }) => epoch));
      return rows.map((row) => storedHandshake(row, welcomed.has(row.epoch)));
    });
  }

  async markApplied(conversationId: string, userId: string, epoch: number): Promise<void> {
    await this.database.transaction(async (manager) => {
      // The conversation first, as everywhere. Who marks last sees what the others have marked.
      await manager.update(ConversationRow, { id: conversationId }, { epoch: () => 'epoch' });
      const conversation = await manager.findOneBy(ConversationRow, { id: conversationId });
      const appliedEpoch = Math.min(epoch, conversation?.epoch ?? 0);
      const behind = { conversationId, userId, appliedEpoch: LessThan(appliedEpoch) };
      await manager.update(ConversationMemberRow, behind, { appliedEpoch });
      const everyone = await manager.minimum(ConversationMemberRow, 'appliedEpoch', { conversationId });
      await removeUpTo(manager, conversationId, everyone ?? 0);
    });
  }

  async remove(conversationId: string): Promise<void> {
    await this.database.transaction((manager) => removeConversation(manager, conversationId));
  }

  async removeHandshakesBefore(time: number): Promise<void> {
    await this.database.transaction(async (manager) => {
      const old = await manager.findBy(HandshakeRow, { acceptedAt: LessThan(time) });
      for (const { conversationId, epoch } of old) {
        await manager.delete(HandshakeRow, { conversationId, epoch });
        await manager.delete(HandshakeWelcomeRow, { conversationId, epoch });
      }
    });
  }

  private async insert(manager: EntityManager, handshake: AcceptedHandshake): Promise<void> {
    const { conversationId, epoch, kind, senderId, members } = handshake;
    await manager.insert(HandshakeRow, {
      ...{ conversationId, epoch, kind, senderId, members: [...members], acceptedAt: this.clock.now() },
      senderDeviceId: handshake.senderDeviceId ?? null,
      commit: handshake.commit ?? null,
      welcome: handshake.welcome ?? null,
      sealedName: handshake.sealedName ?? null,
    });
    // Who is gone must not hold up the deletion of what the others have applied.
    await manager.delete(ConversationMemberRow, { conversationId, userId: Not(In([...members])) });
    for (const userId of members) await ensureMember(manager, conversationId, userId, epoch);
    await removeUpTo(manager, conversationId, epoch - LIMITS.handshakesKept);
  }
}

type AcceptedHandshake = Pick<NewHandshake, 'conversationId' | 'senderId' | 'commit' | 'welcome' | 'sealedName'> &
  AcceptedEpoch & { readonly kind: HandshakeRow['kind']; readonly senderDeviceId?: string };

function storedHandshake(row: HandshakeRow, isWelcomed: boolean): StoredHandshake {
  const { epoch, kind, senderId, senderDeviceId, members, commit, welcome, sealedName } = row;
  return {
    ...{ epoch, kind, senderId, members },
    ...(senderDeviceId !== null && { senderDeviceId }),
    ...(commit !== null && { commit }),
    ...(isWelcomed && welcome !== null && { welcome }),
    ...(sealedName !== null && { sealedName }),
  };
}

async function ensureConversation(manager: EntityManager, id: string): Promise<void> {
  await insertMissing(manager, ConversationRow, { id, epoch: 0, isChanging: false });
}

async function ensureMember(
  manager: EntityManager,
  conversationId: string,
  userId: string,
  joinedEpoch: number,
): Promise<void> {
  const appliedEpoch = Math.max(0, joinedEpoch - 1);
  const values = { conversationId, userId, burnAfterReadSeconds: null, appliedEpoch, joinedEpoch };
  await insertMissing(manager, ConversationMemberRow, values);
}

async function removeUpTo(manager: EntityManager, conversationId: string, epoch: number): Promise<void> {
  const old = { conversationId, epoch: LessThanOrEqual(epoch) };
  await manager.delete(HandshakeRow, old);
  await manager.delete(HandshakeWelcomeRow, old);
}

async function removeConversation(manager: EntityManager, conversationId: string): Promise<void> {
  await manager.delete(ConversationRow, { id: conversationId });
  for (const row of [ConversationMemberRow, HandshakeRow, HandshakeWelcomeRow]) {
    await manager.delete(row, { conversationId });
  }
}

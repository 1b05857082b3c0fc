import { type EntityManager, LessThan, LessThanOrEqual, MoreThan } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import { LIMITS } from '../../../protocol/limits.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/domain-error.js';
import {
  type ConversationState,
  ConversationStore,
  type NewHandshake,
  type StoredHandshake,
} from '../ports/conversation.store.port.js';
import { ConversationMemberRow, ConversationRow, HandshakeRow, HandshakeWelcomeRow } from './chat.rows.js';

export class TypeormConversationStore extends ConversationStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  getState(conversationId: string): Promise<ConversationState> {
    return this.database.read(async (manager) => {
      const row = await manager.findOneBy(ConversationRow, { id: conversationId });
      const members = await manager.findBy(ConversationMemberRow, { conversationId });
      const chosen = members.flatMap(({ userId, burnAfterReadSeconds }): [string, number][] =>
        burnAfterReadSeconds === null ? [] : [[userId, burnAfterReadSeconds]],
      );
      return { epoch: row?.epoch ?? 0, burnAfterReadSeconds: new Map(chosen) };
    });
  }

  async setBurnAfterRead(conversationId: string, userId: string, burnAfterReadSeconds: number): Promise<void> {
    await this.database.transaction(async (manager) => {
      await ensureMember(manager, conversationId, userId);
      await manager.update(ConversationMemberRow, { conversationId, userId }, { burnAfterReadSeconds });
    });
  }

  acceptHandshake(handshake: NewHandshake): Promise<number> {
    const { conversationId, baseEpoch } = handshake;
    return this.database.transaction(async (manager) => {
      await manager
        .createQueryBuilder()
        .insert()
        .into(ConversationRow)
        .values({ id: conversationId, epoch: 0 })
        .orIgnore()
        .execute();
      const taken = await manager.update(
        ConversationRow,
        { id: conversationId, epoch: baseEpoch },
        { epoch: baseEpoch + 1 },
      );
      if (taken.affected !== 1) {
        const row = await manager.findOneByOrFail(ConversationRow, { id: conversationId });
        throw new DomainError('EPOCH_STALE', { epoch: row.epoch });
      }
      await this.insert(manager, handshake, baseEpoch + 1);
      return baseEpoch + 1;
    });
  }

  listHandshakes(conversationId: string, deviceId: string, afterEpoch: number): Promise<StoredHandshake[]> {
    return this.database.read(async (manager) => {
      const after = { conversationId, epoch: MoreThan(afterEpoch) };
      const rows = await manager.find(HandshakeRow, { where: after, order: { epoch: 'ASC' } });
      const welcomes = await manager.findBy(HandshakeWelcomeRow, { ...after, deviceId });
      const welcomeOf = new Map(welcomes.map(({ epoch, message }) => [epoch, message]));
      return rows.map(({ epoch, kind, senderId, senderDeviceId, commit }) => {
        const welcome = welcomeOf.get(epoch);
        return {
          epoch,
          kind,
          senderId,
          senderDeviceId,
          ...(commit !== null && { commit }),
          ...(welcome && { welcome }),
        };
      });
    });
  }

  async markApplied(conversationId: string, userId: string, epoch: number): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.update(
        ConversationMemberRow,
        { conversationId, userId, appliedEpoch: LessThan(epoch) },
        { appliedEpoch: epoch },
      );
      const everyone = await manager.minimum(ConversationMemberRow, 'appliedEpoch', { conversationId });
      await removeUpTo(manager, conversationId, everyone ?? 0);
    });
  }

  async remove(conversationId: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.delete(ConversationRow, { id: conversationId });
      for (const row of [ConversationMemberRow, HandshakeRow, HandshakeWelcomeRow]) {
        await manager.delete(row, { conversationId });
      }
    });
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

  private async insert(manager: EntityManager, handshake: NewHandshake, epoch: number): Promise<void> {
    const { conversationId, kind, senderId, senderDeviceId, commit, welcomes, members } = handshake;
    const acceptedAt = this.clock.now();
    await manager.insert(HandshakeRow, {
      conversationId,
      epoch,
      kind,
      senderId,
      senderDeviceId,
      commit: commit ?? null,
      acceptedAt,
    });
    for (const { deviceId, message } of welcomes) {
      await manager.insert(HandshakeWelcomeRow, { conversationId, epoch, deviceId, message });
    }
    for (const userId of members) await ensureMember(manager, conversationId, userId);
    await removeUpTo(manager, conversationId, epoch - LIMITS.handshakesKept);
  }
}

async function ensureMember(manager: EntityManager, conversationId: string, userId: string): Promise<void> {
  const values = { conversationId, userId, burnAfterReadSeconds: null, appliedEpoch: 0 };
  await manager.createQueryBuilder().insert().into(ConversationMemberRow).values(values).orIgnore().execute();
}

async function removeUpTo(manager: EntityManager, conversationId: string, epoch: number): Promise<void> {
  const old = { conversationId, epoch: LessThanOrEqual(epoch) };
  await manager.delete(HandshakeRow, old);
  await manager.delete(HandshakeWelcomeRow, old);
}

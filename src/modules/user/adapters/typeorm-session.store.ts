import { type EntityManager, In, IsNull, LessThan, MoreThan, Not } from 'typeorm';
import type { Database } from '../../../platform/database/database.port.js';
import {
  type NewSession,
  type Rotation,
  type Session,
  type SessionEnd,
  SessionStore,
} from '../ports/session.store.port.js';
import { DeviceRow, SessionRow } from './user.rows.js';

export class TypeormSessionStore extends SessionStore {
  constructor(private readonly database: Database) {
    super();
  }

  open(session: NewSession): Promise<string[] | null> {
    const { userId, deviceId, createdAt } = session;
    return this.database.transaction(async (manager) => {
      // Holds the device's row until the commit, so that it is not replaced in between.
      const held = await manager.update(DeviceRow, { deviceId, activeOf: userId }, { lastSeenAt: createdAt });
      if (held.affected !== 1) return null;
      await manager.delete(SessionRow, { userId, expiresAt: LessThan(createdAt) });
      const superfluous = await this.superfluous(manager, userId);
      if (superfluous.length > 0) {
        await manager.update(SessionRow, { sessionId: In(superfluous) }, { ended: 'SESSION_REVOKED' });
      }
      await manager.insert(SessionRow, { ...session, lastUsedAt: createdAt, ended: null });
      return superfluous;
    });
  }

  rotate({ sessionId, presentedHash, nextHash, now, expiresAt }: Rotation): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const result = await manager.update(
        SessionRow,
        { sessionId, refreshHash: presentedHash, ended: IsNull(), expiresAt: MoreThan(now) },
        { refreshHash: nextHash, lastUsedAt: now, expiresAt },
      );
      return result.affected === 1;
    });
  }

  async find(sessionId: string): Promise<Session | null> {
    const row = await this.database.lookUp((manager) => manager.findOneBy(SessionRow, { sessionId }));
    return row && sessionOf(row);
  }

  async list(userId: string, now: number): Promise<Session[]> {
    const rows = await this.database.lookUp((manager) =>
      manager.find(SessionRow, {
        where: { userId, ended: IsNull(), expiresAt: MoreThan(now) },
        order: { createdAt: 'DESC', sessionId: 'ASC' },
      }),
    );
    return rows.map(sessionOf);
  }

  end(userId: string, sessionId: string, why: SessionEnd, now: number): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const live = { userId, sessionId, ended: IsNull(), expiresAt: MoreThan(now) };
      const result = await manager.update(SessionRow, live, { ended: why });
      return result.affected === 1;
    });
  }

  /** What must end so that one more fits; what ended long ago is deleted on the way. */
  private async superfluous(manager: EntityManager, userId: string): Promise<string[]> {
    const order = { lastUsedAt: 'DESC', createdAt: 'DESC' } as const;
    const ended = await manager.find(SessionRow, { where: { userId, ended: Not(IsNull()) }, order });
    const forgotten = ended.slice(SessionStore.MAX_PER_USER).map(({ sessionId }) => sessionId);
    if (forgotten.length > 0) await manager.delete(SessionRow, { sessionId: In(forgotten) });
    const live = await manager.find(SessionRow, { where: { userId, ended: IsNull() }, order });
    return live.slice(SessionStore.MAX_PER_USER - 1).map(({ sessionId }) => sessionId);
  }
}

/** Ends all live sessions of a user within the transaction of `manager`. Returns their ids. */
export async function endSessions(
  manager: EntityManager,
  userId: string,
  why: SessionEnd,
  now: number,
): Promise<string[]> {
  const live = { userId, ended: IsNull(), expiresAt: MoreThan(now) };
  const rows = await manager.find(SessionRow, { select: { sessionId: true }, where: live });
  await manager.update(SessionRow, live, { ended: why });
  return rows.map(({ sessionId }) => sessionId);
}

function sessionOf(row: SessionRow): Session {
  const { sessionId, userId, deviceId, createdAt, lastUsedAt, expiresAt, ended } = row;
  return { sessionId, userId, deviceId, createdAt, lastUsedAt, expiresAt, ended };
}

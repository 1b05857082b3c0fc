import { describe, expect, it } from '@jest/globals';
import { randomId, TestPerson } from '../spec/test-person.js';
import type { AccountStore } from './account.store.port.js';
import { SessionStore } from './session.store.port.js';

export interface SessionStoreRig {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
}

const NOW = 1_000_000;
const LIFE = 1_000;

export function describeSessionStoreContract(create: () => Promise<SessionStoreRig>): void {
  const registered = async () => {
    const { accounts, sessions } = await create();
    const person = new TestPerson();
    await accounts.create(person.account(NOW));
    const { userId, deviceId } = person;
    const open = async (createdAt = NOW) => {
      const sessionId = randomId();
      const session = { sessionId, userId, deviceId, refreshHash: 'one', createdAt, expiresAt: createdAt + LIFE };
      return { sessionId, ended: await sessions.open(session) };
    };
    const rotation = { presentedHash: 'one', nextHash: 'two', now: NOW + 5, expiresAt: NOW + 5 + LIFE };
    return { sessions, person, open, rotation };
  };

  describe('SessionStore', () => {
    it('finds and lists live sessions, newest first', async () => {
      const { sessions, person, open } = await registered();
      const first = await open();
      const second = await open(NOW + 1);
      expect(await sessions.find(first.sessionId)).toEqual({
        ...{ sessionId: first.sessionId, userId: person.userId, deviceId: person.deviceId, ended: null },
        ...{ createdAt: NOW, lastUsedAt: NOW, expiresAt: NOW + LIFE },
      });
      const listed = await sessions.list(person.userId, NOW + 2);
      expect(listed.map(({ sessionId }) => sessionId)).toEqual([second.sessionId, first.sessionId]);
      expect(await sessions.list(person.userId, NOW + LIFE)).toHaveLength(1);
      expect(await sessions.find(randomId())).toBeNull();
    });

    it('exchanges a hash once, however many try at the same time', async () => {
      const { sessions, open, rotation } = await registered();
      const { sessionId } = await open();
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, i) => sessions.rotate({ ...rotation, sessionId, nextHash: `next${i}` })),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      expect(await sessions.find(sessionId)).toMatchObject({ lastUsedAt: NOW + 5, expiresAt: NOW + 5 + LIFE });
    });

    it('does not exchange another hash, nor of a session that ended or expired', async () => {
      const { sessions, person, open, rotation } = await registered();
      const { sessionId } = await open();
      expect(await sessions.rotate({ ...rotation, sessionId, presentedHash: 'zero' })).toBe(false);
      expect(await sessions.rotate({ ...rotation, sessionId, now: NOW + LIFE })).toBe(false);
      await sessions.end(person.userId, sessionId, 'SESSION_REVOKED', NOW);
      expect(await sessions.rotate({ ...rotation, sessionId })).toBe(false);
    });

    it('ends a session of its user once', async () => {
      const { sessions, person, open } = await registered();
      const { sessionId } = await open();
      expect(await sessions.end(randomId(), sessionId, 'SESSION_REVOKED', NOW)).toBe(false);
      const attempts = [1, 2].map(() => sessions.end(person.userId, sessionId, 'SESSION_REVOKED', NOW));
      expect((await Promise.all(attempts)).sort()).toEqual([false, true]);
      expect(await sessions.find(sessionId)).toMatchObject({ ended: 'SESSION_REVOKED' });
      expect(await sessions.list(person.userId, NOW)).toEqual([]);
    });

    it('makes room by ending the session used longest ago', async () => {
      const { sessions, person, open } = await registered();
      const opened = [];
      for (let i = 0; i < SessionStore.MAX_PER_USER; i++) opened.push(await open(NOW + i));
      expect(opened.flatMap(({ ended }) => ended ?? ['refused'])).toEqual([]);
      expect((await open(NOW + 50)).ended).toEqual([opened[0]?.sessionId]);
      expect(await sessions.list(person.userId, NOW + 50)).toHaveLength(SessionStore.MAX_PER_USER);
    });
  });
}

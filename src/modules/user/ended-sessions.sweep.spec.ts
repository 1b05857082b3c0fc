import { expect, it } from '@jest/globals';
import type { Socket } from 'socket.io';
import { eventually } from '../../../test/rig/redis-servers.js';
import { Connection } from '../../platform/socket/connection.js';
import { ConnectionRegistry } from '../../platform/socket/connection-registry.js';
import { SystemClock } from '../../shared/clock.js';
import { InMemorySessionRevocations } from './adapters/in-memory-session-revocations.js';
import { EndedSessionsSweep } from './ended-sessions.sweep.js';

const LIMITS = { events: { burst: 40, perSecond: 20 }, slowConsumerBytes: 1_048_576, violations: 30 };

it('closes the sockets of sessions that ended elsewhere, and no others', async () => {
  const said: unknown[] = [];
  const connect = (sessionId: string): Connection => {
    const socket = {
      conn: { writeBuffer: [] },
      emit: (event: string, payload: object) => said.push({ sessionId, event, ...payload }),
      disconnect: () => registry.remove(connection),
    };
    const principal = { userId: 'u', sessionId, deviceId: 'd', role: 'user' } as const;
    const connection = new Connection(socket as unknown as Socket, principal, LIMITS, 0);
    registry.add(connection);
    return connection;
  };
  const registry = new ConnectionRegistry();
  const [, , open] = [connect('revoked'), connect('replaced'), connect('open')];
  const revocations = new InMemorySessionRevocations(new SystemClock(), 600_000);
  const sweep = new EndedSessionsSweep(registry, revocations);
  sweep.onApplicationBootstrap();
  await revocations.revoke('revoked', 'SESSION_REVOKED');
  await revocations.revoke('replaced', 'DEVICE_REPLACED');
  await eventually(() => Promise.resolve(expect([...registry.all()]).toEqual([open])), 5_000);
  sweep.onApplicationShutdown();
  expect(said).toEqual([
    { sessionId: 'revoked', event: 'connection:closing', code: 'SESSION_REVOKED', action: 'login' },
    { sessionId: 'replaced', event: 'connection:closing', code: 'DEVICE_REPLACED', action: 'stop' },
  ]);
});

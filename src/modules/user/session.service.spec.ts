import { describe, expect, it } from '@jest/globals';
import { LoginService } from './login.service.js';
import { SessionService } from './session.service.js';
import { randomId, TestPerson } from './spec/test-person.js';
import { startUserModule } from './spec/user-rig.js';

const started = async () => {
  const rig = await startUserModule();
  const person = new TestPerson();
  const tokens = await rig.register(person);
  return { rig, person, tokens, sessions: rig.get(SessionService) };
};

describe('refresh', () => {
  it('rotates the token within the session', async () => {
    const { rig, tokens, sessions } = await started();
    rig.clock.advance(1_000);
    const next = await sessions.refresh(tokens.refreshToken);
    expect(next).toMatchObject({ userId: tokens.userId, username: tokens.username, sessionId: tokens.sessionId });
    expect(next.refreshToken).not.toBe(tokens.refreshToken);
    expect(await rig.principal(next)).toMatchObject({ sessionId: tokens.sessionId });
    await sessions.refresh(next.refreshToken);
  });

  it('ends the session for everyone when an old token comes back', async () => {
    const { rig, tokens, sessions } = await started();
    const next = await sessions.refresh(tokens.refreshToken);
    const refusal = { code: 'SESSION_REVOKED' };
    await expect(sessions.refresh(tokens.refreshToken)).rejects.toMatchObject(refusal);
    expect(rig.sent).toEqual([['close', tokens.sessionId, 'SESSION_REVOKED', 'login']]);
    await expect(sessions.refresh(next.refreshToken)).rejects.toMatchObject(refusal);
    await expect(rig.principal(next)).rejects.toMatchObject(refusal);
  });

  it('succeeds at most once for two with the same token', async () => {
    const { tokens, sessions } = await started();
    const both = [sessions.refresh(tokens.refreshToken), sessions.refresh(tokens.refreshToken)];
    const results = await Promise.allSettled(both);
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  });

  it('does not let an invented token end a session', async () => {
    const { rig, tokens, sessions } = await started();
    const [, secret = ''] = tokens.refreshToken.split('.');
    const invented = [
      `${tokens.sessionId}.${'A'.repeat(43)}`,
      `${randomId()}.${secret}`,
      `${tokens.sessionId}.${secret}A`,
      tokens.sessionId,
      tokens.accessToken,
      '',
    ];
    for (const token of invented) {
      await expect(sessions.refresh(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(rig.sent).toEqual([]);
    await sessions.refresh(tokens.refreshToken);
  });

  it('stores no token', async () => {
    const { rig, tokens } = await started();
    const rows: unknown = await rig.stores.database.read((manager) => manager.query('SELECT * FROM user_session'));
    const [, secret = ''] = tokens.refreshToken.split('.');
    expect(JSON.stringify(rows)).toContain(tokens.sessionId);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('is over when the session has expired', async () => {
    const { rig, tokens, sessions } = await started();
    rig.clock.advance(rig.config.sessions.refreshTokenMs);
    await expect(sessions.refresh(tokens.refreshToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('tells a replaced device that it was replaced', async () => {
    const { rig, person, tokens, sessions } = await started();
    person.moveToNewDevice();
    await rig.get(LoginService).addDevice(await rig.addDeviceRequest(person));
    await expect(sessions.refresh(tokens.refreshToken)).rejects.toMatchObject({ code: 'DEVICE_REPLACED' });
  });
});

describe('sessions', () => {
  it('are listed with the current one marked', async () => {
    const { rig, person, tokens, sessions } = await started();
    rig.clock.advance(5);
    const second = await rig.login(person);
    const list = await sessions.list(await rig.principal(tokens));
    expect(list.sessions.map(({ sessionId, current }) => [sessionId, current])).toEqual([
      [second.sessionId, false],
      [tokens.sessionId, true],
    ]);
  });

  it('end with their sockets and tokens', async () => {
    const { rig, person, tokens, sessions } = await started();
    const other = await rig.login(person);
    await rig.principal(other);
    await sessions.revoke(await rig.principal(tokens), other.sessionId);
    expect(rig.sent).toEqual([['close', other.sessionId, 'SESSION_REVOKED', 'login']]);
    await expect(rig.principal(other)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
    await rig.principal(tokens);
  });

  it('of another, ended or unknown are not found', async () => {
    const { rig, person, tokens, sessions } = await started();
    const stranger = await rig.register(new TestPerson());
    const ended = await rig.login(person);
    const caller = await rig.principal(tokens);
    await sessions.revoke(caller, ended.sessionId);
    for (const sessionId of [stranger.sessionId, ended.sessionId, randomId()]) {
      await expect(sessions.revoke(caller, sessionId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await rig.principal(stranger);
  });

  it('that were logged out stay so after a restart', async () => {
    const { rig, tokens, sessions } = await started();
    const caller = await rig.principal(tokens);
    await sessions.logout(caller);
    await expect(rig.principal(tokens)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
    const restarted = await startUserModule({ after: rig });
    await expect(restarted.principal(tokens)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  });

  it('that live go on after a restart', async () => {
    const { rig, tokens } = await started();
    const restarted = await startUserModule({ after: rig });
    expect(await restarted.principal(tokens)).toMatchObject({ sessionId: tokens.sessionId });
  });
});

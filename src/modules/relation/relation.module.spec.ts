import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { CONFIG } from '../../config/config.token.js';
import { Authenticator, type Principal } from '../../platform/authentication/authenticator.js';
import { ProcessCaches } from '../../platform/cache/process-caches.js';
import { Database } from '../../platform/database/database.port.js';
import { Outbox } from '../../platform/database/outbox.js';
import { Delivery } from '../../platform/delivery/delivery.port.js';
import { EventBus } from '../../platform/event-bus/event-bus.port.js';
import { AccessGuard } from '../../platform/http/access.guard.js';
import { ErrorFilter } from '../../platform/http/error.filter.js';
import { PayloadPipe } from '../../platform/http/payload.pipe.js';
import { InMemoryRateLimiter } from '../../platform/rate-limit/adapters/in-memory-rate-limiter.js';
import { RateLimiter } from '../../platform/rate-limit/rate-limiter.port.js';
import { InProcessSignals } from '../../platform/signals/adapters/in-process-signals.js';
import { Signals } from '../../platform/signals/signals.port.js';
import { PayloadValidators } from '../../platform/validation/payload-validator.js';
import type { CreatedInvitation, FriendView, OutgoingRequest } from '../../protocol/payloads/relation.payloads.js';
import { Clock, ManualClock } from '../../shared/clock.js';
import { Ids, RandomIds } from '../../shared/ids.js';
import { UserFacade, UserModule } from '../user/index.js';
import { RelationFacade, RelationModule } from './index.js';
import { InMemoryUserFacade } from './spec/in-memory-user.facade.fixture.js';
import { openTypeormStores } from './spec/open-stores.fixture.js';
import { RecordingDelivery } from './spec/recording-delivery.fixture.js';

const users = new InMemoryUserFacade();
const many = { points: 100, perMs: 60_000 };
const limits = { friendRequestsPerUser: many, invitationTriesPerUser: many, keyPackageClaimsPerPair: many };

@Module({ providers: [{ provide: UserFacade, useValue: users }], exports: [UserFacade] })
class Users {}

/** The token is the user's id. */
class TrustingAuthenticator extends Authenticator {
  authenticate(userId: string): Promise<Principal> {
    return Promise.resolve({ userId, deviceId: userId, sessionId: userId, role: 'user' });
  }
}

function surroundings(stores: Awaited<ReturnType<typeof openTypeormStores>>): new () => object {
  const providers = [
    { provide: CONFIG, useValue: { limits } },
    { provide: Database, useValue: stores.database },
    { provide: Outbox, useValue: stores.outbox },
    { provide: EventBus, useValue: stores.bus },
    { provide: RateLimiter, useClass: InMemoryRateLimiter },
    { provide: Delivery, useClass: RecordingDelivery },
    { provide: Clock, useClass: ManualClock },
    { provide: Ids, useClass: RandomIds },
    { provide: Authenticator, useClass: TrustingAuthenticator },
    { provide: Signals, useClass: InProcessSignals },
    ProcessCaches,
    PayloadValidators,
  ];
  @Global()
  @Module({ providers, exports: providers })
  class Surroundings {}
  return Surroundings;
}

describe('the relation module over HTTP', () => {
  let application: NestFastifyApplication;
  let origin: string;
  let stores: Awaited<ReturnType<typeof openTypeormStores>>;
  const [ann, bob, cleo] = [users.add('ann'), users.add('bob'), users.add('cleo')];

  beforeAll(async () => {
    stores = await openTypeormStores();
    const testing = Test.createTestingModule({
      imports: [surroundings(stores), RelationModule],
      providers: [
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_PIPE, useClass: PayloadPipe },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    });
    const module = await testing.overrideModule(UserModule).useModule(Users).compile();
    application = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    await application.listen(0, '127.0.0.1');
    origin = await application.getUrl();
  });
  afterAll(async () => {
    await application.close();
    await stores.close();
  });

  async function call<T>(userId: string, line: string, payload?: object): Promise<{ status: number; body: T }> {
    const [method = '', path] = line.split(' ');
    const authorization = `Bearer ${userId}`;
    const body = payload && {
      body: JSON.stringify(payload),
      headers: { authorization, 'content-type': 'application/json' },
    };
    const response = await fetch(`${origin}/api${path}`, { method, headers: { authorization }, ...body });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : null) as T };
  }

  it('leads two people from a request to a friendship and back', async () => {
    const asked = await call<OutgoingRequest>(ann.userId, 'POST /friend-requests', { username: 'bob' });
    expect(asked).toMatchObject({ status: 202, body: { username: 'bob' } });
    const { requestId } = asked.body;
    expect(await call(bob.userId, 'GET /friend-requests')).toMatchObject({
      status: 200,
      body: { incoming: [{ requestId }] },
    });
    const accepted = await call<FriendView>(bob.userId, `POST /friend-requests/${requestId}/accept`);
    expect(accepted).toMatchObject({ status: 200, body: { username: 'ann' } });
    const { conversationId } = accepted.body;
    expect(await call(ann.userId, 'GET /friends')).toMatchObject({
      status: 200,
      body: { friends: [{ conversationId }], limit: 20 },
    });
    expect(await application.get(RelationFacade).findFriendship(conversationId)).not.toBeNull();
    expect(await call(ann.userId, `POST /friends/${bob.userId}/key-package`)).toMatchObject({ status: 200 });
    expect(await call(ann.userId, `GET /friends/${bob.userId}/identity-keys`)).toMatchObject({ status: 200 });
    expect(await call(ann.userId, `DELETE /friends/${bob.userId}`)).toEqual({ status: 204, body: null });
    expect(await call(ann.userId, `DELETE /friends/${bob.userId}`)).toMatchObject({ status: 404 });
  });

  it('declines, cancels, blocks and lifts a block without a body', async () => {
    const first = await call<OutgoingRequest>(cleo.userId, 'POST /friend-requests', { username: 'ann' });
    expect(await call(ann.userId, `POST /friend-requests/${first.body.requestId}/decline`)).toEqual({
      status: 204,
      body: null,
    });
    expect(await call(cleo.userId, `DELETE /friend-requests/${first.body.requestId}`)).toEqual({
      status: 204,
      body: null,
    });
    expect(await call(ann.userId, 'POST /blocks', { userId: cleo.userId })).toEqual({ status: 204, body: null });
    expect(await call(ann.userId, 'GET /blocks')).toMatchObject({
      status: 200,
      body: { blocked: [{ username: 'cleo' }] },
    });
    expect(await call(ann.userId, `DELETE /blocks/${cleo.userId}`)).toEqual({ status: 204, body: null });
  });

  it('makes, lists, redeems and revokes invitations', async () => {
    const made = await call<CreatedInvitation>(ann.userId, 'POST /invitations');
    expect(made).toMatchObject({ status: 201 });
    expect(await call(ann.userId, 'GET /invitations')).toMatchObject({ status: 200, body: { invitations: [{}] } });
    const { code } = made.body;
    expect(await call(cleo.userId, 'POST /invitations/redeem', { code })).toMatchObject({
      status: 200,
      body: { username: 'ann' },
    });
    expect(await call(cleo.userId, 'POST /invitations/redeem', { code })).toMatchObject({
      status: 404,
      body: { error: { code: 'INVITATION_INVALID', details: {} } },
    });
    const { invitationId } = (await call<CreatedInvitation>(ann.userId, 'POST /invitations')).body;
    expect(await call(ann.userId, `DELETE /invitations/${invitationId}`)).toEqual({ status: 204, body: null });
  });

  it.each([
    ['GET /friends/x%27%20OR%201=1/identity-keys', undefined, 404],
    ['POST /friends/1/key-package', undefined, 404],
    ['POST /friend-requests', { username: 'Bob' }, 400],
    ['POST /friend-requests', { username: ['bob'] }, 400],
    ['POST /friend-requests', { username: 'bob', isAdmin: true }, 400],
    ['POST /friend-requests', {}, 400],
    ['POST /invitations/redeem', { code: 'short' }, 400],
    ['POST /blocks', { userId: { $ne: null } }, 400],
  ])('refuses %s %j with %i', async (line, payload, status) => {
    expect(await call(ann.userId, line, payload)).toMatchObject({ status });
  });

  it('needs a token on every route, and documents every route', async () => {
    const document = SwaggerModule.createDocument(application, new DocumentBuilder().addBearerAuth().build());
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        path,
        method,
        operation: operation as { security?: unknown },
      })),
    );
    expect(operations).toHaveLength(16);
    for (const { path, method, operation } of operations) {
      expect(operation.security).toEqual([{ bearer: [] }]);
      const response = await fetch(origin + path.replaceAll(/\{\w+\}/g, ann.userId), { method: method.toUpperCase() });
      expect(response.status).toBe(401);
    }
  });
});

import 'reflect-metadata';
import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { type Challenge as WorkToDo, solveChallenge } from 'altcha-lib';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type AshwireConfig, profileSchema } from '../../../config/config.schema.js';
import { CONFIG } from '../../../config/config.token.js';
import { Authenticator, type Principal } from '../../../platform/authentication/authenticator.js';
import { ProcessCaches } from '../../../platform/cache/process-caches.js';
import { Database } from '../../../platform/database/database.port.js';
import { Outbox } from '../../../platform/database/outbox.js';
import { Delivery } from '../../../platform/delivery/delivery.port.js';
import { EventBus } from '../../../platform/event-bus/event-bus.port.js';
import { AccessGuard } from '../../../platform/http/access.guard.js';
import { ErrorFilter } from '../../../platform/http/error.filter.js';
import { PayloadPipe } from '../../../platform/http/payload.pipe.js';
import { InMemoryRateLimiter } from '../../../platform/rate-limit/adapters/in-memory-rate-limiter.js';
import { RateLimiter } from '../../../platform/rate-limit/rate-limiter.port.js';
import { RedisConnections } from '../../../platform/redis/redis-connections.js';
import { InProcessSignals } from '../../../platform/signals/adapters/in-process-signals.js';
import { Signals } from '../../../platform/signals/signals.port.js';
import { ConnectionRegistry } from '../../../platform/socket/connection-registry.js';
import { PayloadValidators } from '../../../platform/validation/payload-validator.js';
import type { RegisterRequest, RegistrationTerms, SessionTokens } from '../../../protocol/payloads/user.payloads.js';
import { challengeBytes, type ChallengePurpose, registrationBytes } from '../../../protocol/signing.js';
import { Clock, ManualClock } from '../../../shared/clock.js';
import { Ids, RandomIds } from '../../../shared/ids.js';
import { ChallengeService } from '../challenge.service.js';
import { LoginService } from '../login.service.js';
import { RegistrationGate } from '../registration.gate.js';
import { RegistrationService } from '../registration.service.js';
import { UserChanged } from '../user.events.js';
import { UserModule } from '../user.module.js';
import { openStores, type OpenStores } from './open-stores.js';
import type { TestPerson } from './test-person.js';

export interface RigOptions {
  readonly mode?: 'open' | 'invitation';
  readonly limits?: Partial<AshwireConfig['limits']>;
  /** Of the process before, to stand for a restart. */
  readonly after?: UserRig;
}

const PLENTY = { points: 10_000, perMs: 60_000 };

function configOf({ mode = 'open', limits, after }: RigOptions): AshwireConfig {
  const profile = profileSchema.parse(parse(readFileSync('config/embedded.yaml', 'utf8')));
  const { privateKey } = generateKeyPairSync('ed25519');
  const proofOfWork = { cost: 10, baseTries: 4, doublesEvery: 2, maxTries: 16, expiresMs: 60_000 };
  const plenty = { challengePerAddress: PLENTY, challengePerAccount: PLENTY, registrationPerAddress: PLENTY };
  return {
    ...profile,
    registration: { mode, proofOfWork },
    limits: { ...profile.limits, ...plenty, ...limits },
    secrets: after?.config.secrets ?? {
      accessTokenKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      proofOfWorkKey: 'p'.repeat(43),
      blindingKey: 'b'.repeat(43),
    },
    dataDirectory: '.',
    version: '0',
  };
}

class RecordingDelivery extends Delivery {
  readonly log: unknown[][] = [];

  toUser(userId: string, event: string, payload: unknown): void {
    this.log.push([event, userId, payload]);
  }

  closeSession(sessionId: string, code: string, action: string): void {
    this.log.push(['close', sessionId, code, action]);
  }

  closeUser(userId: string, code: string, action: string): void {
    this.log.push(['close user', userId, code, action]);
  }
}

const validators = new PayloadValidators();

/** What the composition root puts around all controllers. */
const EDGE = [
  { provide: APP_GUARD, useClass: AccessGuard },
  { provide: APP_PIPE, useValue: new PayloadPipe(validators) },
  { provide: APP_FILTER, useClass: ErrorFilter },
];

/** The module as the application wires it, over a database in memory, and what it said to the outside. */
export async function startUserModule(options: RigOptions = {}): Promise<UserRig> {
  const config = configOf(options);
  const stores = options.after?.stores ?? (await openStores());
  const clock = options.after?.clock ?? new ManualClock();
  const delivery = new RecordingDelivery();
  const platform = [
    { provide: CONFIG, useValue: config },
    { provide: Database, useValue: stores.database },
    { provide: Outbox, useValue: stores.outbox },
    { provide: EventBus, useValue: stores.bus },
    { provide: RateLimiter, useValue: new InMemoryRateLimiter() },
    { provide: Delivery, useValue: delivery },
    { provide: Clock, useValue: clock },
    { provide: RedisConnections, useValue: new RedisConnections(config) },
    { provide: Ids, useValue: new RandomIds() },
    { provide: Signals, useValue: new InProcessSignals() },
    ConnectionRegistry,
    ProcessCaches,
  ];
  @Global()
  @Module({ providers: platform, exports: platform })
  class PlatformModule {}
  const nest = await Test.createTestingModule({ imports: [PlatformModule, UserModule], providers: EDGE }).compile();
  return new UserRig(nest, { config, stores, clock, delivery });
}

export interface RigParts {
  readonly config: AshwireConfig;
  readonly stores: OpenStores;
  readonly clock: ManualClock;
  readonly delivery: RecordingDelivery;
}

export class UserRig {
  readonly changes: unknown[] = [];

  constructor(
    readonly nest: TestingModule,
    private readonly parts: RigParts,
  ) {
    parts.stores.bus.subscribe(UserChanged, (change) => void this.changes.push(change));
  }

  get config(): AshwireConfig {
    return this.parts.config;
  }

  get stores(): OpenStores {
    return this.parts.stores;
  }

  get clock(): ManualClock {
    return this.parts.clock;
  }

  get sent(): unknown[][] {
    return this.parts.delivery.log;
  }

  get<T>(token: abstract new (...parameters: never[]) => T): T {
    return this.nest.get(token, { strict: false });
  }

  principal(tokens: SessionTokens): Promise<Principal> {
    return this.get(Authenticator).authenticate(tokens.accessToken);
  }

  async request(person: TestPerson, terms?: RegistrationTerms): Promise<RegisterRequest> {
    const { nonce, server, proofOfWork } = terms ?? (await this.get(RegistrationGate).terms('address'));
    const { username, deviceId } = person;
    const [identityKey, leafKey] = [person.identity.publicKey, person.leaf.publicKey];
    return {
      ...{ username, identityKey, nonce, device: person.device(), historySignature: person.genesisSignature() },
      signature: person.identity.sign(registrationBytes({ server, username, identityKey, deviceId, leafKey, nonce })),
      ...(proofOfWork && { proofOfWork: await solved(proofOfWork as WorkToDo) }),
    };
  }

  async register(person: TestPerson): Promise<SessionTokens> {
    return this.get(RegistrationService).register(await this.request(person), 'address');
  }

  challenge(username: string, purpose: ChallengePurpose) {
    return this.get(ChallengeService).issue({ username, purpose }, 'address');
  }

  async loginRequest(person: TestPerson) {
    const challenge = await this.challenge(person.username, 'login');
    const { deviceId } = person;
    const signature = person.leaf.sign(challengeBytes(challenge, deviceId));
    return { challengeId: challenge.challengeId, deviceId, signature };
  }

  async login(person: TestPerson): Promise<SessionTokens> {
    return this.get(LoginService).login(await this.loginRequest(person));
  }

  async addDeviceRequest(person: TestPerson) {
    const challenge = await this.challenge(person.username, 'add-device');
    const device = person.device();
    const signature = person.identity.sign(challengeBytes(challenge, device.deviceId, device.leafKey));
    return { challengeId: challenge.challengeId, device, signature };
  }
}

export async function solved(challenge: WorkToDo): Promise<string> {
  const solution = await solveChallenge({ challenge, deriveKey });
  return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64');
}

import { z } from 'zod';
import { LIMITS } from '../protocol/limits.js';

/**
 * The shape of a profile in `config/`: data only, one file per tier. Unknown keys are refused, so a misspelt setting is an
 * error and not a default. Times end in their unit.
 */
const limit = z.strictObject({ points: z.int().positive(), perMs: z.int().positive() });
const bucket = z.strictObject({ burst: z.int().positive(), perSecond: z.number().positive() });

export const profileSchema = z.strictObject({
  tier: z.enum(['embedded', '100k', '1m', '10m']),
  http: z.strictObject({
    host: z.string().min(1),
    port: z.int().min(0).max(65_535),
    /** What clients see; signed challenges name it. Empty: http://localhost:<port>. */
    publicUrl: z.url().or(z.literal('')),
    /** Browser origins that may connect, besides publicUrl's own. Clients that are not browsers send none. */
    allowedOrigins: z.array(z.url()),
    /** Serves the built web client (dist/web). False where a proxy in front does. */
    webClient: z.boolean(),
    /** How many proxies in front append to X-Forwarded-For; 0 ignores the header. */
    trustedProxyHops: z.int().min(0).max(4),
    headerTimeoutMs: z.int().positive(),
    requestTimeoutMs: z.int().positive(),
  }),
  nodes: z.int().positive(),
  /** How a node stops. */
  drain: z.strictObject({
    /** Its connections are told to go elsewhere one after the other over this time. It is gone 5 seconds later at most. */
    windowMs: z.int().min(0).max(300_000),
  }),
  adapters: z.strictObject({
    database: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sqlite'), file: z.string().min(1) }),
      z.strictObject({
        kind: z.literal('mysql'),
        /** `host:port`: one address that follows the primary, or each server that may become it. */
        hosts: z.array(z.string().refine((host) => /^[^\s/]+:\d+$/.test(host), 'host:port')).min(1),
        database: z.string().min(1),
        user: z.string().min(1),
        /** Connections of one node; each waits for one answer at a time. */
        poolSize: z.int().positive().max(1_000),
        /** Money is refused while no standby follows semi-synchronously. */
        requireSemiSync: z.boolean(),
        /** Encrypts; the server needs a certificate for its host name. Without a file: by an authority that Node knows. */
        tls: z.strictObject({ authoritiesFile: z.string().min(1).optional() }).optional(),
      }),
    ]),
    messageStore: z.enum(['memory', 'redis', 'redis-cluster']),
    ephemeral: z.enum(['memory', 'redis', 'redis-cluster']).describe('presence, rate limits, challenges, revocations'),
    eventBus: z.enum(['in-process', 'nats']),
    delivery: z.enum(['in-process', 'redis', 'nats']),
    blobStore: z.enum(['none', 'local', 's3']),
    analytics: z.enum(['none', 'clickhouse']),
    paymentProvider: z.discriminatedUnion('kind', [
      /** Test money from nowhere. */
      z.strictObject({ kind: z.literal('sandbox') }),
      /** Requests go to this address; the provider calls back. */
      z.strictObject({ kind: z.literal('webhook'), url: z.url({ protocol: /^https?$/ }) }),
    ]),
  }),
  redis: z
    .strictObject({
      /** Of the Sentinels, of the nodes of the cluster, or of the one server. */
      nodes: z.array(z.string().refine((node) => /^[^\s/]+:\d+$/.test(node), 'host:port')).min(1),
      sentinelName: z.string().optional(),
      /** How many replicas must have a write before it is acknowledged. 0 only where there is one application node. */
      minReplicas: z.int().min(0).max(4),
      /** Starts the name of every key and channel: several systems may share one Redis for a try. */
      namespace: z
        .string()
        .refine((name) => /^[\w:-]*$/.test(name), 'letters, digits, _, - and :')
        .optional(),
    })
    .optional(),
  nats: z.strictObject({ servers: z.array(z.string()).min(1) }).optional(),
  registration: z.strictObject({
    mode: z.enum(['open', 'invitation']),
    proofOfWork: z.strictObject({
      /** Expected tries of the solver when the server is idle. One try is one PBKDF2 of `cost` rounds. */
      cost: z.int().positive(),
      baseTries: z.int().positive(),
      /** The price doubles each time this many accounts were made within the last hour. */
      doublesEvery: z.int().positive(),
      maxTries: z.int().positive(),
      expiresMs: z.int().positive(),
    }),
  }),
  sessions: z.strictObject({
    accessTokenMs: z.int().max(600_000).positive(),
    refreshTokenMs: z.int().positive(),
    challengeMs: z.int().max(300_000).positive(),
  }),
  limits: z.strictObject({
    registrationPerAddress: limit,
    challengePerAddress: limit,
    challengePerAccount: limit,
    httpPerAddress: limit,
    friendRequestsPerUser: limit,
    invitationTriesPerUser: limit,
    keyPackageClaimsPerPair: limit,
    keyPackageUploadsPerUser: limit,
    /** Of one sender: nobody can keep the other members from committing. */
    handshakesPerConversation: limit,
    resetsPerConversation: limit,
    groupsCreatedPerUser: limit,
    paymentOrdersPerUser: limit,
    messagesPerConversation: bucket,
    eventsPerSocket: bucket,
    /** Limit violations within a minute after which the connection is closed. */
    violationsBeforeClose: z.int().positive(),
    socketsPerAddress: z.int().positive(),
    unauthenticatedSockets: z.int().positive(),
    /** Bytes waiting to be written to one socket beyond which its reader counts as too slow. */
    slowConsumerBytes: z.int().positive(),
  }),
  messages: z.strictObject({
    /** How often the reaper looks; messages due are never returned, reaped or not. */
    reapEveryMs: z.int().min(50).max(5_000),
    /** May only shorten the promised 60 minutes. */
    lifeMs: z.int().min(1_000).max(3_600_000),
  }),
  /** Amounts are integers in the smallest unit of the currency. */
  payments: z.strictObject({
    /** ISO 4217. Not to be changed once there are accounts. */
    currency: z.string().regex(/^[A-Z]{3}$/),
    /** Digits after the point when an amount is shown. */
    decimals: z.int().min(0).max(4),
    maxPerOrder: z.int().positive().max(LIMITS.paymentAmount),
    maxPerDay: z.int().positive().max(LIMITS.paymentAmount),
    withdrawalFee: z.int().nonnegative().max(LIMITS.paymentAmount),
    /** May only shorten the promised 24 hours. */
    redPacketLifeMs: z.int().min(1_000).max(LIMITS.redPacketLifeMs),
    /** Top-ups that were not paid by then are voided. Withdrawals never are by time: the provider may have paid. */
    providerTimeoutMs: z.int().positive(),
    /** For so long after its change, a payee's identity key has to be confirmed by whoever pays. */
    newKeyMs: z.int().nonnegative(),
    /** How often what is over is looked for. */
    settleEveryMs: z.int().min(50).max(60_000),
  }),
  logLevel: z.enum(['error', 'warn', 'log', 'debug']),
});

export type Profile = z.infer<typeof profileSchema>;

/** Never in a profile: from the environment or files named there; on the embedded tier made at the first start. */
export interface Secrets {
  /** Ed25519 private key, PKCS#8 PEM, that signs access tokens. */
  readonly accessTokenKey: string;
  /** 32 random bytes, base64url: authenticates proof-of-work challenges. */
  readonly proofOfWorkKey: string;
  /** 32 random bytes, base64url: makes uniform answers for unknown accounts and hashes client addresses. */
  readonly blindingKey: string;
  /** Only with adapters.database.kind mysql. */
  readonly databasePassword?: string;
  /** Only with a Redis adapter. */
  readonly redisPassword?: string;
  /** Only with adapters.paymentProvider webhook: base64 of 32 random bytes, shared with the provider. */
  readonly paymentProviderKey?: string;
}

/** Everything the application knows about its surroundings. Nothing else reads the environment. */
export interface AshwireConfig extends Profile {
  readonly secrets: Secrets;
  readonly dataDirectory: string;
  readonly version: string;
}

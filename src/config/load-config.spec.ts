import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './config-error.js';
import type { Profile } from './config.schema.js';
import type { DeepPartial } from './deep-partial.js';
import { loadConfig } from './load-config.js';

const folder = mkdtempSync(join(tmpdir(), 'ashwire-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SECRETS = {
  ASHWIRE_ACCESS_TOKEN_KEY: generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
  ASHWIRE_PROOF_OF_WORK_KEY: randomBytes(32).toString('base64url'),
  ASHWIRE_BLINDING_KEY: randomBytes(32).toString('base64url'),
  ASHWIRE_DATABASE_PASSWORD: 'database password',
  ASHWIRE_REDIS_PASSWORD: 'redis password',
};
const COMPLETE = { ...SECRETS, ASHWIRE_PUBLIC_URL: 'https://chat.example.com', ASHWIRE_DATA_DIR: join(folder, 'data') };

function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  test.each(['embedded', '100k', '1m', '10m'])('the profile %s is complete', (tier) => {
    expect(loadConfig({ tier, environment: COMPLETE }).tier).toBe(tier);
  });

  test.each([
    [{}, undefined, 'embedded'],
    [{ ASHWIRE_TIER: '100k' }, undefined, '100k'],
    [{ ASHWIRE_TIER: '100k' }, '1m', '1m'],
  ])('the tier comes from the argument, else ASHWIRE_TIER, else it is embedded', (environment, argument, tier) => {
    const options = { environment: { ...COMPLETE, ...environment } };
    expect(loadConfig(argument === undefined ? options : { ...options, tier: argument }).tier).toBe(tier);
  });

  test('the environment sets port, host, public URL and data directory', () => {
    const environment = { ...COMPLETE, PORT: '0', ASHWIRE_HOST: '::1' };
    const { http, dataDirectory, version } = loadConfig({ environment });
    expect(http).toMatchObject({ port: 0, host: '::1', publicUrl: 'https://chat.example.com' });
    expect(dataDirectory).toBe(COMPLETE.ASHWIRE_DATA_DIR);
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('a profile of one’s own is read from ASHWIRE_CONFIG_DIR', () => {
    writeFileSync(join(folder, 'embedded.yaml'), 'tier: 100k\nnodes: [\n');
    const problems = problemsOf(() => loadConfig({ environment: { ...COMPLETE, ASHWIRE_CONFIG_DIR: folder } }));
    expect(problems[0]).toContain(join(folder, 'embedded.yaml'));
  });

  describe('refuses, in a sentence,', () => {
    interface Refusal {
      readonly what: string;
      readonly tier?: string;
      readonly overrides?: object;
      readonly environment?: NodeJS.ProcessEnv;
      readonly says: string;
    }

    const refusals: readonly Refusal[] = [
      { what: 'an unknown tier', tier: '2m', says: 'There is no tier "2m"; there are embedded, 100k, 1m, 10m.' },
      { what: 'an unknown key', overrides: { prot: 1 }, says: 'prot is not a setting.' },
      { what: 'an unknown key inside', overrides: { http: { prot: 1 } }, says: 'http.prot is not a setting.' },
      {
        what: 'a missing key',
        overrides: { registration: { mode: undefined, proofOfWork: null } },
        says: 'registration.proofOfWork must be a group of settings, not null.',
      },
      {
        what: 'a wrong type',
        overrides: { http: { port: 'high' } },
        says: 'http.port must be a number, not "high".',
      },
      { what: 'a fraction', overrides: { nodes: 1.5 }, says: 'nodes must be a whole number, not 1.5.' },
      {
        what: 'a choice that is none',
        overrides: { logLevel: 'loud' },
        says: 'logLevel must be one of error, warn, log, debug, not "loud".',
      },
      {
        what: 'a database that is none',
        overrides: { adapters: { database: { kind: 'oracle' } } },
        says: 'adapters.database.kind must be one of sqlite, mysql, not "oracle".',
      },
      {
        what: 'too much',
        overrides: { messages: { lifeMs: 3_600_001 } },
        says: 'messages.lifeMs must be at most 3600000, not 3600001.',
      },
      {
        what: 'too little',
        overrides: { messages: { reapEveryMs: 1 } },
        says: 'messages.reapEveryMs must be at least 50, not 1.',
      },
      {
        what: 'an empty list',
        overrides: { nats: { servers: [] } },
        says: 'nats.servers must be something that is not empty, not [].',
      },
      {
        what: 'an address that is none',
        overrides: { http: { publicUrl: 'here' } },
        says: 'http.publicUrl must be a URL, not "here".',
      },
      {
        what: 'a payment provider that is no web address',
        overrides: { adapters: { paymentProvider: { kind: 'webhook', url: 'ftp://pay.example' } } },
        environment: { ASHWIRE_PAYMENT_PROVIDER_KEY: randomBytes(32).toString('base64') },
        says: 'adapters.paymentProvider.url must be a URL, not "ftp://pay.example".',
      },
      {
        what: 'a wrong PORT',
        environment: { PORT: '70000' },
        says: 'PORT must be a whole number from 0 to 65535, not "70000".',
      },
      {
        what: 'a file of another tier',
        overrides: { tier: '1m' },
        says: 'tier is 1m, but the file is read as embedded.',
      },
      {
        what: 'nodes and in-process delivery',
        overrides: { nodes: 2 },
        says: '2 nodes cannot work with delivery in-process, which reaches only the sockets of its own node.',
      },
      {
        what: 'nodes and an in-process event bus',
        overrides: { nodes: 2 },
        says: '2 nodes cannot work with eventBus in-process, unless delivery is redis: no other node hears its events.',
      },
      {
        what: 'nodes and messages in memory',
        overrides: { nodes: 2 },
        says: '2 nodes cannot work with messageStore memory, which other nodes cannot read.',
      },
      {
        what: 'nodes and limits in memory',
        overrides: { nodes: 2 },
        says: '2 nodes cannot work with ephemeral memory: limits, presence and revocations would hold on one node only.',
      },
      {
        what: 'nodes and SQLite',
        overrides: { nodes: 2 },
        says: '2 nodes cannot work with database sqlite, which is a file of one node.',
      },
      {
        what: 'nodes without an address',
        tier: '100k',
        environment: { ASHWIRE_PUBLIC_URL: '' },
        says: '2 nodes cannot work with an empty http.publicUrl: signed challenges must name one address on every node; set ASHWIRE_PUBLIC_URL.',
      },
      {
        what: 'Redis without its section',
        overrides: { adapters: { messageStore: 'redis' } },
        says: 'messageStore redis needs the section redis (nodes).',
      },
      {
        what: 'a cluster with Sentinel',
        tier: '1m',
        overrides: { redis: { sentinelName: 'x' } },
        says: 'messageStore redis-cluster cannot work with redis.sentinelName: a cluster has no Sentinel.',
      },
      {
        what: 'several servers without Sentinel',
        overrides: { adapters: { messageStore: 'redis' }, redis: { nodes: ['a:1', 'b:1'], minReplicas: 0 } },
        says: 'messageStore redis with several redis.nodes needs redis.sentinelName: they are the Sentinels.',
      },
      {
        what: 'nodes and messages in one Redis process',
        tier: '100k',
        overrides: { redis: { minReplicas: 0 } },
        says: '2 nodes cannot work with redis.minReplicas 0: what is acknowledged would be in one Redis process only.',
      },
      {
        what: 'a Redis server without a port',
        tier: '100k',
        overrides: { redis: { nodes: ['redis'] } },
        says: 'redis.nodes.0 must be valid (host:port), not "redis".',
      },
      {
        what: 'pushes over Redis without presence there',
        overrides: { adapters: { delivery: 'redis' } },
        says: 'delivery redis needs ephemeral redis: where a user is connected stands in the presence data.',
      },
      {
        what: 'NATS without its section',
        overrides: { adapters: { eventBus: 'nats' } },
        says: 'eventBus nats needs the section nats (servers).',
      },
      {
        what: 'no database password',
        tier: '100k',
        environment: { ASHWIRE_DATABASE_PASSWORD: '' },
        says: 'The secret ASHWIRE_DATABASE_PASSWORD is missing: set it, or ASHWIRE_DATABASE_PASSWORD_FILE, to a password.',
      },
    ];

    test.each(refusals)('$what', ({ tier, overrides, environment, says }) => {
      const options = {
        environment: { ...COMPLETE, ...environment },
        overrides: (overrides ?? {}) as DeepPartial<Profile>,
      };
      const problems = problemsOf(() => loadConfig(tier === undefined ? options : { ...options, tier }));
      expect(problems.map((problem) => problem.replace(/^\S+\.yaml: /, ''))).toContain(says);
    });
  });

  test('everything wrong is said at once, and nothing is written', () => {
    const environment = { ASHWIRE_TIER: '100k', PORT: 'x', ASHWIRE_DATA_DIR: join(folder, 'untouched') };
    const overrides = { surprise: true, http: { headerTimeoutMs: 'long' }, adapters: { messageStore: 'memory' } };
    const error = (): unknown => loadConfig({ environment, overrides: overrides as unknown as DeepPartial<Profile> });
    const starts = problemsOf(error).map((problem) =>
      problem
        .replace(/^\S+\.yaml: /, '')
        .split(' ')
        .slice(0, 3)
        .join(' '),
    );
    expect(starts).toEqual([
      'http.headerTimeoutMs must be',
      'surprise is not',
      'PORT must be',
      '2 nodes cannot',
      '2 nodes cannot',
      ...Object.keys(SECRETS).map((name) => `The secret ${name}`),
    ]);
    expect(existsSync(environment.ASHWIRE_DATA_DIR)).toBe(false);
    expect(() => error()).toThrow(/^The configuration cannot be used:\n {2}- /);
  });
});

describe('loadConfig for what this build has', () => {
  test.each(['embedded', '100k'])('takes the profile %s', (tier) => {
    expect(() => loadConfig({ tier, environment: COMPLETE, mustBeBuilt: true })).not.toThrow();
  });

  test('refuses a profile whose adapters are not built, naming each, whatever else is wrong with it', () => {
    expect(problemsOf(() => loadConfig({ tier: '1m', environment: {}, mustBeBuilt: true }))).toEqual([
      'The profile 1m asks for messageStore redis-cluster; this build has: memory, redis.',
      'The profile 1m asks for ephemeral redis-cluster; this build has: memory, redis.',
      'The profile 1m asks for eventBus nats; this build has: in-process.',
      'The profile 1m asks for delivery nats; this build has: in-process, redis.',
      'The profile 1m asks for blobStore s3; this build has: none.',
      'The profile 1m asks for analytics clickhouse; this build has: none.',
    ]);
  });
});

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSecrets } from './secrets.js';

const folder = mkdtempSync(join(tmpdir(), 'ashwire-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const dataDirectory = join(folder, 'data');
const embedded = { profile: { tier: 'embedded' }, environment: {}, dataDirectory } as const;
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

function file(name: string, content: string, permissions = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, permissions);
  return path;
}

describe('secrets of the embedded tier', () => {
  test('are made at the first start, readable by their owner alone, and found again', () => {
    const first = readSecrets(embedded).complete();
    expect(mode(join(dataDirectory, 'secrets'))).toBe('700');
    expect(readdirSync(join(dataDirectory, 'secrets')).sort()).toEqual([
      'access-token-key',
      'blinding-key',
      'proof-of-work-key',
    ]);
    for (const name of readdirSync(join(dataDirectory, 'secrets'))) {
      expect(mode(join(dataDirectory, 'secrets', name))).toBe('600');
    }
    expect(readSecrets(embedded).complete()).toEqual(first);
  });

  test('are the same for two processes that start at once', () => {
    const request = { ...embedded, dataDirectory: join(folder, 'race') };
    const [one, other] = [readSecrets(request), readSecrets(request)];
    expect(other.complete()).toEqual(one.complete());
    expect(readdirSync(join(folder, 'race', 'secrets'))).toHaveLength(3);
  });

  test('that were damaged or opened to others are refused, not replaced', () => {
    const request = { ...embedded, dataDirectory: join(folder, 'damaged') };
    readSecrets(request).complete();
    const secrets = join(folder, 'damaged', 'secrets');
    writeFileSync(join(secrets, 'blinding-key'), '');
    chmodSync(join(secrets, 'proof-of-work-key'), 0o644);
    expect(readSecrets(request).problems).toEqual([
      expect.stringContaining('which others on this machine can read'),
      `The secret is in ${secrets}/blinding-key, whose content is not 32 random bytes in base64url.`,
    ]);
  });
});

describe('secrets from outside', () => {
  const profile = { tier: '100k', adapters: { database: { kind: 'mysql' }, messageStore: 'redis' } } as const;
  const key = randomBytes(32).toString('base64url');
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const environment = {
    ASHWIRE_ACCESS_TOKEN_KEY_FILE: file('token-key', pem),
    ASHWIRE_PROOF_OF_WORK_KEY_FILE: file('key', `${key}\n`),
    ASHWIRE_BLINDING_KEY: key,
    ASHWIRE_DATABASE_PASSWORD: 'one',
    ASHWIRE_REDIS_PASSWORD_FILE: file('password', 'two\n'),
  };

  test('come from variables and from files', () => {
    const { problems, complete } = readSecrets({ profile, environment, dataDirectory });
    expect(problems).toEqual([]);
    expect(complete()).toMatchObject({
      proofOfWorkKey: key,
      blindingKey: key,
      databasePassword: 'one',
      redisPassword: 'two',
    });
  });

  const refusals: readonly (readonly [string, NodeJS.ProcessEnv, string])[] = [
    [
      'a file that others can read',
      { ASHWIRE_PROOF_OF_WORK_KEY_FILE: file('open', key, 0o640) },
      `ASHWIRE_PROOF_OF_WORK_KEY_FILE names ${folder}/open, which others on this machine can read; run: chmod 600 ${folder}/open`,
    ],
    [
      'a file that is not there',
      { ASHWIRE_PROOF_OF_WORK_KEY_FILE: join(folder, 'nowhere') },
      `ASHWIRE_PROOF_OF_WORK_KEY_FILE names ${folder}/nowhere, which is not a file.`,
    ],
    [
      'a folder',
      { ASHWIRE_PROOF_OF_WORK_KEY_FILE: folder },
      `ASHWIRE_PROOF_OF_WORK_KEY_FILE names ${folder}, which is not a file.`,
    ],
    [
      'both forms at once',
      { ASHWIRE_PROOF_OF_WORK_KEY: key },
      'ASHWIRE_PROOF_OF_WORK_KEY and ASHWIRE_PROOF_OF_WORK_KEY_FILE are both set; keep one.',
    ],
    [
      'a key that is too short',
      { ASHWIRE_BLINDING_KEY: 'canary' },
      'The value of ASHWIRE_BLINDING_KEY is not 32 random bytes in base64url.',
    ],
    [
      'a key of another kind',
      { ASHWIRE_ACCESS_TOKEN_KEY_FILE: file('rsa', key) },
      `ASHWIRE_ACCESS_TOKEN_KEY_FILE names ${folder}/rsa, whose content is not an Ed25519 private key in PKCS#8 PEM.`,
    ],
    [
      'none',
      { ASHWIRE_DATABASE_PASSWORD: undefined },
      'The secret ASHWIRE_DATABASE_PASSWORD is missing: set it, or ASHWIRE_DATABASE_PASSWORD_FILE, to a password.',
    ],
  ];

  test.each(refusals)('are refused in a sentence that shows no secret: %s', (_what, changed, sentence) => {
    expect(readSecrets({ profile, environment: { ...environment, ...changed }, dataDirectory }).problems).toEqual([
      sentence,
    ]);
  });
});

describe('the key of a payment provider', () => {
  const webhook = { kind: 'webhook', url: 'https://pay.example/requests' } as const;
  const profile = { tier: 'embedded', adapters: { paymentProvider: webhook } } as const;
  const key = randomBytes(32).toString('base64');
  const reading = (environment: NodeJS.ProcessEnv) => readSecrets({ profile, environment, dataDirectory });

  test('comes from outside', () => {
    expect(reading({ ASHWIRE_PAYMENT_PROVIDER_KEY: key }).complete().paymentProviderKey).toBe(key);
    const { complete } = reading({ ASHWIRE_PAYMENT_PROVIDER_KEY_FILE: file('provider-key', `${key}\n`) });
    expect(complete().paymentProviderKey).toBe(key);
  });

  test('is not made up on the embedded tier either: the provider has the other copy', () => {
    expect(reading({}).problems).toEqual([
      'The secret ASHWIRE_PAYMENT_PROVIDER_KEY is missing: set it, or ASHWIRE_PAYMENT_PROVIDER_KEY_FILE, to 32 random bytes in base64.',
    ]);
  });

  test.each([
    ['31 bytes', randomBytes(31).toString('base64')],
    ['33 bytes', randomBytes(33).toString('base64')],
    ['no padding', key.slice(0, -1)],
    ['base64url', `${'_'.repeat(43)}=`],
    ['the prefix of the standard', `whsec_${key}`],
  ])('is refused with %s', (_what, value) => {
    expect(reading({ ASHWIRE_PAYMENT_PROVIDER_KEY: value }).problems).toEqual([
      'The value of ASHWIRE_PAYMENT_PROVIDER_KEY is not 32 random bytes in base64.',
    ]);
  });

  test('is not asked for with the sandbox', () => {
    const sandbox = { ...profile, adapters: { paymentProvider: { kind: 'sandbox' } } } as const;
    const { problems, complete } = readSecrets({ ...embedded, profile: sandbox });
    expect(problems).toEqual([]);
    expect(complete()).not.toHaveProperty('paymentProviderKey');
  });
});

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import { type Connection, createConnection } from 'mysql2/promise';
import type { Profile } from '../../src/config/config.schema.js';
import type { DeepPartial } from '../../src/config/deep-partial.js';
import { RandomIds } from '../../src/shared/ids.js';
import { filesWith } from './files-with.js';
import type { MariadbPair } from './mariadb-pair.js';
import type { MariadbDatabase } from './mariadb-server.js';
import { redisHolds } from './redis-contents.js';
import type { RedisServers } from './redis-servers.js';
import { sharedMariadbPair, sharedRedisTrio } from './shared-server.js';
import type { Stores } from './stores.js';

const random = (): string => randomBytes(32).toString('base64url');

/** A database of its own on the MariaDB pair of this run, and a namespace of its own in its Redis. */
export class RealStores implements Stores {
  readonly tier = '100k';
  readonly nodes = 2;
  readonly redisProcesses = 3;
  readonly profile: DeepPartial<Profile>;
  readonly environment: Readonly<Record<string, string>>;
  private readonly folder = mkdtempSync(join(tmpdir(), 'ashwire-'));
  private readonly namespace = `${new RandomIds().next()}:`;
  private connection: Promise<Connection> | undefined;

  get pids(): readonly number[] {
    const { redis, mariadb } = this;
    const ofMariadb = [mariadb.primary, mariadb.standby].map(({ directory }) => join(directory, 'pid'));
    return [...redis.redis.map(({ pid }) => pid), ...ofMariadb.map((file) => Number(readFileSync(file, 'utf8')))];
  }

  private constructor(
    private readonly mariadb: MariadbPair,
    private readonly redis: RedisServers,
    private readonly database: MariadbDatabase,
  ) {
    const { password, host, ...place } = database;
    this.profile = {
      http: { host: '127.0.0.1', trustedProxyHops: 0 },
      nodes: this.nodes,
      adapters: { database: { kind: 'mysql', hosts: [host], ...place } },
      redis: redis.profile(this.namespace),
      // Everyone comes from this machine.
      limits: { socketsPerAddress: 20_000 },
    };
    const { privateKey } = generateKeyPairSync('ed25519');
    this.environment = {
      ASHWIRE_TIER: this.tier,
      ASHWIRE_DATA_DIR: this.folder,
      ASHWIRE_ACCESS_TOKEN_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      ASHWIRE_PROOF_OF_WORK_KEY: random(),
      ASHWIRE_BLINDING_KEY: random(),
      ASHWIRE_DATABASE_PASSWORD: password,
      ASHWIRE_REDIS_PASSWORD: redis.password,
    };
  }

  static async create(): Promise<RealStores> {
    const [mariadb, redis] = await Promise.all([sharedMariadbPair(), sharedRedisTrio()]);
    return new RealStores(mariadb, redis, await mariadb.primary.createDatabase());
  }

  async sql(statement: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const { host, ...place } = this.database;
    const [name, port] = host.split(':');
    this.connection ??= createConnection({ ...place, host: name ?? '', port: Number(port) });
    const [rows] = await (await this.connection).query<RowDataPacket[] | ResultSetHeader>(statement, [...values]);
    return Array.isArray(rows) ? rows : [];
  }

  async findInFiles(text: string): Promise<string[]> {
    const { primary, standby } = this.mariadb;
    const folders = [primary, standby, this.redis].map(({ directory }) => directory);
    const { redis, sentinels } = (await sharedRedisTrio()).whereabouts;
    const said = [...redis, ...sentinels].filter(({ output }) => output.includes(text));
    return [
      ...(await filesWith([...folders, this.folder], [Buffer.from(text)])),
      ...said.map(({ port }) => `the output of :${port}`),
    ];
  }

  async findInRedis(text: string): Promise<number> {
    const found = await Promise.all(this.redis.redis.map(({ port }) => redisHolds(text, port, this.redis.password)));
    return found.filter(Boolean).length;
  }

  async remove(): Promise<void> {
    (await this.connection)?.destroy();
    await this.mariadb.primary.dropDatabase(this.database);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

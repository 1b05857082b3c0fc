import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Profile } from '../../src/config/config.schema.js';
import { MariadbServer } from '../rig/mariadb-server.js';
import type { Program } from './measured-process.js';
import { RedisPair } from './redis-pair.js';
import { type Site, SiteDirectory } from './site.js';

/**
 * Tier 100k with as many nodes as one likes: the settings of docker/redis with one replica, so that each acknowledgement waits for
 * a second process. One MariaDB without a standby: traffic does not ask it anything.
 */
export class TierSite implements Site {
  readonly name = '100k';
  readonly redis = new RedisPair();
  private readonly directory = new SiteDirectory('100k');
  private database: MariadbServer | undefined;
  private environment: NodeJS.ProcessEnv = {};

  async start(): Promise<void> {
    this.database = await MariadbServer.start();
    await this.redis.start();
    const { host, database, user, password } = await this.database.createDatabase();
    this.directory.writeProfile((profile) => {
      const { adapters } = profile as unknown as Profile;
      const mysql = { kind: 'mysql', hosts: [host], database, user, poolSize: 10, requireSemiSync: false };
      const redis = { nodes: [this.redis.address], minReplicas: 1 };
      return { ...profile, nodes: 8, adapters: { ...adapters, database: mysql }, redis };
    });
    this.environment = {
      PORT: '0',
      ASHWIRE_HOST: '127.0.0.1',
      // The same on every node; nobody connects to it.
      ASHWIRE_PUBLIC_URL: 'http://bench.example',
      ASHWIRE_ACCESS_TOKEN_KEY: generateKeyPairSync('ed25519')
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      ASHWIRE_PROOF_OF_WORK_KEY: randomBytes(32).toString('base64url'),
      ASHWIRE_BLINDING_KEY: randomBytes(32).toString('base64url'),
      ASHWIRE_DATABASE_PASSWORD: password,
      ASHWIRE_REDIS_PASSWORD: this.redis.password,
    };
  }

  program(): Program {
    return this.directory.program(this.environment, true);
  }

  async stop(): Promise<void> {
    await Promise.all([this.redis.stop(), this.database?.close()]);
    this.directory.remove();
  }
}

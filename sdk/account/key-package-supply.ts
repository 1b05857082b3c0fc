import type { OwnAccount } from '../../src/protocol/payloads/user.payloads.js';
import { LIMITS } from '../../src/protocol/limits.js';
import { encodeBase64Url } from '../crypto/base64url.js';
import type { CreatedKeyPackage } from '../crypto/crypto-engine.port.js';
import type { KeyPackageRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';
import type { ServerClock } from '../time/server-clock.js';
import { aCount, fields } from '../transport/shape.js';
import { ROUTES } from '../transport/routes.js';
import type { EngineSource } from './engine-source.js';
import type { SessionTokens } from './session-tokens.js';

const STOCK = LIMITS.keyPackagesPerUpload;
const LAST_RESORT_RENEWED_BEFORE_MS = 30 * 24 * 60 * 60_000;
/** A welcome made with a package just before it ended may still be on its way. */
const KEPT_AFTER_EXPIRY_MS = LIMITS.handshakeLifeMs;

/** Keeps 20 one-time key packages and a last resort on the server, and their private parts here until they are used. */
export class KeyPackageSupply {
  constructor(
    private readonly store: ClientStore,
    private readonly engines: EngineSource,
    private readonly tokens: SessionTokens,
    private readonly clock: ServerClock,
  ) {}

  /** Fills up what is missing. `renew`: this device is new to the server, which has none of its packages. */
  async replenish(renew = false): Promise<void> {
    await this.store.exclusive('key-packages', async () => {
      const stored = await this.store.list(KINDS.keyPackage);
      await this.forgetExpired(stored);
      const available = renew ? 0 : await this.countAvailable();
      if (renew) await this.takeBackLastResort(stored);
      const hasLastResort = stored.some((record) => record.lastResort && record.published && this.isFresh(record));
      const lastResort = renew || !hasLastResort;
      if (available < STOCK || lastResort) await this.upload(STOCK - Math.min(STOCK, available), lastResort);
    });
  }

  private async upload(count: number, lastResort: boolean): Promise<void> {
    const engine = await this.engines.get();
    const created = await engine.createKeyPackages(count);
    const [last] = lastResort ? await engine.createKeyPackages(1, { lastResort: true }) : [];
    const all = last ? [...created, last] : created;
    // Stored first: a package that the server hands out and nobody can open would cost a friend its session.
    await this.store.commit(...all.map((made) => this.store.put(KINDS.keyPackage, recordOf(made))));
    const body = {
      keyPackages: created.map(({ publicPackage }) => encodeBase64Url(publicPackage)),
      ...(last ? { lastResort: encodeBase64Url(last.publicPackage) } : {}),
    };
    await this.tokens.request({ method: 'POST', path: ROUTES.keyPackages, body });
    if (last) await this.store.commit(this.store.put(KINDS.keyPackage, { ...recordOf(last), published: true }));
  }

  /** Whatever comes next, what the server had of before does not count any more. */
  private async takeBackLastResort(stored: readonly KeyPackageRecord[]): Promise<void> {
    const published = stored.filter((record) => record.published);
    await this.store.commit(
      ...published.map((record) => this.store.put(KINDS.keyPackage, { ...record, published: false })),
    );
  }

  private async countAvailable(): Promise<number> {
    const shape = fields({ keyPackagesAvailable: aCount });
    const account = await this.tokens.request<OwnAccount>({ method: 'GET', path: ROUTES.account, shape });
    return account.keyPackagesAvailable;
  }

  private async forgetExpired(stored: readonly KeyPackageRecord[]): Promise<void> {
    const ended = stored.filter(({ expiresAt }) => expiresAt + KEPT_AFTER_EXPIRY_MS < this.clock.now());
    await this.store.commit(...ended.map(({ reference }) => this.store.delete(KINDS.keyPackage, reference)));
  }

  private isFresh({ expiresAt }: KeyPackageRecord): boolean {
    return expiresAt - LAST_RESORT_RENEWED_BEFORE_MS > this.clock.now();
  }
}

function recordOf({ reference, privatePackage, lastResort, expiresAt }: CreatedKeyPackage): KeyPackageRecord {
  return { reference, privatePackage: encodeBase64Url(privatePackage), lastResort, expiresAt };
}

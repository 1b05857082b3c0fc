import { AshwireError } from '../ashwire-error.js';
import { decodeBase64Url } from '../crypto/base64url.js';
import type { CryptoEngine, RosterPolicy } from '../crypto/crypto-engine.port.js';
import { TsMlsCryptoEngine } from '../crypto/ts-mls-crypto-engine.js';
import type { AccountRecord } from '../store/records.js';
import { type ClientStore, KINDS } from '../store/client-store.js';

/** The crypto engine of the account that is stored now: another one after the identity key was changed. */
export class EngineSource {
  private made: { readonly of: string; readonly engine: Promise<CryptoEngine> } | undefined;

  constructor(
    private readonly store: ClientStore,
    private readonly policy: RosterPolicy,
  ) {}

  async account(): Promise<AccountRecord> {
    const account = await this.store.find(KINDS.account);
    if (!account) throw new AshwireError('NOT_REGISTERED');
    return account;
  }

  async get(): Promise<CryptoEngine> {
    const { certificate, identityKey, leafSeed } = await this.account();
    if (this.made?.of !== certificate.signature) {
      const own = { certificate, identityKey, leafPrivateKey: decodeBase64Url(leafSeed) };
      this.made = { of: certificate.signature, engine: TsMlsCryptoEngine.create(own, this.policy) };
    }
    return this.made.engine;
  }
}

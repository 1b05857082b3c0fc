import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import type { RegisterRequest, SessionTokens } from '../../protocol/payloads/user.payloads.js';
import { registrationBytes } from '../../protocol/signing.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { certifiedDevice, requireSignature, requireSoundKey, signedHistoryEntry, userIdOf } from './domain/identity.js';
import { serverNameOf } from './domain/server-name.js';
import { AccountStore, type NewAccount } from './ports/account.store.port.js';
import { RegistrationGate } from './registration.gate.js';
import { SessionIssuer } from './session.issuer.js';

@Injectable()
export class RegistrationService {
  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(RegistrationGate) private readonly gate: RegistrationGate,
    @Inject(AccountStore) private readonly accounts: AccountStore,
    @Inject(SessionIssuer) private readonly sessions: SessionIssuer,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Cheap checks first. The nonce is spent before anything is told about names and keys, so that asking costs work; only what
   * passes all checks counts against the address.
   */
  async register(request: RegisterRequest, address: string): Promise<SessionTokens> {
    const admission = await this.gate.check(request);
    const account = this.provenAccount(request);
    await this.gate.spend(admission);
    await this.refuseTaken(account);
    await this.gate.countRegistration(address);
    const { invitationHash } = admission;
    await this.accounts.create({ ...account, ...(invitationHash !== undefined && { invitationHash }) });
    const tokens = await this.sessions.open(account.username, account.device);
    if (!tokens) throw new DomainError('UNAVAILABLE');
    return tokens;
  }

  /** The account as its keys prove it. Throws BAD_KEY or BAD_SIGNATURE. */
  private provenAccount(request: RegisterRequest): NewAccount {
    const { username, identityKey, device, nonce } = request;
    requireSoundKey('identityKey', identityKey);
    const { deviceId, leafKey, createdAt } = device;
    const signed = { server: serverNameOf(this.config), username, identityKey, deviceId, leafKey, nonce };
    requireSignature('signature', identityKey, registrationBytes(signed), request.signature);
    const userId = userIdOf(identityKey);
    const genesis = signedHistoryEntry(userId, { identityKey, createdAt, signature: request.historySignature });
    const certificate = certifiedDevice(userId, device, identityKey);
    return { userId, username, createdAt: this.clock.now(), device: certificate, genesis };
  }

  /** Saves the address a point of its limit; whether a name or key is free is decided by the store. */
  private async refuseTaken({ userId, username }: NewAccount): Promise<void> {
    if (await this.accounts.find(userId)) throw new DomainError('IDENTITY_KEY_TAKEN');
    if (await this.accounts.findByUsername(username)) throw new DomainError('USERNAME_TAKEN');
  }
}

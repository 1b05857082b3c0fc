import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { AshwireConfig } from '../../config/config.schema.js';
import { CONFIG } from '../../config/config.token.js';
import { RateLimiter } from '../../platform/rate-limit/rate-limiter.port.js';
import type { RegisterRequest, RegistrationTerms } from '../../protocol/payloads/user.payloads.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { registrationPrice } from './domain/registration-price.js';
import { serverNameOf } from './domain/server-name.js';
import { type FreshNonce, SignedNonces } from './domain/signed-nonce.js';
import { AccountStore } from './ports/account.store.port.js';
import { SpentNonces } from './ports/spent-nonces.port.js';
import { ProofOfWork } from './proof-of-work.js';

export interface Admission extends FreshNonce {
  readonly invitationHash?: string;
}

/** Decides who may register: whoever did the work, or whoever was invited, by profile. */
@Injectable()
export class RegistrationGate {
  private readonly proofOfWork: ProofOfWork;
  private readonly nonces: SignedNonces;

  constructor(
    @Inject(CONFIG) private readonly config: AshwireConfig,
    @Inject(AccountStore) private readonly accounts: AccountStore,
    @Inject(SpentNonces) private readonly spent: SpentNonces,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    this.proofOfWork = new ProofOfWork(config.secrets.proofOfWorkKey);
    this.nonces = new SignedNonces(config.secrets.proofOfWorkKey);
  }

  async terms(address: string): Promise<RegistrationTerms> {
    const { mode, proofOfWork: terms } = this.config.registration;
    await this.limiter.consume('registration-terms', address, this.config.limits.challengePerAddress);
    const server = serverNameOf(this.config);
    const now = this.clock.now();
    const expiresAt = now + terms.expiresMs;
    if (mode === 'invitation') return { mode, server, nonce: this.nonces.issue(expiresAt) };
    const price = registrationPrice(terms, await this.accounts.countCreatedSince(now - HOUR_MS));
    const proofOfWork = await this.proofOfWork.issue(terms.cost, price, expiresAt);
    return { mode, server, nonce: proofOfWork.parameters.nonce, proofOfWork };
  }

  /** Throws PROOF_OF_WORK_INVALID or INVITATION_REQUIRED. Uses nothing up. */
  async check(request: RegisterRequest): Promise<Admission> {
    const now = this.clock.now();
    switch (this.config.registration.mode) {
      case 'open': {
        const proof = await this.proofOfWork.verify(request.proofOfWork ?? '', now);
        if (proof?.nonce !== request.nonce) throw new DomainError('PROOF_OF_WORK_INVALID');
        return proof;
      }
      case 'invitation': {
        if (request.invitation === undefined) throw new DomainError('INVITATION_REQUIRED');
        const fresh = this.nonces.verify(request.nonce, now);
        if (!fresh) throw new DomainError('PROOF_OF_WORK_INVALID');
        return { ...fresh, invitationHash: invitationHashOf(request.invitation) };
      }
    }
  }

  /** Throws PROOF_OF_WORK_INVALID for whoever comes second with a nonce. */
  async spend({ nonce, expiresAt }: Admission): Promise<void> {
    if (!(await this.spent.spend(nonce, expiresAt))) throw new DomainError('PROOF_OF_WORK_INVALID');
  }

  /** Throws RATE_LIMITED. */
  countRegistration(address: string): Promise<void> {
    return this.limiter.consume('registration', address, this.config.limits.registrationPerAddress);
  }
}

const HOUR_MS = 3_600_000;

export const invitationHashOf = (code: string): string => createHash('sha256').update(code).digest('base64url');

import { Inject, Injectable } from '@nestjs/common';
import type {
  AddDeviceRequest,
  DeviceRegistration,
  LoginRequest,
  SessionTokens,
} from '../../protocol/payloads/user.payloads.js';
import { challengeBytes, type ChallengePurpose, type DeviceCertificate } from '../../protocol/signing.js';
import { DomainError } from '../../shared/domain-error.js';
import { ChallengeService } from './challenge.service.js';
import { DeviceReplacement } from './device.replacement.js';
import type { Account } from './domain/account.js';
import { DECOY_CHALLENGE, decoyAccount } from './domain/decoy.js';
import { verifySignature } from './domain/ed25519.js';
import { certifiedDevice, requireSoundKey } from './domain/identity.js';
import { AccountStore } from './ports/account.store.port.js';
import { SessionIssuer } from './session.issuer.js';

/**
 * Opens sessions for a signature over a challenge. Whatever is wrong with it, the answer is LOGIN_FAILED after the same work:
 * one challenge taken, one account read, one signature verified.
 */
@Injectable()
export class LoginService {
  private readonly decoy = decoyAccount();

  constructor(
    @Inject(ChallengeService) private readonly challenges: ChallengeService,
    @Inject(AccountStore) private readonly accounts: AccountStore,
    @Inject(SessionIssuer) private readonly sessions: SessionIssuer,
    @Inject(DeviceReplacement) private readonly replacement: DeviceReplacement,
  ) {}

  /** With the leaf key of the active device. */
  async login({ challengeId, deviceId, signature }: LoginRequest): Promise<SessionTokens> {
    const account = await this.prove(challengeId, 'login', [deviceId], signature, ({ device }) => device.leafKey);
    if (account?.device.deviceId !== deviceId) throw new DomainError('LOGIN_FAILED');
    const tokens = await this.sessions.open(account.username, account.device);
    if (!tokens) throw new DomainError('LOGIN_FAILED');
    return tokens;
  }

  /** With the identity key, on a device that takes the place of the active one. */
  async addDevice({ challengeId, device, signature }: AddDeviceRequest): Promise<SessionTokens> {
    requireSoundKey('device.leafKey', device.leafKey);
    const request = [device.deviceId, device.leafKey];
    const account = await this.prove(challengeId, 'add-device', request, signature, ({ identityKey }) => identityKey);
    if (!account) throw new DomainError('LOGIN_FAILED');
    const certificate = certifiedFor(account, device);
    if (!(await this.replacement.replace(certificate, account.identityKey))) throw new DomainError('LOGIN_FAILED');
    const tokens = await this.sessions.open(account.username, certificate);
    if (!tokens) throw new DomainError('LOGIN_FAILED');
    return tokens;
  }

  /** The account whose key signed the challenge and the request, or null. */
  private async prove(
    challengeId: string,
    purpose: ChallengePurpose,
    request: readonly string[],
    signature: string,
    keyOf: (account: Account) => string,
  ): Promise<Account | null> {
    const challenge = await this.challenges.take(challengeId, purpose);
    const account = await this.accounts.findByUsername((challenge ?? DECOY_CHALLENGE).account);
    const bytes = challengeBytes(challenge ?? DECOY_CHALLENGE, ...request);
    const isSigned = verifySignature(keyOf(account ?? this.decoy), bytes, signature);
    return challenge && isSigned ? account : null;
  }
}

/**
 * Whoever comes back after a change of key cannot compute the user id, which is the hash of the first one. It has just proven
 * that it holds the last one, so a certificate in another name is refused with the id to put there.
 */
function certifiedFor({ userId, identityKey }: Account, device: DeviceRegistration): DeviceCertificate {
  try {
    return certifiedDevice(userId, device, identityKey);
  } catch (refusal) {
    if (!(refusal instanceof DomainError)) throw refusal;
    throw new DomainError(refusal.code, { ...refusal.details, userId });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/authentication/authenticator.js';
import type {
  ChangeIdentityKeyRequest,
  KeyHistoryList,
  KeyHistoryView,
} from '../../protocol/payloads/user.payloads.js';
import { LIMITS } from '../../protocol/limits.js';
import { challengeBytes } from '../../protocol/signing.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { ChallengeService } from './challenge.service.js';
import { certifiedDevice, requireSignature, requireSoundKey, signedHistoryEntry } from './domain/identity.js';
import { AccountStore } from './ports/account.store.port.js';
import { IdentityStore } from './ports/identity.store.port.js';
import { UserAnnouncements } from './user.announcements.js';

@Injectable()
export class IdentityService {
  constructor(
    @Inject(ChallengeService) private readonly challenges: ChallengeService,
    @Inject(AccountStore) private readonly accounts: AccountStore,
    @Inject(IdentityStore) private readonly identities: IdentityStore,
    @Inject(UserAnnouncements) private readonly announcements: UserAnnouncements,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async listKeys({ userId }: Principal): Promise<KeyHistoryList> {
    return { entries: await this.identities.listKeyHistory(userId) };
  }

  /**
   * The old key signs that the new one follows, the new one that whoever asks holds it, and that it vouches for the device.
   * The time is the client's word but near the server's: a thief cannot make a new key look old.
   */
  async changeKey(caller: Principal, request: ChangeIdentityKeyRequest): Promise<KeyHistoryView> {
    const { challengeId, identityKey, createdAt, device } = request;
    this.requireNow(createdAt);
    const challenge = await this.challenges.take(challengeId, 'change-identity-key');
    const account = await this.accounts.find(caller.userId);
    if (!account || challenge?.account !== account.username) throw refusal('challengeId');
    const bytes = challengeBytes(challenge, identityKey, createdAt);
    requireSignature('signature', account.identityKey, bytes, request.signature);
    requireSoundKey('identityKey', identityKey);
    requireSignature('newKeySignature', identityKey, bytes, request.newKeySignature);
    if (device.deviceId !== caller.deviceId || device.leafKey !== account.device.leafKey) throw refusal('device');
    const certificate = certifiedDevice(caller.userId, device, identityKey);
    const previous = (await this.identities.listKeyHistory(caller.userId)).at(-1);
    if (previous?.identityKey !== account.identityKey) throw refusal('signature');
    const signedEntry = { identityKey, createdAt, signature: request.historySignature };
    const entry = signedHistoryEntry(caller.userId, signedEntry, previous);
    if (!(await this.identities.changeKey(entry, certificate))) throw refusal('signature');
    await this.announcements.changed(caller.userId, 'identity-key');
    return entry;
  }

  private requireNow(createdAt: number): void {
    if (Math.abs(createdAt - this.clock.now()) <= LIMITS.orderClockSkewMs) return;
    throw new DomainError('BAD_REQUEST', {
      problems: [{ field: 'createdAt', problem: 'is too far from the time here' }],
    });
  }
}

/** Also for who comes second: the key that signed is not the current one any more. */
const refusal = (field: string): DomainError => new DomainError('BAD_SIGNATURE', { field });

import { LIMITS } from '../../../protocol/limits.js';
import type { AvatarColour, Role, Settings } from '../../../protocol/payloads/user.payloads.js';
import type { DeviceCertificate } from '../../../protocol/signing.js';

/** A user with its current identity key and its one active device. */
export interface Account {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly displayName: string;
  readonly avatarColour: AvatarColour;
  readonly identityKey: string;
  readonly keyVersion: number;
  readonly settings: Settings;
  readonly createdAt: number;
  readonly device: DeviceCertificate;
}

export interface AccountChanges {
  readonly displayName?: string;
  readonly avatarColour?: AvatarColour;
  readonly settings?: Partial<Settings>;
}

export const INITIAL_SETTINGS: Settings = {
  sharePresence: true,
  shareTyping: true,
  shareRead: true,
  burnAfterReadSeconds: LIMITS.burnAfterReadSeconds.default,
};

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import { LIMITS } from '../limits.js';
import { CHALLENGE_PURPOSES, type ChallengePurpose } from '../signing.js';
import { IsBase64url, IsBytes, IsId, IsInteger, IsText, IsUsername } from './fields.js';

export const ROLES = ['user', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Colours a person can choose for its avatar. Names, not values: the client's theme decides. */
export const AVATAR_COLOURS = [
  'red',
  'orange',
  'amber',
  'green',
  'teal',
  'blue',
  'indigo',
  'purple',
  'pink',
  'grey',
] as const;
export type AvatarColour = (typeof AVATAR_COLOURS)[number];

export class DeviceRegistration {
  @IsId() deviceId!: string;
  /** Ed25519 public key of the device. */
  @IsBytes(32) leafKey!: string;
  @IsInteger(0) createdAt!: number;
  /** By the identity key, over deviceCertificateBytes. */
  @IsBytes(64) signature!: string;
}

export class RegistrationTerms {
  @IsIn(['open', 'invitation']) mode!: 'open' | 'invitation';
  /** Name this server signs and is signed for. */
  @IsString() server!: string;
  /** Part of what the identity key signs; single use. */
  @IsString() nonce!: string;
  /** An ALTCHA v2 challenge; absent in invitation mode. */
  @IsOptional() @IsObject() proofOfWork?: object;
}

export class RegisterRequest {
  @IsUsername() username!: string;
  /** Ed25519 public key. */
  @IsBytes(32) identityKey!: string;
  @ValidateNested() @Type(() => DeviceRegistration) device!: DeviceRegistration;
  /** By the identity key, over registrationBytes. */
  @IsBytes(64) signature!: string;
  /** By the identity key, over keyHistoryBytes of the first entry: version 1, previousHash '', the device's createdAt. */
  @IsBytes(64) historySignature!: string;
  @IsString() @Length(1, 200) nonce!: string;
  /** The solved ALTCHA payload: base64 of JSON { challenge, solution }. */
  @IsOptional() @IsString() @Length(1, 4096) proofOfWork?: string;
  @IsOptional() @IsBytes(16) invitation?: string;
}

export class ChallengeRequest {
  @IsUsername() username!: string;
  @IsIn(CHALLENGE_PURPOSES) purpose!: ChallengePurpose;
}

export class ChallengeResponse {
  @IsString() challengeId!: string;
  @IsBytes(32) nonce!: string;
  @IsString() server!: string;
  @IsUsername() account!: string;
  @IsIn(CHALLENGE_PURPOSES) purpose!: ChallengePurpose;
  @IsInteger(0) expiresAt!: number;
}

export class LoginRequest {
  @IsId() challengeId!: string;
  @IsId() deviceId!: string;
  /** By the device's leaf key, over challengeBytes(challenge, deviceId). */
  @IsBytes(64) signature!: string;
}

export class AddDeviceRequest {
  @IsId() challengeId!: string;
  @ValidateNested() @Type(() => DeviceRegistration) device!: DeviceRegistration;
  /** By the identity key, over challengeBytes(challenge, deviceId, leafKey). */
  @IsBytes(64) signature!: string;
}

export class RefreshRequest {
  /** Session id and secret, joined by a dot. */
  @IsString() @Length(1, 200) refreshToken!: string;
}

export class SessionTokens {
  @IsId() userId!: string;
  @IsUsername() username!: string;
  @IsId() deviceId!: string;
  @IsId() sessionId!: string;
  @IsString() accessToken!: string;
  @IsInteger(0) accessTokenExpiresAt!: number;
  @IsString() refreshToken!: string;
}

export class SessionView {
  @IsId() sessionId!: string;
  @IsId() deviceId!: string;
  @IsInteger(0) createdAt!: number;
  @IsInteger(0) lastUsedAt!: number;
  @IsBoolean() current!: boolean;
}

export class SessionList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => SessionView) sessions!: SessionView[];
}

export class Settings {
  /** Friends see when this user is online. */
  @IsBoolean() sharePresence!: boolean;
  /** Friends see when this user types. */
  @IsBoolean() shareTyping!: boolean;
  /** Senders see when this user has read a message. The message burns either way. */
  @IsBoolean() shareRead!: boolean;
  /** Default for new conversations, in seconds. */
  @IsInteger(LIMITS.burnAfterReadSeconds.min, LIMITS.burnAfterReadSeconds.max) burnAfterReadSeconds!: number;
}

export class UpdateSettingsRequest {
  @IsOptional() @IsBoolean() sharePresence?: boolean;
  @IsOptional() @IsBoolean() shareTyping?: boolean;
  @IsOptional() @IsBoolean() shareRead?: boolean;
  @IsOptional()
  @IsInteger(LIMITS.burnAfterReadSeconds.min, LIMITS.burnAfterReadSeconds.max)
  burnAfterReadSeconds?: number;
}

export class ProfileUpdateRequest {
  @IsOptional() @IsText(2 * LIMITS.displayNameCodePoints) displayName?: string;
  @IsOptional() @IsIn(AVATAR_COLOURS) avatarColour?: AvatarColour;
}

export class OwnAccount {
  @IsId() userId!: string;
  @IsUsername() username!: string;
  @IsIn(ROLES) role!: Role;
  @IsText(2 * LIMITS.displayNameCodePoints) displayName!: string;
  @IsIn(AVATAR_COLOURS) avatarColour!: AvatarColour;
  @IsBytes(32) identityKey!: string;
  @IsInteger(1) keyVersion!: number;
  @IsId() deviceId!: string;
  @ValidateNested() @Type(() => Settings) settings!: Settings;
  @IsInteger(0) keyPackagesAvailable!: number;
  @IsInteger(0) createdAt!: number;
}

export class ChangeIdentityKeyRequest {
  @IsId() challengeId!: string;
  @IsBytes(32) identityKey!: string;
  /** When the new key was made; part of the key history. */
  @IsInteger(0) createdAt!: number;
  /** By the current key, over challengeBytes(challenge, identityKey, createdAt). */
  @IsBytes(64) signature!: string;
  /** By the new key, over the same bytes: whoever asks holds it. */
  @IsBytes(64) newKeySignature!: string;
  /** By the current key, over keyHistoryBytes of the new entry. */
  @IsBytes(64) historySignature!: string;
  /** The caller's device, vouched for by the new key. */
  @ValidateNested() @Type(() => DeviceRegistration) device!: DeviceRegistration;
}

export class DeleteAccountRequest {
  @IsId() challengeId!: string;
  /** By the identity key, over challengeBytes(challenge). */
  @IsBytes(64) signature!: string;
}

export class KeyHistoryView {
  @IsInteger(1) version!: number;
  @IsBytes(32) identityKey!: string;
  @IsInteger(0) createdAt!: number;
  @IsString() previousHash!: string;
  @IsBytes(32) hash!: string;
  @IsBytes(64) signature!: string;
}

export class KeyHistoryList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => KeyHistoryView) entries!: KeyHistoryView[];
}

const keyPackageCharacters = Math.ceil((LIMITS.keyPackageBytes * 4) / 3);

export class UploadKeyPackagesRequest {
  @IsArray()
  @ArrayMaxSize(LIMITS.keyPackagesPerUpload)
  @IsBase64urlArray()
  keyPackages!: string[];
  /** Handed out when the others are used up; replaces the one before. */
  @IsOptional() @IsBase64url(keyPackageCharacters) lastResort?: string;
}

export class KeyPackageCount {
  @IsInteger(0) available!: number;
  @IsBoolean() lastResort!: boolean;
}

export class ClaimedKeyPackage {
  @IsId() userId!: string;
  @IsId() deviceId!: string;
  @IsBase64url(keyPackageCharacters) keyPackage!: string;
  @IsBoolean() lastResort!: boolean;
}

export class RegistrationInvitation {
  @IsBytes(16) code!: string;
  @IsInteger(0) expiresAt!: number;
}

function IsBase64urlArray(): PropertyDecorator {
  return (target, key) => {
    IsString({ each: true })(target, key);
    Length(1, keyPackageCharacters, { each: true })(target, key);
  };
}

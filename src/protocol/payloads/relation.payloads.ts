import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, ValidateNested } from 'class-validator';
import { LIMITS } from '../limits.js';
import { IsBytes, IsId, IsInteger, IsText, IsUsername } from './fields.js';
import { AVATAR_COLOURS, type AvatarColour, DeviceRegistration } from './user.payloads.js';

/** What a friend may know of a friend. */
export class FriendView {
  @IsId() userId!: string;
  @IsUsername() username!: string;
  @IsText(2 * LIMITS.displayNameCodePoints) displayName!: string;
  @IsIn(AVATAR_COLOURS) avatarColour!: AvatarColour;
  @IsBytes(32) identityKey!: string;
  /** Counts the identity keys of the account; the history proves the chain from the first. */
  @IsInteger(1) keyVersion!: number;
  /** The active device, certified by the identity key. */
  @ValidateNested() @Type(() => DeviceRegistration) device!: DeviceRegistration;
  @IsId() conversationId!: string;
  @IsInteger(0) since!: number;
}

export class FriendList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => FriendView) friends!: FriendView[];
  @IsInteger(0) limit!: number;
}

export class FriendRequestRequest {
  @IsUsername() username!: string;
}

export class PersonView {
  @IsId() userId!: string;
  @IsUsername() username!: string;
  @IsText(2 * LIMITS.displayNameCodePoints) displayName!: string;
  @IsIn(AVATAR_COLOURS) avatarColour!: AvatarColour;
}

export class IncomingRequest {
  @IsId() requestId!: string;
  @ValidateNested() @Type(() => PersonView) from!: PersonView;
  @IsInteger(0) createdAt!: number;
}

export class OutgoingRequest {
  @IsId() requestId!: string;
  /** As it was asked for; whether it exists is not told. */
  @IsUsername() username!: string;
  @IsInteger(0) createdAt!: number;
}

export class FriendRequestList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => IncomingRequest) incoming!: IncomingRequest[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => OutgoingRequest) outgoing!: OutgoingRequest[];
}

export class InvitationView {
  @IsId() invitationId!: string;
  @IsInteger(0) expiresAt!: number;
}

export class CreatedInvitation extends InvitationView {
  /** 128 random bits; shown once, the server keeps a hash. */
  @IsBytes(16) code!: string;
}

export class InvitationList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => InvitationView) invitations!: InvitationView[];
}

export class RedeemInvitationRequest {
  @IsBytes(16) code!: string;
}

export class BlockRequest {
  @IsId() userId!: string;
}

export class BlockList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => PersonView) blocked!: PersonView[];
}

export class FriendRequestReceived {
  @ValidateNested() @Type(() => IncomingRequest) request!: IncomingRequest;
}

export class FriendRequestWithdrawn {
  @IsId() requestId!: string;
}

export class FriendAdded {
  @ValidateNested() @Type(() => FriendView) friend!: FriendView;
}

export class FriendRemoved {
  @IsId() userId!: string;
  @IsId() conversationId!: string;
}

/** A friend's name, colour, key or device is another one now. */
export class FriendChanged {
  @ValidateNested() @Type(() => FriendView) friend!: FriendView;
  @IsIn(['profile', 'identity-key', 'device']) what!: 'profile' | 'identity-key' | 'device';
}

export class PresenceState {
  @IsId() userId!: string;
  @IsBoolean() online!: boolean;
}

export class PresenceList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => PresenceState) friends!: PresenceState[];
}

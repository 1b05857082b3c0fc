import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, ValidateNested } from 'class-validator';
import { LIMITS } from '../limits.js';
import { IsBytes, IsId, IsIdArray, IsInteger } from './fields.js';
import { PersonView } from './relation.payloads.js';
import { DeviceRegistration } from './user.payloads.js';

export class CreateGroupRequest {
  /** Chosen by the creator: the same id again is the same group, not another one. */
  @IsId() clientGroupId!: string;
  /** Friends of the creator, who is a member too. */
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(LIMITS.groupMembers - 1) @IsIdArray() members!: string[];
}

/** What a member of a group may know of another one, friend or not. */
export class GroupMemberView extends PersonView {
  @IsBytes(32) identityKey!: string;
  /** Counts the identity keys of the account; the history proves the chain from the first. */
  @IsInteger(1) keyVersion!: number;
  /** The active device, certified by the identity key. */
  @ValidateNested() @Type(() => DeviceRegistration) device!: DeviceRegistration;
  @IsInteger(0) joinedAt!: number;
}

/** The name is not here: it is sealed, and comes with the handshakes. */
export class GroupView {
  /** Also the id of its conversation. */
  @IsId() groupId!: string;
  @IsId() ownerId!: string;
  @IsInteger(0) createdAt!: number;
  /** The longest member first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => GroupMemberView) members!: GroupMemberView[];
}

export class GroupList {
  @IsArray() @ValidateNested({ each: true }) @Type(() => GroupView) groups!: GroupView[];
  @IsInteger(0) limit!: number;
}

/** The members, their keys or devices, or the owner, are others now. */
export class GroupUpdated {
  @ValidateNested() @Type(() => GroupView) group!: GroupView;
}

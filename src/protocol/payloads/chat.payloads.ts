import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Max,
  Min,
  IsInt,
  ValidateNested,
} from 'class-validator';
import { LIMITS } from '../limits.js';
import { IsBase64url, IsId, IsIdArray, IsInteger, IsSequence } from './fields.js';

const burnAfterRead = () => IsInteger(LIMITS.burnAfterReadSeconds.min, LIMITS.burnAfterReadSeconds.max);

export class ConversationView {
  @IsId() conversationId!: string;
  @IsIn(['direct', 'group']) kind!: 'direct' | 'group';
  @IsArray() @IsIdArray() members!: string[];
  /** Names this log. Another value means that the store lost the log: forget all sequences and start over. */
  @IsId() incarnation!: string;
  /** Highest sequence given out. */
  @IsSequence() headSeq!: number;
  /** Every sequence up to here is burned and has no entry of its own any more. */
  @IsSequence() burnedThrough!: number;
  /** Live messages of others that this user has not read. */
  @IsInteger(0) unread!: number;
  /** Counts the accepted handshakes; 0: nobody has started the encryption yet. */
  @IsInteger(0) epoch!: number;
  @burnAfterRead() ownBurnAfterReadSeconds!: number;
  /** The strictest of all members: what counts. */
  @burnAfterRead() burnAfterReadSeconds!: number;
  @IsInteger(0) lastActivityAt!: number;
}

export class ConversationListResult {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ConversationView) conversations!: ConversationView[];
  /** Milliseconds since the epoch by the server's clock: all burn times are by it. */
  @IsInteger(0) serverTime!: number;
}

export class SetBurnRequest {
  @IsId() conversationId!: string;
  @burnAfterRead() burnAfterReadSeconds!: number;
}

export class SendRequest {
  @IsId() conversationId!: string;
  /** Chosen by the sender; the same id with the same body is the same message for its whole life. */
  @IsId() clientMessageId!: string;
  @IsInteger(1) epoch!: number;
  /** One MLS PrivateMessage. */
  @IsBase64url(LIMITS.ciphertextCharacters) ciphertext!: string;
  /** The same value that the ciphertext authenticates; the server applies the stricter of it and the conversation's. */
  @burnAfterRead() burnAfterReadSeconds!: number;
  /** The message may not live beyond this time (milliseconds, server clock): for sending again what a lost log held. */
  @IsOptional() @IsInteger(0) notAfter?: number;
}

export class SendResult {
  @IsId() incarnation!: string;
  @IsSequence() seq!: number;
  @IsInteger(0) acceptedAt!: number;
  @IsInteger(0) burnAt!: number;
  /** True when this id was accepted before: nothing new was stored. */
  @IsBoolean() duplicate!: boolean;
}

export const BURN_REASONS = ['read', 'expired', 'recalled'] as const;
export type BurnReason = (typeof BURN_REASONS)[number];

/** How far one recipient of an own message is. */
export class MemberReceipt {
  @IsId() userId!: string;
  @IsOptional() @IsInteger(0) deliveredAt?: number;
  /** Absent too when the reader does not share it. */
  @IsOptional() @IsInteger(0) readAt?: number;
}

/** One sequence of the log: a message, or the hole that a burned one left (`burned` set, no ciphertext). */
export class LogEntry {
  @IsSequence() seq!: number;
  @IsId() senderId!: string;
  @IsId() senderDeviceId!: string;
  @IsId() clientMessageId!: string;
  @IsInteger(1) epoch!: number;
  @IsInteger(0) acceptedAt!: number;
  @burnAfterRead() burnAfterReadSeconds!: number;
  @IsInteger(0) burnAt!: number;
  /** Absent on the caller's own messages, which it cannot decrypt, on holes, and on what was not for the caller. */
  @IsOptional() @IsString() ciphertext?: string;
  /** On own messages: when the last recipient had it. */
  @IsOptional() @IsInteger(0) deliveredAt?: number;
  /** On own messages: when the last recipient read it; absent too when one of them does not share it. */
  @IsOptional() @IsInteger(0) readAt?: number;
  /** On own messages of groups: who has it and who has read it. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => MemberReceipt) receipts?: MemberReceipt[];
  @IsOptional() @IsIn(BURN_REASONS) burned?: BurnReason;
}

export class SyncRequest {
  @IsId() conversationId!: string;
  /** Entries after this sequence. */
  @IsSequence() afterSeq!: number;
  @IsInt() @Min(1) @Max(LIMITS.syncPage) limit!: number;
}

export class SyncResult {
  @IsId() incarnation!: string;
  @IsSequence() headSeq!: number;
  @IsSequence() burnedThrough!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => LogEntry) entries!: LogEntry[];
  @IsInteger(0) serverTime!: number;
}

export class ReceiptRequest {
  @IsId() conversationId!: string;
  @IsId() incarnation!: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(LIMITS.syncPage)
  @IsInt({ each: true })
  @Min(1, { each: true })
  seqs!: number[];
}

export class BurnTime {
  @IsSequence() seq!: number;
  @IsInteger(0) burnAt!: number;
}

export class ReadResult {
  /** When each message that is still alive will burn. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => BurnTime) burnTimes!: BurnTime[];
}

export class MessageReceived {
  @IsId() conversationId!: string;
  @IsId() incarnation!: string;
  @ValidateNested() @Type(() => LogEntry) entry!: LogEntry;
}

export class MessageReceipt {
  @IsId() conversationId!: string;
  @IsId() incarnation!: string;
  @IsId() userId!: string;
  @IsIn(['delivered', 'read']) kind!: 'delivered' | 'read';
  @IsArray() @ValidateNested({ each: true }) @Type(() => BurnTime) messages!: BurnTime[];
  @IsInteger(0) at!: number;
}

export class BurnedMessage {
  @IsSequence() seq!: number;
  @IsIn(BURN_REASONS) reason!: BurnReason;
}

export class MessageBurned {
  @IsId() conversationId!: string;
  @IsId() incarnation!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => BurnedMessage) messages!: BurnedMessage[];
}

export class ConversationUpdated {
  @ValidateNested() @Type(() => ConversationView) conversation!: ConversationView;
}

export class ConversationRemoved {
  @IsId() conversationId!: string;
}

export class WelcomedDevice {
  @IsId() userId!: string;
  @IsId() deviceId!: string;
}

/** What a commit does to the members of a group. */
export class MembershipChange {
  /** Friends of the sender. */
  @IsArray() @ArrayMaxSize(LIMITS.groupMembers - 1) @IsIdArray() add!: string[];
  /** By the owner; who has left already may be removed by anybody. */
  @IsArray() @ArrayMaxSize(LIMITS.groupMembers - 1) @IsIdArray() remove!: string[];
}

export const SUBMITTED_HANDSHAKE_KINDS = ['reset', 'commit'] as const;
export type SubmittedHandshakeKind = (typeof SUBMITTED_HANDSHAKE_KINDS)[number];
/** `leave`: a member is gone; before anything is sent again, another one commits the removal. */
export const HANDSHAKE_KINDS = [...SUBMITTED_HANDSHAKE_KINDS, 'leave'] as const;
export type HandshakeKind = (typeof HANDSHAKE_KINDS)[number];

const sealedName = () => IsBase64url(LIMITS.sealedNameCharacters);

export class SubmitHandshakeRequest {
  @IsId() conversationId!: string;
  /** The epoch this builds on. Accepted only while it is the current one; the accepted handshake makes it one more. */
  @IsInteger(0) baseEpoch!: number;
  /** `reset`: a new MLS group for the same members, whatever was before. `commit`: the group goes on. */
  @IsIn(SUBMITTED_HANDSHAKE_KINDS) kind!: SubmittedHandshakeKind;
  @IsOptional() @IsBase64url(LIMITS.ciphertextCharacters) commit?: string;
  /** One MLS Welcome, for all devices in `welcomed`. */
  @IsOptional() @IsBase64url(LIMITS.ciphertextCharacters) welcome?: string;
  @IsArray()
  @ArrayMaxSize(LIMITS.groupMembers)
  @ValidateNested({ each: true })
  @Type(() => WelcomedDevice)
  welcomed!: WelcomedDevice[];
  /** With a commit in a group only. */
  @IsOptional() @ValidateNested() @Type(() => MembershipChange) change?: MembershipChange;
  /** In groups: the name, sealed under the epoch that this handshake starts. Without it the name stays. */
  @IsOptional() @sealedName() sealedName?: string;
}

export class SubmitHandshakeResult {
  @IsInteger(1) epoch!: number;
}

export class ListHandshakesRequest {
  @IsId() conversationId!: string;
  @IsInteger(0) afterEpoch!: number;
}

export class HandshakeView {
  @IsInteger(1) epoch!: number;
  @IsIn(HANDSHAKE_KINDS) kind!: HandshakeKind;
  @IsId() senderId!: string;
  /** Absent with `leave`. */
  @IsOptional() @IsId() senderDeviceId?: string;
  /** The members once this was accepted. */
  @IsArray() @IsIdArray() members!: string[];
  @IsOptional() @IsString() commit?: string;
  /** If it is for the calling device. */
  @IsOptional() @IsString() welcome?: string;
  @IsOptional() @sealedName() sealedName?: string;
}

export class HandshakeListResult {
  @IsInteger(0) epoch!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => HandshakeView) handshakes!: HandshakeView[];
}

export class HandshakeDoneRequest {
  @IsId() conversationId!: string;
  /** Handshakes up to this epoch are applied and stored on the device. */
  @IsInteger(1) epoch!: number;
}

export class HandshakeReceived {
  @IsId() conversationId!: string;
  @IsInteger(1) epoch!: number;
}

export class TypingRequest {
  @IsId() conversationId!: string;
  @IsBoolean() typing!: boolean;
}

export class TypingChanged {
  @IsId() conversationId!: string;
  @IsId() userId!: string;
  @IsBoolean() typing!: boolean;
}

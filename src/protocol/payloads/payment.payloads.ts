import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { LIMITS } from '../limits.js';
import { PAYMENT_ORDER_KINDS, type PaymentOrderKind } from '../signing.js';
import { IsBytes, IsId, IsInteger } from './fields.js';

/* Amounts are integers in the smallest unit of the currency. */
const IsAmount = (): PropertyDecorator => IsInteger(1, LIMITS.paymentAmount);
const IsBalance = (): PropertyDecorator => IsInteger(0);
/** ISO 4217. */
const IsCurrency = (): PropertyDecorator => Matches(/^[A-Z]{3}$/);

export const PAYMENT_PROVIDERS = ['sandbox', 'webhook'] as const;
export type PaymentProviderKind = (typeof PAYMENT_PROVIDERS)[number];

/** What this server's money is. */
export class PaymentTerms {
  /** Its name in everything that is signed for it, as in challenges. */
  @IsString() server!: string;
  @IsCurrency() currency!: string;
  /** Digits after the point when an amount is shown: 2 for CNY, whose smallest unit is the fen. */
  @IsInteger(0, 4) decimals!: number;
  @IsIn(PAYMENT_PROVIDERS) provider!: PaymentProviderKind;
  /** True with the sandbox: nothing of this is worth anything. */
  @IsBoolean() testMoney!: boolean;
  @IsAmount() maxPerOrder!: number;
  /** Of one payer, between two midnights UTC. */
  @IsAmount() maxPerDay!: number;
  @IsInteger(0) withdrawalFee!: number;
  @IsInteger(1) redPacketLifeMs!: number;
}

/** Signed by the payer: {@link paymentOrderBytes}. */
export class PaymentOrderRequest {
  @IsId() orderId!: string;
  @IsIn(PAYMENT_ORDER_KINDS) kind!: PaymentOrderKind;
  /** A friend. */
  @IsId() payeeId!: string;
  @IsBytes(32) payeeKey!: string;
  @IsAmount() amount!: number;
  @IsCurrency() currency!: string;
  @IsInteger(0) issuedAt!: number;
  @IsBoolean() newKeyConfirmed!: boolean;
  @IsBytes(64) signature!: string;
}

/** `pending`: reserved. `posted`: the payee has it. `voided`: it went back to the payer. The last two are final. */
export const PAYMENT_STATES = ['pending', 'posted', 'voided'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

export class PaymentOrderView {
  @IsId() orderId!: string;
  @IsIn(PAYMENT_ORDER_KINDS) kind!: PaymentOrderKind;
  @IsId() payerId!: string;
  @IsId() payeeId!: string;
  @IsAmount() amount!: number;
  @IsCurrency() currency!: string;
  @IsIn(PAYMENT_STATES) state!: PaymentState;
  @IsInteger(0) createdAt!: number;
  /** Of a red packet: from here on it cannot be claimed. */
  @IsOptional() @IsInteger(0) expiresAt?: number;
  /** When it was posted or voided. */
  @IsOptional() @IsInteger(0) settledAt?: number;
}

export class PaymentOrderList {
  /** Oldest first, at most 100. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => PaymentOrderView) orders!: PaymentOrderView[];
}

export class BalanceView {
  @IsCurrency() currency!: string;
  /** Free to spend. */
  @IsBalance() available!: number;
  /** In own red packets that nobody has claimed, and withdrawals under way. */
  @IsBalance() pending!: number;
}

export class StatementQuery {
  /** `nextCursor` of the page before. */
  @IsOptional() @Matches(/^[1-9]\d{0,15}$/) cursor?: string;
  /** 1 to 100; 50 without it. */
  @IsOptional() @Matches(/^(?:[1-9]\d?|100)$/) limit?: string;
}

export const STATEMENT_KINDS = ['transfer', 'red-packet', 'refund', 'top-up', 'withdrawal', 'fee'] as const;
export type StatementKind = (typeof STATEMENT_KINDS)[number];

export class StatementEntry {
  @IsInteger(1) entryId!: number;
  @IsIn(STATEMENT_KINDS) kind!: StatementKind;
  /** Negative: it left the account. */
  @IsInteger(-LIMITS.paymentAmount) amount!: number;
  @IsBalance() balanceAfter!: number;
  /** The order, top-up or withdrawal that this belongs to. */
  @IsId() reference!: string;
  /** The other user, where there is one. */
  @IsOptional() @IsId() counterpartId?: string;
  @IsInteger(0) at!: number;
}

export class Statement {
  /** Newest first. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => StatementEntry) entries!: StatementEntry[];
  @IsOptional() @IsString() nextCursor?: string;
}

export class TopUpRequest {
  /** Chosen by the client: at most one effect, however often it is sent. */
  @IsId() topUpId!: string;
  @IsAmount() amount!: number;
  @IsCurrency() currency!: string;
}

export class TopUpView {
  @IsId() topUpId!: string;
  @IsAmount() amount!: number;
  @IsCurrency() currency!: string;
  @IsIn(PAYMENT_STATES) state!: PaymentState;
  @IsInteger(0) createdAt!: number;
  /** The provider's page on which to pay, while the top-up is pending. */
  @IsOptional() @IsUrl({ require_tld: false }) payAt?: string;
}

/** Signed by the owner: {@link withdrawalBytes}. */
export class WithdrawalRequest {
  @IsId() withdrawalId!: string;
  /** The fee comes on top. */
  @IsAmount() amount!: number;
  @IsCurrency() currency!: string;
  /** For the provider: an account, an address. No controls and no halves of characters: what is signed is what is stored. */
  @Length(1, LIMITS.withdrawalDestinationCharacters) @Matches(/^[^\p{Cc}\p{Cs}]*$/u) destination!: string;
  @IsInteger(0) issuedAt!: number;
  @IsBytes(64) signature!: string;
}

export class WithdrawalView {
  @IsId() withdrawalId!: string;
  @IsAmount() amount!: number;
  @IsInteger(0) fee!: number;
  @IsCurrency() currency!: string;
  @IsIn(PAYMENT_STATES) state!: PaymentState;
  @IsInteger(0) createdAt!: number;
}

export const CALLBACK_TYPES = [
  'top-up.succeeded',
  'top-up.failed',
  'withdrawal.succeeded',
  'withdrawal.failed',
] as const;
export type CallbackType = (typeof CALLBACK_TYPES)[number];

/** What a payment provider reports, signed as in standardwebhooks.com: headers webhook-id, -timestamp and -signature. */
export class ProviderCallback {
  @IsIn(CALLBACK_TYPES) type!: CallbackType;
  /** The top-up or withdrawal. */
  @IsId() reference!: string;
  @IsInt() @Min(1) @Max(LIMITS.paymentAmount) amount!: number;
  @IsCurrency() currency!: string;
}

export class CallbackResult {
  /** What the top-up or withdrawal is in now, which may be another one than reported: the first report is final. */
  @IsIn(PAYMENT_STATES) state!: PaymentState;
}

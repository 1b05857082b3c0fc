import { Column, Entity, PrimaryColumn, type ValueTransformer } from 'typeorm';
import type { PaymentState, StatementKind } from '../../../protocol/payloads/payment.payloads.js';
import type { PaymentOrderKind } from '../../../protocol/signing.js';
import type { AccountKind } from '../domain/ledger.js';

/** Amounts and milliseconds. MySQL's driver gives bigint columns as text. */
const integer: ValueTransformer = { to: (value: unknown) => value, from: Number };
const integerOrNull: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (value === null ? null : Number(value)),
};

@Entity('payment_account')
export class PaymentAccountRow {
  /** Made from the other three (`accountIdOf`): there is one account of each. */
  @PrimaryColumn('varchar', { length: 40 }) id!: string;
  @Column('varchar', { length: 6 }) kind!: AccountKind;
  /** '' for the accounts of the system: a null would not be unique. */
  @Column('varchar', { name: 'user_id', length: 22 }) userId!: string;
  @Column('varchar', { length: 3 }) currency!: string;
  @Column('bigint', { transformer: integer }) balance!: number;
  @Column('bigint', { name: 'created_at', transformer: integer }) createdAt!: number;
}

/** Never updated, never deleted. */
@Entity('ledger_entry')
export class LedgerEntryRow {
  /** Contiguous from 1. */
  @PrimaryColumn('bigint', { transformer: integer }) seq!: number;
  @Column('varchar', { name: 'posting_id', length: 40 }) postingId!: string;
  /** Place in its posting, from 0. */
  @Column('int') line!: number;
  @Column('varchar', { name: 'account_id', length: 40 }) accountId!: string;
  @Column('varchar', { length: 12 }) kind!: StatementKind;
  @Column('varchar', { length: 22 }) reference!: string;
  @Column('varchar', { name: 'counterpart_id', length: 22, nullable: true }) counterpartId!: string | null;
  @Column('bigint', { transformer: integer }) amount!: number;
  @Column('bigint', { name: 'balance_after', transformer: integer }) balanceAfter!: number;
  @Column('bigint', { transformer: integer }) at!: number;
  @Column('varchar', { name: 'previous_hash', length: 43 }) previousHash!: string;
  @Column('varchar', { length: 43 }) hash!: string;
}

/** One row, id 1: the end of the chain. */
@Entity('ledger_head')
export class LedgerHeadRow {
  @PrimaryColumn('int') id!: number;
  @Column('bigint', { transformer: integer }) seq!: number;
  @Column('varchar', { length: 43 }) hash!: string;
}

@Entity('payment_order')
export class PaymentOrderRow {
  @PrimaryColumn('varchar', { length: 22 }) id!: string;
  @Column('varchar', { length: 12 }) kind!: PaymentOrderKind;
  @Column('varchar', { name: 'payer_id', length: 22 }) payerId!: string;
  @Column('varchar', { name: 'payee_id', length: 22 }) payeeId!: string;
  @Column('varchar', { name: 'payee_key', length: 43 }) payeeKey!: string;
  @Column('bigint', { transformer: integer }) amount!: number;
  @Column('varchar', { length: 3 }) currency!: string;
  @Column('bigint', { name: 'issued_at', transformer: integer }) issuedAt!: number;
  @Column('boolean', { name: 'new_key_confirmed' }) newKeyConfirmed!: boolean;
  /** With the server's name at that time, what it takes to verify the signature for ever. */
  @Column('varchar', { length: 255 }) server!: string;
  @Column('varchar', { name: 'payer_key', length: 43 }) payerKey!: string;
  @Column('varchar', { length: 86 }) signature!: string;
  @Column('varchar', { length: 7 }) state!: PaymentState;
  @Column('bigint', { name: 'created_at', transformer: integer }) createdAt!: number;
  @Column('bigint', { name: 'expires_at', nullable: true, transformer: integerOrNull }) expiresAt!: number | null;
  @Column('bigint', { name: 'settled_at', nullable: true, transformer: integerOrNull }) settledAt!: number | null;
}

/** What a user has ordered between two midnights UTC. */
@Entity('payment_day')
export class PaymentDayRow {
  @PrimaryColumn('varchar', { name: 'user_id', length: 22 }) userId!: string;
  /** Days since the epoch. */
  @PrimaryColumn('int') day!: number;
  @Column('bigint', { transformer: integer }) spent!: number;
}

@Entity('top_up')
export class TopUpRow {
  @PrimaryColumn('varchar', { length: 22 }) id!: string;
  @Column('varchar', { name: 'user_id', length: 22 }) userId!: string;
  @Column('bigint', { transformer: integer }) amount!: number;
  @Column('varchar', { length: 3 }) currency!: string;
  @Column('varchar', { length: 7 }) state!: PaymentState;
  @Column('bigint', { name: 'created_at', transformer: integer }) createdAt!: number;
  @Column('bigint', { name: 'expires_at', transformer: integer }) expiresAt!: number;
  @Column('bigint', { name: 'settled_at', nullable: true, transformer: integerOrNull }) settledAt!: number | null;
  /** The provider's page. */
  @Column('varchar', { name: 'pay_at', length: 2000, nullable: true }) payAt!: string | null;
}

@Entity('withdrawal')
export class WithdrawalRow {
  @PrimaryColumn('varchar', { length: 22 }) id!: string;
  @Column('varchar', { name: 'user_id', length: 22 }) userId!: string;
  @Column('bigint', { transformer: integer }) amount!: number;
  @Column('bigint', { transformer: integer }) fee!: number;
  @Column('varchar', { length: 3 }) currency!: string;
  @Column('varchar', { length: 200 }) destination!: string;
  @Column('varchar', { length: 7 }) state!: PaymentState;
  @Column('bigint', { name: 'created_at', transformer: integer }) createdAt!: number;
  /** From then on it is offered to the provider; null once the provider has it. */
  @Column('bigint', { name: 'offer_at', nullable: true, transformer: integerOrNull }) offerAt!: number | null;
  @Column('bigint', { name: 'settled_at', nullable: true, transformer: integerOrNull }) settledAt!: number | null;
  @Column('varchar', { length: 255 }) server!: string;
  @Column('varchar', { name: 'identity_key', length: 43 }) identityKey!: string;
  @Column('bigint', { name: 'issued_at', transformer: integer }) issuedAt!: number;
  @Column('varchar', { length: 86 }) signature!: string;
}

/** Callbacks of the provider that were handled. */
@Entity('provider_event')
export class ProviderEventRow {
  @PrimaryColumn('varchar', { length: 255 }) id!: string;
  /** The top-up or withdrawal that it was about: for another one it is not taken again. */
  @Column('varchar', { length: 22 }) reference!: string;
  @Column('bigint', { name: 'received_at', transformer: integer }) receivedAt!: number;
}

import type { PaymentState } from '../../../protocol/payloads/payment.payloads.js';

export interface NewTopUp {
  readonly topUpId: string;
  readonly userId: string;
  readonly amount: number;
  readonly currency: string;
  readonly createdAt: number;
  /** When it is voided unless it was paid. */
  readonly expiresAt: number;
}

export interface TopUp extends NewTopUp {
  readonly state: PaymentState;
  /** The provider's page on which to pay. */
  readonly payAt: string | null;
}

/** With everything that its owner has signed, so that it can be verified for ever. */
export interface NewWithdrawal {
  readonly withdrawalId: string;
  readonly userId: string;
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
  readonly destination: string;
  readonly createdAt: number;
  readonly server: string;
  readonly identityKey: string;
  readonly issuedAt: number;
  readonly signature: string;
  /** When it is offered to the provider again if that has not taken it until then. */
  readonly offerAt: number;
}

export interface Withdrawal extends Omit<NewWithdrawal, 'offerAt'> {
  readonly state: PaymentState;
  /** Null once the provider has it. */
  readonly offerAt: number | null;
}

export type FundingKind = 'top-up' | 'withdrawal';

export interface Outcome {
  readonly kind: FundingKind;
  /** The top-up or withdrawal. */
  readonly reference: string;
  readonly state: Exclude<PaymentState, 'pending'>;
  readonly at: number;
  /** Where the provider has called back to say so. */
  readonly report?: { readonly eventId: string; readonly amount: number; readonly currency: string };
}

export interface Settled {
  readonly userId: string;
  /** What it is in now, which may be another one than asked for. */
  readonly state: PaymentState;
  /** Whether this very call has settled it. */
  readonly changed: boolean;
}

/**
 * Money on its way in and out. The first settlement of each is final, whoever else settles it at the same time, and moves the
 * money with it or not at all: a posted top-up from issue to its user; a posted withdrawal from escrow to issue, its fee to
 * fees, a voided one back to its user.
 */
export abstract class FundingStore {
  /** Keeps it as pending, or returns what is there. Throws ORDER_ID_REUSED for what another user or body has begun. */
  abstract beginTopUp(topUp: NewTopUp): Promise<TopUp>;
  abstract findTopUp(topUpId: string): Promise<TopUp | null>;
  /** The same; a new one moves amount and fee to escrow with it. Throws INSUFFICIENT_FUNDS and keeps nothing then. */
  abstract beginWithdrawal(withdrawal: NewWithdrawal): Promise<Withdrawal>;
  abstract findWithdrawal(withdrawalId: string): Promise<Withdrawal | null>;
  /** The provider has it: a withdrawal is not offered any more. */
  abstract markTaken(kind: FundingKind, reference: string, payAt?: string): Promise<void>;
  /** Throws NOT_FOUND, and CALLBACK_INVALID for a report of another amount. An event counts for one reference only. */
  abstract settle(outcome: Outcome): Promise<Settled>;
  /** Ids of pending ones, oldest first. */
  abstract listOverdueTopUps(now: number, limit: number): Promise<string[]>;
  /** Pending withdrawals that are to be offered, each to one caller, and not again before `againAt`. */
  abstract takeOffers(now: number, againAt: number, limit: number): Promise<Withdrawal[]>;
}

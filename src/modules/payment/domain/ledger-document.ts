import { paymentOrderBytes, withdrawalBytes } from '../../../protocol/signing.js';
import {
  postingsOfTopUp,
  postingsOfWithdrawal,
  type RecordedTopUp,
  type RecordedWithdrawal,
} from './funding-postings.js';
import type { Posting } from './ledger.js';
import { type PaymentOrder, postingsOf } from './payment-order.js';

/** What postings rest on, by the table that it is in. */
export type LedgerDocument =
  | { readonly table: 'payment_order'; readonly record: PaymentOrder }
  | { readonly table: 'top_up'; readonly record: RecordedTopUp }
  | { readonly table: 'withdrawal'; readonly record: RecordedWithdrawal };
export type DocumentTable = LedgerDocument['table'];

const TABLE_OF_EFFECT: Readonly<Record<string, DocumentTable>> = {
  order: 'payment_order',
  'order-end': 'payment_order',
  'top-up': 'top_up',
  withdrawal: 'withdrawal',
  'withdrawal-end': 'withdrawal',
};

/** Undefined for an effect that there is none of. */
export function tableOf(postingId: string): DocumentTable | undefined {
  return TABLE_OF_EFFECT[postingId.slice(0, Math.max(0, postingId.indexOf(':')))];
}

export function keyOf(document: LedgerDocument): string {
  switch (document.table) {
    case 'payment_order':
      return document.record.orderId;
    case 'top_up':
      return document.record.topUpId;
    case 'withdrawal':
      return document.record.withdrawalId;
  }
}

/** What it has moved in its state. */
export function postingsOfDocument(document: LedgerDocument): Posting[] {
  switch (document.table) {
    case 'payment_order':
      return postingsOf(document.record);
    case 'top_up':
      return postingsOfTopUp(document.record);
    case 'withdrawal':
      return postingsOfWithdrawal(document.record);
  }
}

export interface Signed {
  readonly userId: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly signature: string;
}

/** Null for a top-up: money that comes in is signed by the provider, in a callback that is not kept. */
export function signedPartOf(document: LedgerDocument): Signed | null {
  switch (document.table) {
    case 'payment_order': {
      const { payerId: userId, payerKey: key, signature } = document.record;
      return { userId, key, signature, bytes: paymentOrderBytes(document.record) };
    }
    case 'top_up':
      return null;
    case 'withdrawal': {
      const { userId, identityKey: key, signature } = document.record;
      return { userId, key, signature, bytes: withdrawalBytes(document.record) };
    }
  }
}

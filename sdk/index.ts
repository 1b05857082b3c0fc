export { AshwireClient, type RecoverOptions } from './client.js';
export type { OpenOptions } from './client-parts.js';
export type { AshwireClientEvents, ConnectionState, ConversationSummary } from './client-events.js';
export { AshwireError, type AshwireErrorCode, type ClientErrorCode } from './ashwire-error.js';
export type { RegisterOptions } from './account/registration.js';
export type { ProofOfWorkProgress } from './account/proof-of-work.js';
export type { Contact } from './friends/contact.js';
export type { Invitation, OpenInvitation, SafetyNumber } from './friends/friends.js';
export { type InvitationContent, readInvitation } from './friends/invitation-code.js';
export type { Group, GroupMember } from './groups/group.js';
export type { Groups } from './groups/groups.js';
export type { Conversation } from './conversations/conversation.js';
export type { Message, MessageReceipt } from './conversations/message.js';
export { formatAmount, parseAmount } from './payments/amounts.js';
export type { PaymentCard } from './payments/payment-card.js';
export type { Payment, PaymentOptions, Payments } from './payments/payments.js';
export type {
  BalanceView,
  PaymentOrderView,
  PaymentTerms,
  Statement,
  StatementEntry,
  TopUpView,
  WithdrawalView,
} from '../src/protocol/payloads/payment.payloads.js';
export type { ContactTrust, MessageState } from './store/records.js';
export { ClientStorage, type StorageChange, type StoredEntry } from './storage/client-storage.port.js';
export { StorageError, type StorageErrorCode } from './storage/storage-error.js';
export { MemoryStorage } from './storage/adapters/memory-storage.js';
export {
  type IndexedDbOptions,
  type IndexedDbStorage,
  openIndexedDbStorage,
  wipeIndexedDbStorage,
} from './storage/adapters/indexed-db-storage.js';

export { paymentSchema } from './adapters/payment.schema.js';
export { type AuditReport, LedgerAudit } from './ledger.audit.js';
export { PaymentModule } from './payment.module.js';

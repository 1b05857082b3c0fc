import type { PaymentOrder } from '../domain/payment-order.js';
import type { PaymentOrderRow } from './payment.rows.js';

export const orderOf = ({ id, ...order }: PaymentOrderRow): PaymentOrder => ({ orderId: id, ...order });

export const rowOf = ({ orderId, ...order }: PaymentOrder): PaymentOrderRow => ({ id: orderId, ...order });

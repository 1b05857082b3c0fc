import {
  AshwireError,
  type PaymentCard,
  type Message,
  type PaymentOrderView,
  type PaymentTerms,
} from '../sdk/index.js';
import type { Context } from './context.js';
import { describeCard } from './money-line.js';

/** What is known of the orders behind the cards. A packet can be claimed when its card has long burned. */
export class Orders {
  private readonly known = new Map<string, PaymentOrderView | null>();
  private readonly looks = new Set<string>();
  /** The packets for this user; `/claim 1` is the first. */
  private readonly packets: string[] = [];
  private currency: PaymentTerms | undefined;

  constructor(private readonly context: Context) {}

  async terms(): Promise<PaymentTerms> {
    this.currency ??= await this.context.client.payments.terms();
    return this.currency;
  }

  learn(order: PaymentOrderView): void {
    // An answer may be overtaken by an event. What is settled stays so.
    const { state = 'pending' } = this.known.get(order.orderId) ?? {};
    if (state === 'pending') this.known.set(order.orderId, order);
    const isForMe = order.kind === 'red-packet' && order.payeeId === this.context.people.ownId;
    if (isForMe && !this.packets.includes(order.orderId)) this.packets.push(order.orderId);
  }

  /** What waits for this user, also from before this program was started. */
  async lookForPackets(): Promise<void> {
    for (const order of await this.context.client.payments.pending()) this.learn(order);
  }

  isNew(orderId: string): boolean {
    return !this.looks.has(orderId);
  }

  /** Asks the server. Offline nothing is learned, and the order is new again. */
  look(orderId: string): Promise<void> {
    this.looks.add(orderId);
    return this.ask(orderId);
  }

  /** The number by which a packet can be claimed, while it can. */
  claimNumber(orderId: string): number | undefined {
    const index = this.packets.indexOf(orderId);
    return index >= 0 && this.known.get(orderId)?.state === 'pending' ? index + 1 : undefined;
  }

  /** By its number, or else the last one of this payer. */
  claimable(choice: { readonly number: number } | { readonly payerId: string }): PaymentOrderView | undefined {
    if ('number' in choice) return this.known.get(this.packets[choice.number - 1] ?? '') ?? undefined;
    const { payerId } = choice;
    const packets = this.packets.map((orderId) => this.known.get(orderId));
    return packets.findLast((order) => order?.payerId === payerId && order.state === 'pending') ?? undefined;
  }

  /** Own red packets to this friend. */
  sentTo(payeeId: string): PaymentOrderView[] {
    const orders = [...this.known.values()].filter((order) => order !== null);
    const { ownId } = this.context.people;
    return orders.filter(
      (order) => order.kind === 'red-packet' && order.payerId === ownId && order.payeeId === payeeId,
    );
  }

  describe(card: PaymentCard, { senderId }: Message): string {
    const { orderId } = card;
    const [order, claim] = [this.known.get(orderId), this.claimNumber(orderId)];
    return describeCard(card, { terms: this.currency, order, senderId, claim });
  }

  private async ask(orderId: string): Promise<void> {
    try {
      await this.terms();
      this.learn(await this.context.client.payments.order(orderId));
    } catch (error) {
      if (!(error instanceof AshwireError) || error.code !== 'NOT_FOUND') {
        this.looks.delete(orderId);
        throw error;
      }
      this.known.set(orderId, null);
    }
  }
}

import { AshwireError, type BalanceView, parseAmount, type PaymentOrderView } from '../sdk/index.js';
import type { Chat } from './chat.js';
import { type Context, inBackground } from './context.js';
import { describeAmount, describeEntry, describeOrder } from './money-line.js';
import type { Orders } from './orders.js';
import { Refusal } from './refusal.js';
import { firstWord } from './words.js';

const STATEMENT_ROWS = 15;

/** The wallet, and money for the friend one writes to. Amounts are typed in units: 8.88 */
export class Money {
  private cursor: string | undefined;
  private balanceShown = '';
  private readonly told = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly chat: Chat,
    private readonly orders: Orders,
  ) {}

  start(): void {
    const { client } = this.context;
    client.on('payment', (order) => inBackground(this.context, this.changed(order)));
    client.on('balance', (balance) => inBackground(this.context, this.showBalance(balance)));
  }

  pay(argument: string): Promise<void> {
    return this.order('pay', argument);
  }

  packet(argument: string): Promise<void> {
    return this.order('packet', argument);
  }

  async claim(argument: string): Promise<void> {
    if (argument !== '' && !/^\d{1,4}$/.test(argument)) throw new Refusal('Say the number of the packet: /claim 1');
    await this.orders.lookForPackets();
    const choice = argument === '' ? { payerId: this.chat.getFriend().userId } : { number: Number(argument) };
    const packet = this.orders.claimable(choice);
    if (!packet) throw new Refusal('There is no red packet to claim here.');
    await this.changed(await this.context.client.payments.claim(packet.orderId));
  }

  async balance(): Promise<void> {
    this.balanceShown = '';
    await this.showBalance(await this.context.client.payments.balance());
  }

  async topUp(argument: string): Promise<void> {
    const terms = await this.orders.terms();
    const { amount, state, payAt } = await this.context.client.payments.topUp(
      await this.amountIn(argument, 'topup 100'),
    );
    const sum = `${describeAmount(amount, terms)}${terms.testMoney ? ' of TEST MONEY, worth nothing' : ''}`;
    const how = state === 'pending' && payAt !== undefined ? `; pay here: ${payAt}` : '';
    this.context.screen.notice(`top-up ${state === 'posted' ? 'done' : state}: ${sum}${how}`);
  }

  async withdraw(argument: string): Promise<void> {
    const [amount, destination] = firstWord(argument);
    if (destination === '') throw new Refusal('Say how much, and where to: /withdraw 100 ACCOUNT');
    const terms = await this.orders.terms();
    const { payments } = this.context.client;
    const view = await payments.withdraw(await this.amountIn(amount, 'withdraw 100 ACCOUNT'), destination);
    const fee = view.fee === 0 ? '' : `, and a fee of ${describeAmount(view.fee, terms)}`;
    const test = terms.testMoney ? ' of TEST MONEY' : '';
    this.context.screen.notice(
      `withdrawal ${view.state === 'posted' ? 'done' : view.state}: ${describeAmount(view.amount, terms)}${test}${fee}`,
    );
  }

  /** The newest entries; `more`: those before the ones shown last. */
  async statement(argument: string): Promise<void> {
    const { client, screen, people } = this.context;
    const cursor = argument === 'more' ? this.cursor : undefined;
    if (argument === 'more' && cursor === undefined) throw new Refusal('There is no more.');
    const terms = await this.orders.terms();
    const page = await client.payments.statement({ limit: STATEMENT_ROWS, ...(cursor !== undefined && { cursor }) });
    this.cursor = page.nextCursor;
    for (const entry of page.entries) {
      const counterpart = entry.counterpartId === undefined ? undefined : people.nameOf(entry.counterpartId);
      screen.notice(describeEntry(entry, counterpart, terms));
    }
    if (page.entries.length === 0) screen.notice('no entries yet');
    if (this.cursor !== undefined) screen.notice('there is more: /statement more');
  }

  private async order(command: 'pay' | 'packet', argument: string): Promise<void> {
    const { userId, username } = this.payee();
    const [amountText, rest] = firstWord(argument);
    const amount = await this.amountIn(amountText, `${command} 8.88 NOTE`);
    const [, confirmed, note = ''] = /^(confirm(?:\s+|$))?([^]*)$/.exec(rest) ?? [];
    const options = { ...(note !== '' && { note }), ...(confirmed !== undefined && { confirmNewKey: true }) };
    const { payments } = this.context.client;
    const isTransfer = command === 'pay';
    try {
      const { state } = await (isTransfer
        ? payments.transfer(userId, amount, options)
        : payments.sendRedPacket(userId, amount, options));
      if (state === 'queued') this.context.screen.notice('no answer yet; it is sent again by itself, do not pay anew');
    } catch (error) {
      if (!(error instanceof AshwireError)) throw error;
      if (error.code !== 'PAYEE_KEY_RECENT') throw new Refusal(`${error.code}: ${error.message} Nothing was paid.`);
      const again = `/${command} ${amountText} confirm ${note}`.trim();
      throw new Refusal(`The key of ${username} is new. Make sure that it is theirs (/verify), then: ${again}`);
    }
  }

  private payee(): { readonly userId: string; readonly username: string } {
    if (this.chat.getTarget().kind === 'group')
      throw new Refusal('Money goes to one friend, not to a group. First: /to FRIEND');
    return this.chat.getFriend();
  }

  private async amountIn(text: string, example: string): Promise<number> {
    const { decimals, currency } = await this.orders.terms();
    const amount = amountOf(text, decimals);
    if (amount === 0)
      throw new Refusal(`Say an amount of ${currency} above zero, with at most ${decimals} decimals: /${example}`);
    return amount;
  }

  /** Told by an answer and by an event, in any order: it is said once. */
  private async changed(order: PaymentOrderView): Promise<void> {
    const { people, screen } = this.context;
    const amount = describeAmount(order.amount, await this.orders.terms());
    this.orders.learn(order);
    await this.chat.refreshCards();
    const event = `${order.orderId}/${order.state}`;
    if (this.told.has(event)) return;
    this.told.add(event);
    const isMine = order.payerId === people.ownId;
    const other = people.nameOf(isMine ? order.payeeId : order.payerId);
    const text = describeOrder(order, { amount, other, isMine, claim: this.orders.claimNumber(order.orderId) });
    if (text !== undefined) screen.notice(text);
  }

  private async showBalance({ available, pending }: BalanceView): Promise<void> {
    const terms = await this.orders.terms();
    const reserved = pending === 0 ? '' : `, and ${describeAmount(pending, terms)} under way`;
    const text = `balance ${describeAmount(available, terms)}${reserved}${terms.testMoney ? ' (TEST MONEY)' : ''}`;
    if (text !== this.balanceShown) this.context.screen.notice(text);
    this.balanceShown = text;
  }
}

/** 0 for what is none. */
function amountOf(text: string, decimals: number): number {
  try {
    return parseAmount(text, decimals);
  } catch {
    return 0;
  }
}

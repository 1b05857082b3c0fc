import type { AshwireClient, Message } from '../sdk/index.js';
import { parseAmount } from '../sdk/index.js';
import type { Chat } from './chat.js';
import type { Orders } from './orders.js';
import { Refusal } from './refusal.js';
import { firstWord } from './words.js';

const AT_MOST_MS = 120_000;
const CHECK_EVERY_MS = 50;
/** For what only the server knows. */
const ASK_EVERY_MS = 500;

interface Condition {
  readonly everyMs?: number;
  holds(argument: string): Promise<boolean>;
}

/** For scripts: what a line can wait for. */
export class Waiting {
  private readonly awaited = new Set<string>();

  constructor(
    private readonly client: AshwireClient,
    private readonly chat: Chat,
    private readonly orders: Orders,
  ) {}

  async wait(text: string): Promise<void> {
    if (/^\d{1,4}$/.test(text)) return pause(Number(text) * 1_000);
    const [what, argument] = firstWord(text);
    const condition = Object.hasOwn(this.conditions, what) ? this.conditions[what] : undefined;
    if (!condition) throw new Refusal(`Wait for what? ${Object.keys(this.conditions).join(', ')}`);
    if (!(await until(() => condition.holds(argument), AT_MOST_MS, condition.everyMs)))
      throw new Refusal(`Waited for ${text} in vain.`);
  }

  /** Gives the outbox a moment. */
  async sent(atMostMs: number): Promise<void> {
    await until(() => this.everyOwn(({ state }) => state !== 'queued'), atMostMs);
  }

  private readonly conditions: Readonly<Record<string, Condition>> = {
    friend: { holds: () => Promise.resolve(this.chat.target?.kind === 'friend') },
    group: { holds: async (name) => (await this.client.groups.list()).some((group) => isCalled(group.name, name)) },
    members: { holds: (count) => Promise.resolve(this.chat.getGroup().members.length === Number(count)) },
    message: { holds: () => this.next('message') },
    sent: { holds: () => this.everyOwn(({ state }) => state !== 'queued') },
    delivered: { holds: () => this.everyOwn(({ state }) => state !== 'queued' && state !== 'accepted') },
    read: { holds: () => this.everyOwn(({ state }) => !['queued', 'accepted', 'delivered'].includes(state)) },
    burned: { holds: () => Promise.resolve(this.chat.alive.size === 0) },
    card: { holds: () => this.next('card') },
    claimed: { everyMs: ASK_EVERY_MS, holds: () => this.everyPacketClaimed() },
    balance: { everyMs: ASK_EVERY_MS, holds: (amount) => this.balanceIs(amount) },
  };

  /** A message of somebody else that was not waited for yet. */
  private async next(what: 'message' | 'card'): Promise<boolean> {
    const key = ({ id }: Message): string => `${what}/${id}`;
    const found = (await this.chat.messages()).find(
      (message) =>
        message.direction === 'in' && (what === 'message' || message.card) && !this.awaited.has(key(message)),
    );
    if (found) this.awaited.add(key(found));
    return found !== undefined;
  }

  private async everyOwn(test: (message: Message) => boolean): Promise<boolean> {
    return (await this.chat.messages()).filter(({ direction }) => direction === 'out').every(test);
  }

  private async everyPacketClaimed(): Promise<boolean> {
    const { userId } = this.chat.getFriend();
    const pending = this.orders.sentTo(userId).filter(({ state }) => state === 'pending');
    await Promise.all(pending.map(({ orderId }) => this.orders.look(orderId)));
    const packets = this.orders.sentTo(userId);
    return packets.length > 0 && packets.every(({ state }) => state === 'posted');
  }

  private async balanceIs(text: string): Promise<boolean> {
    const { decimals } = await this.orders.terms();
    const amount = parseAmount(text, decimals);
    return (await this.client.payments.balance()).available === amount;
  }
}

const isCalled = (name: string, wanted: string): boolean => (wanted === '' ? name !== '' : name === wanted);

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(holds: () => Promise<boolean>, atMostMs: number, everyMs = CHECK_EVERY_MS): Promise<boolean> {
  for (const end = Date.now() + atMostMs; Date.now() < end; await pause(everyMs)) if (await holds()) return true;
  return false;
}

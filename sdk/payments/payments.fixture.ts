import type { PaymentOrderRequest, PaymentOrderView } from '../../src/protocol/payloads/payment.payloads.js';
import { Account } from '../account/account.js';
import { newDevice, randomId } from '../account/device-keys.js';
import type { AshwireError } from '../ashwire-error.js';
import type { AshwireClientEvents } from '../client-events.js';
import { MessageLog } from '../conversations/message-log.js';
import { encodeBase64Url } from '../crypto/base64url.js';
import { IdentityKey, userIdOf } from '../crypto/identity.js';
import { ContactBook } from '../friends/contact-book.js';
import { MemoryStorage } from '../storage/adapters/memory-storage.js';
import type { AccountRecord, ContactRecord } from '../store/records.js';
import { ClientStore, KINDS } from '../store/client-store.js';
import { ManualLocalClock } from '../time/manual-local-clock.fixture.js';
import { ServerClock } from '../time/server-clock.js';
import { HttpTransport } from '../transport/http-transport.js';
import { TypedEmitter } from '../typed-emitter.js';
import { PaymentOutbox } from './payment-outbox.js';
import { Payments } from './payments.js';

export const SERVER = 'http://localhost:9';
export const CONVERSATION = 'C'.repeat(22);

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** What HTTP answers, as far as orders go: an id has one effect. `next` decides what becomes of the next requests. */
export class PretendServer {
  readonly sent: Sent[] = [];
  readonly orders = new Map<string, PaymentOrderView>();
  /** `lost`: it acts, and nobody hears of it. A code: it refuses. */
  next: ('lost' | 'offline' | AshwireError['code'])[] = [];
  name = SERVER;
  /** Changes an answer on its way. */
  tamper = (order: PaymentOrderView): object => order;

  constructor(private readonly payerId: string) {}

  readonly fetch = (async (url: string, { method = 'GET', body = '' }: RequestInit = {}) => {
    const path = new URL(url).pathname.replace('/api', '');
    this.sent.push({ method, path, body: body as string });
    await Promise.resolve();
    if (path === '/payments/terms') return answer(this.terms());
    const fate = this.next.shift();
    if (fate === 'offline') throw new TypeError('fetch failed');
    if (fate !== undefined && fate !== 'lost') return refusal(fate);
    const order = path.includes('/orders') ? this.act(method, path, body as string) : this.fund(body as string);
    if (fate === 'lost') throw new TypeError('fetch failed');
    return order ? answer(this.tamper(order as PaymentOrderView)) : refusal('NOT_FOUND');
  }) as typeof fetch;

  posts(): string[] {
    return this.sent.filter(({ method }) => method === 'POST').map(({ body }) => body);
  }

  private act(method: string, path: string, body: string): PaymentOrderView | undefined {
    if (method === 'GET' || path.endsWith('/claim')) return this.orders.get(path.split('/')[3] ?? '');
    const { orderId, kind, payeeId, amount, currency } = JSON.parse(body) as PaymentOrderRequest;
    const order = { orderId, kind, payeeId, amount, currency, payerId: this.payerId, createdAt: 1 };
    if (!this.orders.has(orderId)) this.orders.set(orderId, { ...order, state: 'posted' });
    return this.orders.get(orderId);
  }

  private fund(body: string): object | undefined {
    return body === '' ? undefined : { ...(JSON.parse(body) as object), fee: 0, state: 'posted', createdAt: 1 };
  }

  private terms() {
    const limits = { maxPerOrder: 1_000_000, maxPerDay: 1_000_000, withdrawalFee: 0, redPacketLifeMs: 86_400_000 };
    return { server: this.name, currency: 'CNY', decimals: 2, provider: 'sandbox', testMoney: true, ...limits };
  }
}

const answer = (value: object): Response => new Response(JSON.stringify(value), { status: 200 });
const refusal = (code: string): Response =>
  new Response(JSON.stringify({ error: { code, message: code, details: {} } }), { status: 400 });

async function aDevice(): Promise<AccountRecord> {
  const identity = IdentityKey.generate();
  const userId = userIdOf(encodeBase64Url(identity.publicKey));
  return newDevice(identity, { userId, username: 'alice' }, 0);
}

/** Alice with her friend Bob, the money part of her client, and a server that the test directs. */
export class PayingPerson {
  readonly errors: AshwireError[] = [];
  readonly queued: string[] = [];
  isOnline = true;

  private constructor(
    readonly storage: MemoryStorage,
    readonly clock: ManualLocalClock,
    readonly alice: AccountRecord,
    readonly bob: ContactRecord,
    readonly server: PretendServer,
  ) {}

  static async create(): Promise<PayingPerson> {
    const clock = new ManualLocalClock();
    const [alice, { userId, identityKey, deviceId }] = [await aDevice(), await aDevice()];
    const shown = { username: 'bob', displayName: 'Bob', avatarColour: 'teal', since: 1 } as const;
    const pinned = { userId, identityKey, keyVersion: 1, trust: 'unverified', deviceId } as const;
    const bob: ContactRecord = { ...shown, ...pinned, conversationId: CONVERSATION };
    const person = new PayingPerson(MemoryStorage.open(), clock, alice, bob, new PretendServer(alice.userId));
    const { store } = person;
    const tokens = { sessionId: randomId(), accessToken: 'a', refreshToken: 'r', accessTokenExpiresAt: 2 ** 52 };
    await store.commit(
      store.put(KINDS.account, alice),
      store.put(KINDS.tokens, tokens),
      store.put(KINDS.contact, bob),
      store.put(KINDS.conversation, {
        ...{ conversationId: CONVERSATION, kind: 'direct', members: [userId], incarnation: 'i', cursor: 0 },
        ...{ ownBurnAfterReadSeconds: 30, burnAfterReadSeconds: 30, lastActivityAt: 0 },
      }),
    );
    return person;
  }

  get store(): ClientStore {
    return new ClientStore(this.storage);
  }

  /** Another client on the same storage each time, as another tab or a process that started anew. */
  open(): { readonly payments: Payments; readonly outbox: PaymentOutbox; readonly log: MessageLog } {
    const { store } = this;
    const clock = new ServerClock(this.clock);
    const events = new TypedEmitter<AshwireClientEvents>();
    const account = new Account(store, new HttpTransport(SERVER, this.server.fetch), clock);
    const log = new MessageLog(store, events);
    const book = new ContactBook(store, () => Promise.resolve([]), events);
    const report = (error: unknown): void => void this.errors.push(error as AshwireError);
    const onQueued = (conversationId: string): void => void this.queued.push(conversationId);
    const outbox = new PaymentOutbox({ store, account, log, clock, onQueued, isOnline: () => this.isOnline, report });
    return { payments: new Payments({ account, book, log, outbox, clock, server: SERVER }), outbox, log };
  }

  pending() {
    return this.store.list(KINDS.pendingPayment);
  }

  async cards() {
    return (await this.store.list(KINDS.message)).flatMap(({ card }) => card ?? []);
  }
}

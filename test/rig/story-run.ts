import { io } from 'socket.io-client';
import type {
  ConnectStep,
  EventStep,
  HttpStep,
  PersonName,
  Push,
  Step,
} from '../../src/platform/documentation/story/steps.js';
import { STAND_INS } from '../../src/platform/documentation/story/stand-ins.js';
import type { PaymentOrderRequest, WithdrawalRequest } from '../../src/protocol/payloads/payment.payloads.js';
import type { RegistrationTerms, SessionTokens } from '../../src/protocol/payloads/user.payloads.js';
import type { Challenge } from '../../src/protocol/signing.js';
import { RandomIds } from '../../src/shared/ids.js';
import { eventually } from './people.js';
import type { StandInProvider } from './stand-in-provider.js';
import { StandInBindings } from './stand-in-bindings.js';
import { StoryPerson, type Unsigned } from './story-person.js';

const ids = new RandomIds();

interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What a step brought, and how it differs from what the documents say. */
export interface Outcome {
  readonly answer?: unknown;
  readonly differences: readonly string[];
  readonly pushes: readonly { readonly event: string; readonly payload: unknown }[];
}

/** Lets the story of the documents happen on a running server. */
export class StoryRun {
  private readonly bindings = new StandInBindings();
  private readonly answers = new Map<string, unknown>();
  readonly people: Readonly<Record<PersonName, StoryPerson>> = {
    alice: new StoryPerson('alice'),
    bob: new StoryPerson('bob'),
    carol: new StoryPerson('carol'),
    olga: new StoryPerson('olga'),
  };

  constructor(
    private readonly url: string,
    private readonly provider: StandInProvider,
  ) {
    this.bindings.bind(STAND_INS.server, url);
    const { nobody, messages, chosen } = STAND_INS;
    for (const id of [nobody, ...Object.values({ ...messages, ...chosen })]) this.bindings.bind(id, ids.next());
  }

  /** People who are there before the story begins. */
  async settle(name: 'bob' | 'carol' | 'olga'): Promise<void> {
    const person = this.people[name];
    const terms = await this.send('GET', '/api/registration');
    const request = await person.registration(terms.body as RegistrationTerms);
    const { status, body } = await this.send('POST', '/api/registration', undefined, request);
    if (status !== 201) throw new Error(`${name} could not register: ${JSON.stringify(body)}`);
    this.remember(body);
    if (name === 'olga') return;
    const { userId, device, identityKey, session } = STAND_INS[name];
    const { deviceId, leafKey, certificate } = device;
    const documented = { identityKey, device: { deviceId, leafKey, signature: certificate } };
    const made = request as typeof documented & { device: { createdAt?: number } };
    const { createdAt: _, ...registered } = made.device;
    this.bindings.match(documented, { identityKey: made.identityKey, device: registered });
    this.bindings.bind(userId, person.userId);
    this.bindings.bind(session.accessToken, person.tokens?.accessToken ?? '');
    this.bindings.bind(session.sessionId, person.tokens?.sessionId ?? '');
  }

  async run(step: Step): Promise<Outcome> {
    const { answer, differences } = await this.act(step);
    const pushes = [];
    for (const push of step.pushes) pushes.push({ event: push.event, payload: await this.awaitPush(push) });
    return { answer, differences, pushes };
  }

  close(): void {
    for (const { socket } of Object.values(this.people)) socket?.disconnect();
  }

  async send(method: string, path: string, token?: string, request?: object): Promise<HttpAnswer> {
    const body = JSON.stringify(request);
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(request && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(request && path.endsWith('/callbacks') && this.provider.sign(body)),
      },
      ...(request && { body }),
    });
    const text = await response.text();
    return { status: response.status, body: text ? (JSON.parse(text) as unknown) : undefined };
  }

  private act(step: Step): Promise<Pick<Outcome, 'answer' | 'differences'>> {
    switch (step.kind) {
      case 'http':
        return this.request(step);
      case 'event':
        return this.emit(step);
      case 'connect':
        return this.connect(step);
      case 'disconnect':
        this.people[step.as].socket?.disconnect();
        return Promise.resolve({ differences: [] });
    }
  }

  private async request(step: HttpStep): Promise<Pick<Outcome, 'answer' | 'differences'>> {
    const [method = '', template = ''] = step.operation.split(' ');
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => this.bindings.fill(step.parameters[name] ?? ''));
    const made = await this.makeRequest(step);
    const unlike = made ? this.bindings.match(step.request, made) : [];
    const request = made ?? (step.request && this.bindings.fill(step.request));
    const token = step.as ? this.people[step.as].tokens?.accessToken : undefined;
    const { status, body } = await this.send(method, path, token, request);
    this.answers.set(step.operation, body);
    this.remember(body);
    const wrong = status === step.status ? [] : [`status: documented ${step.status}, actual ${status}`];
    return { answer: body, differences: [...unlike, ...wrong, ...this.bindings.match(step.answer, body)] };
  }

  /** What needs a private key is made by its owner; the documented request must look the same. */
  private async makeRequest({ name, request }: HttpStep): Promise<object | undefined> {
    const { alice, bob } = this.people;
    const challenge = this.answers.get('POST /api/auth/challenges') as Challenge;
    switch (name) {
      case 'Alice registers':
        return alice.registration(this.answers.get('GET /api/registration') as RegistrationTerms);
      case 'Alice logs in':
        return alice.login(this.answers.get('login') as Challenge);
      case 'Alice uploads key packages':
        return alice.keyPackages();
      case 'Alice changes her identity key':
        return alice.changeKey(challenge);
      case 'Bob moves to another device':
        return bob.addDevice(challenge);
      case 'Alice pays Bob':
      case 'Alice sends Bob a red packet':
        return alice.order(this.url, this.unsigned(request as PaymentOrderRequest));
      case 'Bob takes money out':
        return bob.withdrawal(this.url, this.unsigned(request as WithdrawalRequest));
      case 'Alice deletes her account':
        return alice.deletion(challenge);
      default:
        return undefined;
    }
  }

  /** What is documented, but for its time and its signature. */
  private unsigned<T extends { issuedAt: number; signature: string }>({ issuedAt: _, signature: __, ...rest }: T) {
    return this.bindings.fill(rest) as unknown as Unsigned<T>;
  }

  private remember(body: unknown): void {
    const { purpose, accessToken, username } = (body ?? {}) as Partial<Challenge & SessionTokens>;
    if (purpose === 'login') this.answers.set('login', body);
    const person = Object.values(this.people).find((each) => each.username === username);
    if (accessToken !== undefined && person) person.tokens = body as SessionTokens;
  }

  private async emit(step: EventStep): Promise<Pick<Outcome, 'answer' | 'differences'>> {
    const { socket } = this.people[step.as];
    if (!socket) throw new Error(`${step.as} is not connected`);
    const request = this.bindings.fill(step.request);
    if (!step.answer) {
      socket.emit(step.event, request);
      return { differences: [] };
    }
    const answer: unknown = await socket.timeout(5_000).emitWithAck(step.event, request);
    return { answer, differences: this.bindings.match(step.answer, answer) };
  }

  private async connect(step: ConnectStep): Promise<Pick<Outcome, 'answer' | 'differences'>> {
    const person = this.people[step.as];
    const auth = this.bindings.fill(step.auth);
    const socket = io(this.url, { transports: ['websocket'], auth, reconnection: false, forceNew: true });
    socket.onAny((event: string, payload: unknown) => person.received.push({ event, payload }));
    const refusal = await new Promise<unknown>((resolve) => {
      socket.once('connection:ready', () => resolve(undefined));
      socket.once('connect_error', (error: Error & { data?: unknown }) => resolve(error.data));
    });
    if (refusal === undefined) person.socket = socket;
    return { answer: refusal, differences: this.bindings.match(step.refusal, refusal) };
  }

  /** The first event not yet told of that is as documented; others of its name may come before. */
  private async awaitPush({ to, event, payload }: Push): Promise<unknown> {
    const { received } = this.people[to];
    let near: string[] = ['none came'];
    const find = (): number =>
      received.findIndex((each) => {
        if (each.event !== event) return false;
        const differences = this.bindings.match(payload, each.payload);
        if (differences.length > 0) near = differences;
        return differences.length === 0;
      });
    let at = -1;
    await eventually(() => (at = find()) >= 0, 5_000).catch(() => {
      throw new Error(`${event} to ${to} is not as documented: ${near.join('; ')}`);
    });
    const [found] = received.splice(at, 1);
    return found?.payload;
  }
}

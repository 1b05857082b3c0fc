import { setTimeout as wait } from 'node:timers/promises';
import type { Message } from '../../sdk/index.js';
import { befriend, leave, type Person, registerPerson } from '../rig/people.js';
import type { Violation } from './history.js';

const EVERY_MS = 700;
const SETTLED_WITHIN_MS = 40_000;

interface Pair {
  readonly one: Person;
  readonly other: Person;
  readonly conversationId: string;
  /** By id, in the order of writing, with the last state that the writer's client has told. */
  readonly written: Map<string, { readonly at: number; state: Message['state'] }>;
  readonly shown: string[];
}

/** A sample of people with the real SDK and real encryption, among the many without: one writes, the other reads half of it. */
export class SdkPairs {
  private readonly pairs: Pair[] = [];
  private isBusy = false;
  private busy: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly url: string,
    /** In every text, where nobody but the two may see it. */
    private readonly canary: string,
  ) {}

  async begin(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) this.pairs.push(await this.pair());
    this.isBusy = true;
    this.busy = Promise.all(this.pairs.map((pair) => this.write(pair)));
  }

  /** Waits until every message has reached its reader or its end, and says what is wrong. */
  async settle(): Promise<Violation[]> {
    this.isBusy = false;
    await this.busy;
    for (const until = Date.now() + SETTLED_WITHIN_MS; Date.now() < until && this.missing().length > 0;)
      await wait(200);
    return [...this.missing(), ...this.pairs.flatMap(disordered)];
  }

  async end(): Promise<void> {
    this.isBusy = false;
    await this.busy;
    await leave(...this.pairs.flatMap(({ one, other }) => [one, other]));
  }

  private async pair(): Promise<Pair> {
    const [one, other] = [await registerPerson(this.url), await registerPerson(this.url)];
    const conversationId = await befriend(one, other);
    const pair: Pair = { one, other, conversationId, written: new Map(), shown: [] };
    one.client.on('message-state', ({ id, state }) => {
      const message = pair.written.get(id);
      if (message) message.state = state;
    });
    other.client.on('message', ({ id }) => {
      pair.shown.push(id);
      // What is not read expires.
      if (pair.shown.length % 2 === 0) {
        void other.client
          .conversation(conversationId)
          .markRead([id])
          .catch(() => undefined);
      }
    });
    return pair;
  }

  private async write({ one, conversationId, written }: Pair): Promise<void> {
    for (let n = 0; this.isBusy; n += 1) {
      const { id, state } = await one.client.conversation(conversationId).send(`${this.canary} ${n}`);
      written.set(id, { at: Date.now(), state });
      await wait(EVERY_MS);
    }
  }

  private missing(): Violation[] {
    return this.pairs.flatMap(({ written, shown }) =>
      [...written].flatMap(([id, { at, state }]) =>
        shown.includes(id) || state === 'expired' ? [] : [{ rule: 'lost (SDK)', what: `${id}, which is ${state}`, at }],
      ),
    );
  }
}

/** Shown once each, in the order of writing. */
function disordered({ written, shown }: Pair): Violation[] {
  const order = [...written.keys()].filter((id) => shown.includes(id));
  return order.join() === shown.join() ? [] : [{ rule: 'order (SDK)', what: `shown: ${shown.join()}`, at: 0 }];
}

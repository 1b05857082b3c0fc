import { setTimeout as wait } from 'node:timers/promises';
import { dice } from '../rig/fault-proxy.js';
import { type CastSize, gather } from './cast.js';
import type { Chatter } from './chatter.js';
import type { FrontDoor } from './front-door.js';
import { History } from './history.js';
import type { OpenConversation } from './open-conversation.js';
import { Payers } from './payers.js';
import type { Setting } from './setting.js';

export interface WorkloadSize extends CastSize {
  readonly sendsPerSecond: number;
  readonly payingPairs: number;
  readonly ordersPerSecond: number;
}

const TICK_MS = 20;
/** What is pressed, besides writing, in a second and a conversation. */
const READS = 0.5;
const RECALLS = 0.01;
const LOOKS = 0.1;
const READ_SHARE = 0.5;

/** People who write, read, recall and pay at random, until they are told to be quiet. */
export class Workload {
  readonly history = new History();
  private readonly setting: Setting;
  private people: Chatter[] = [];
  private payers: Payers[] = [];
  private conversations: OpenConversation[] = [];
  private readonly kept: Promise<void>[] = [];
  private isBusy = false;
  private busy: Promise<void> = Promise.resolve();

  constructor(
    private readonly door: FrontDoor,
    private readonly size: WorkloadSize,
    seed: number,
    mark: string,
  ) {
    this.setting = { history: this.history, random: dice(seed), mark };
  }

  async begin(): Promise<void> {
    this.people = await gather(this.door, this.size, this.setting);
    this.conversations = this.people.flatMap(({ open }) => open);
    for (let index = 0; index < this.size.payingPairs; index += 1) {
      const [one, other] = this.people.slice(2 * index, 2 * index + 2);
      if (one && other) this.payers.push(new Payers(one, other));
    }
    for (const payers of this.payers) await payers.begin();
    for (const { line } of this.people) this.kept.push(line.keep());
    await Promise.all(this.people.map(({ line }) => line.connected()));
    this.isBusy = true;
    this.busy = this.press();
  }

  /** Connections made, and tries that came to nothing. */
  connections(): { connected: number; failed: number } {
    const sum = { connected: 0, failed: 0 };
    for (const { line } of this.people) {
      sum.connected += line.counts.connected;
      sum.failed += line.counts.failed;
    }
    return sum;
  }

  /** No new work; resolves when what was begun is answered and everybody has looked at everything, or after `withinMs`. */
  async settle(withinMs: number): Promise<void> {
    this.isBusy = false;
    await this.busy;
    const until = Date.now() + withinMs;
    const money = Promise.all(this.payers.map((payers) => payers.settle()));
    // All have said everything before anybody notes where the log ends.
    await Promise.all(this.people.map((person) => person.finish(until)));
    await Promise.all(this.people.map((person) => person.settle(until)));
    await Promise.race([money, wait(Math.max(0, until - Date.now()), undefined, { ref: false })]);
  }

  async look(): Promise<void> {
    await Promise.all(this.people.map((person) => person.look()));
  }

  async end(): Promise<void> {
    this.isBusy = false;
    await this.busy;
    for (const payers of this.payers) payers.stop();
    for (const { line, entrance, open } of this.people) {
      for (const conversation of open) conversation.stop();
      line.stop();
      entrance.close();
    }
    await Promise.all(this.kept);
  }

  /** As many of each as are due by the clock. */
  private async press(): Promise<void> {
    const { size, conversations } = this;
    const count = conversations.length;
    const work: [perSecond: number, () => void][] = [
      [size.sendsPerSecond, () => this.any()?.write()],
      [READS * count, () => forget(this.any()?.read(READ_SHARE))],
      [RECALLS * count, () => forget(this.any()?.recall())],
      [LOOKS * count, () => forget(this.any()?.look())],
      [size.ordersPerSecond, () => this.payers[Math.floor(this.setting.random() * this.payers.length)]?.pay()],
    ];
    const done = work.map(() => 0);
    for (const startedAt = performance.now(); this.isBusy; await wait(TICK_MS)) {
      const seconds = (performance.now() - startedAt) / 1_000;
      work.forEach(([perSecond, act], kind) => {
        for (; (done[kind] ?? 0) < perSecond * seconds; done[kind] = (done[kind] ?? 0) + 1) act();
      });
    }
  }

  private any(): OpenConversation | undefined {
    return this.conversations[Math.floor(this.setting.random() * this.conversations.length)];
  }
}

/** A read or look that fails is one that did not happen. */
const forget = (work: Promise<void> | undefined): void => void work?.catch(() => undefined);

import { LIMITS } from '../../src/protocol/limits.js';
import { ask, befriend, RawPerson } from '../rig/raw-person.js';
import { AshwirePair } from './ashwire-pair.js';
import { atOnce } from './at-once.js';
import { login } from './login.js';
import { Nodes } from './nodes.js';
import type { Pair } from './pair.js';
import type { RedisPair } from './redis-pair.js';
import type { Site } from './site.js';
import type { Subject } from './subject.js';

const AT_ONCE = 8;

interface Friends {
  readonly one: RawPerson;
  readonly other: RawPerson;
  readonly conversationId: string;
}

/** The real server on what a tier stands on. */
export class AshwireSubject implements Subject {
  readonly name: string;
  readonly nodes: Nodes;
  readonly redis?: RedisPair;
  private readonly friends: Friends[] = [];
  private readonly crowd: RawPerson[] = [];
  private pairs: AshwirePair[] = [];
  private joined = 0;

  constructor(private readonly site: Site) {
    this.name = site.name;
    this.nodes = new Nodes(() => site.program());
    if (site.redis) this.redis = site.redis;
  }

  async start(): Promise<void> {
    await this.site.start();
    await this.nodes.resize(1);
  }

  async spread(nodes: number, pairs: number): Promise<Pair[]> {
    this.disconnect();
    await this.nodes.resize(nodes);
    await atOnce(AT_ONCE, pairs - this.friends.length, () => this.makeFriends());
    this.pairs = [];
    await atOnce(AT_ONCE, pairs, async (index) => {
      const { one, other, conversationId } = this.friends[index] as Friends;
      const [from, to] = await Promise.all([this.enter(one, index), this.enter(other, index + 1)]);
      this.pairs.push(new AshwirePair(from, to, conversationId));
    });
    return this.pairs;
  }

  /** Reads and burns everything. */
  async tidy(): Promise<number> {
    const counts = await Promise.all(this.pairs.map((pair) => pair.read()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** As many accounts as it takes with the sockets that one may have; new ones, whose access tokens last for the part. */
  prepareCrowd(size: number): Promise<void> {
    return atOnce(4, Math.ceil(size / LIMITS.socketsPerUser), async () => {
      this.crowd.push(await RawPerson.register(this.nodes.urlOf(this.crowd.length)));
    });
  }

  async join(): Promise<void> {
    const index = this.joined++;
    await at(this.crowd[index % this.crowd.length] as RawPerson, this.nodes.urlOf(index)).connect();
  }

  /** The accounts stay. */
  async restart(): Promise<void> {
    const { count } = this.nodes;
    this.disconnect();
    await this.nodes.resize(0);
    await this.nodes.resize(count);
  }

  async stop(): Promise<void> {
    this.disconnect();
    await this.nodes.resize(0);
    await this.site.stop();
  }

  private async makeFriends(): Promise<void> {
    const url = this.nodes.urlOf(0);
    const [one, other] = await Promise.all([RawPerson.register(url), RawPerson.register(url)]);
    const conversationId = await befriend(one, other);
    const welcomed = [{ userId: other.tokens.userId, deviceId: other.deviceId }];
    const reset = { conversationId, baseEpoch: 0, kind: 'reset', welcome: 'welcome', welcomed };
    const { ok } = await ask(await one.connect(), 'handshake:submit', reset);
    if (!ok) throw new Error('the handshake was refused');
    one.disconnect();
    this.friends.push({ one, other, conversationId });
  }

  /** A session of its own: access tokens do not last for the whole bench. */
  private async enter(person: RawPerson, index: number): ReturnType<RawPerson['connect']> {
    const there = at(person, this.nodes.urlOf(index));
    there.tokens = await login(there);
    return there.connect();
  }

  private disconnect(): void {
    for (const { one, other } of this.friends) {
      one.disconnect();
      other.disconnect();
    }
    for (const person of this.crowd) person.disconnect();
  }
}

/** The same person on another node. */
const at = (person: RawPerson, url: string): RawPerson =>
  Object.create(person, { url: { value: url }, tokens: { value: person.tokens, writable: true } }) as RawPerson;

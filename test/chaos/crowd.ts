import { setTimeout as wait } from 'node:timers/promises';
import { LIMITS } from '../../src/protocol/limits.js';
import { atOnce } from '../load/at-once.js';
import { RawPerson } from '../rig/raw-person.js';
import { Entrance, type FrontDoor } from './front-door.js';
import { Line } from './line.js';

const AT_ONCE = 8;
/** The SDK's: with less, a crowd this large is a flood. */
const PACE = { firstMs: 1_000, lastMs: 30_000 };
const SILENT = { connected: () => undefined, pushed: () => undefined };

/** Connections that only stand, and come back when they are lost. */
export class Crowd {
  private readonly lines: Line[] = [];
  private readonly kept: Promise<void>[] = [];
  private readonly entrances: Entrance[] = [];

  /** Each account has as many as it may. */
  async gather(door: FrontDoor, connections: number, random: () => number): Promise<void> {
    const people: RawPerson[] = [];
    await atOnce(AT_ONCE, Math.ceil(connections / LIMITS.socketsPerUser), async () => {
      people.push(await RawPerson.register(door.registerAt));
    });
    await atOnce(AT_ONCE, connections, async (index) => {
      const { tokens } = people[index % people.length] as RawPerson;
      const entrance = new Entrance(door);
      const line = new Line(entrance, tokens.accessToken, random, SILENT, PACE);
      this.entrances.push(entrance);
      this.lines.push(line);
      this.kept.push(line.keep());
      await line.connected();
    });
  }

  /** Throws when they do not all stand within the time. */
  async whole(withinMs: number): Promise<void> {
    for (const until = Date.now() + withinMs; this.standing < this.lines.length; await wait(100)) {
      if (Date.now() > until) throw new Error(`${this.lines.length - this.standing} connections did not come back`);
    }
  }

  private get standing(): number {
    return this.lines.filter(({ isConnected }) => isConnected).length;
  }

  async end(): Promise<void> {
    for (const line of this.lines) line.stop();
    for (const entrance of this.entrances) entrance.close();
    await Promise.all(this.kept);
  }
}

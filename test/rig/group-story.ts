import { GroupFacade } from '../../src/modules/group/index.js';
import { agree, memberIdsOf, userIdOf } from './group-people.js';
import { befriend, eventually, type Person, registerPerson, textsOf } from './people.js';
import type { RunningServer } from './server.js';

export type Action =
  | { readonly do: 'send' | 'rename' | 'leave' | 'away' | 'back'; readonly who: number }
  | { readonly do: 'add' | 'remove'; readonly who: number; readonly whom: number };
export type Step = Action | { readonly do: 'both'; readonly one: Action; readonly other: Action };

const PEOPLE = 5;
/** What a person may be told who was just thrown out, or is away. Everything else that a client reports is a defect. */
const TOLERATED = ['NOT_FOUND', 'OFFLINE', 'GROUP_EMPTY'];

/** Five friends, each with a client; the first one owns every group. */
export async function fiveFriends(server: RunningServer): Promise<Person[]> {
  const people: Person[] = [];
  while (people.length < PEOPLE) people.push(await registerPerson(server.url));
  for (const [index, one] of people.entries()) for (const other of people.slice(index + 1)) await befriend(one, other);
  return people;
}

/** One group with a random life, and what must be true of it at any time and in the end. */
export class GroupStory {
  private readonly problems: string[] = [];
  private readonly heard: Set<string>[] = Array.from({ length: PEOPLE }, () => new Set());
  /** Who was in the group, for certain, when a text was sent, and has not been out since. */
  private readonly mustHear = new Map<string, Set<number>>();
  private readonly away = new Set<number>();
  private readonly offs: (() => void)[] = [];
  private members = new Set<number>();
  private count = 0;
  private groupId = '';
  private ids: string[] = [];

  constructor(
    private readonly server: RunningServer,
    private readonly people: readonly Person[],
  ) {}

  async begin(): Promise<void> {
    this.ids = await Promise.all(this.people.map(userIdOf));
    const [owner] = this.people;
    const group = await owner?.client.groups.create('begun', this.ids.slice(1, 3));
    this.groupId = group?.groupId ?? '';
    for (const [index, { client }] of this.people.entries()) {
      const hear = ({ conversationId, text = '' }: { conversationId: string; text?: string }): void => {
        if (conversationId !== this.groupId) return;
        if (this.heard[index]?.has(text)) this.problems.push(`${index} heard ${text} twice`);
        this.heard[index]?.add(text);
      };
      this.offs.push(client.on('message', hear));
      this.offs.push(
        client.on('error', ({ code, details }) => {
          if (!TOLERATED.includes(code)) this.problems.push(`${index}: ${code} ${JSON.stringify(details)}`);
        }),
      );
    }
    await this.look();
  }

  async take(step: Step): Promise<void> {
    const actions = step.do === 'both' ? [step.one, step.other] : [step];
    const before = this.members;
    const unsure = new Set(actions.flatMap((action) => this.touched(action)));
    const sent = (await Promise.all(actions.map((action) => this.act(action)))).flatMap((text) => text ?? []);
    await this.look();
    for (const text of sent) {
      const certain = [...before].filter((index) => this.members.has(index) && !unsure.has(index));
      this.mustHear.set(text, new Set(certain));
      for (let index = 0; index < PEOPLE; index++) {
        const isOut = !before.has(index) && !this.members.has(index) && !unsure.has(index);
        if (isOut && this.heard[index]?.has(text)) this.problems.push(`${index} heard ${text} from outside`);
      }
    }
    // Whoever was thrown out may be in again by now, and has lost what was before.
    const outAtTimes = actions.filter((action) => action.do !== 'add').flatMap((action) => this.touched(action));
    for (const listeners of this.mustHear.values()) for (const index of outAtTimes) listeners.delete(index);
  }

  /** Everybody is back: one epoch, one roster, one name, one transcript. Throws with everything that is not so. */
  async end(): Promise<void> {
    for (const index of this.away) await this.people[index]?.client.connect();
    await this.look();
    const inside = [...this.members].map((index) => this.people[index] as Person);
    const [owner] = this.people as [Person];
    await agree(this.groupId, ...inside).catch((error: unknown) => this.problems.push(String(error)));
    const same = () => this.differences(owner, inside);
    await eventually(async () => (await same()).length === 0, 5_000).catch(() => undefined);
    this.problems.push(...(await same()));
    for (const off of this.offs) off();
    await owner.client.groups.dissolve(this.groupId);
    if (this.problems.length > 0) throw new Error(this.problems.join('\n'));
  }

  private async differences(owner: Person, inside: readonly Person[]): Promise<string[]> {
    const found: string[] = [];
    const { name } = await owner.client.groups.get(this.groupId);
    const whole = await textsOf(owner, this.groupId);
    for (const [index, person] of this.people.entries()) {
      if (!inside.includes(person)) {
        const left = (await person.storage.list('')).filter(({ key }) => key.includes(this.groupId));
        if (left.length > 0) found.push(`${index} is out and still has ${left.map(({ key }) => key).join(' ')}`);
        continue;
      }
      const group = await person.client.groups.get(this.groupId);
      const texts = await textsOf(person, this.groupId);
      const members = inside.map((one) => this.ids[this.people.indexOf(one)]).sort();
      if (memberIdsOf(group).join() !== members.join()) found.push(`${index} sees other members`);
      if (group.name !== name) found.push(`${index} calls it ${group.name}, not ${name}`);
      if (texts.join() !== whole.slice(whole.length - texts.length).join())
        found.push(`${index} reads ${texts.join()} of ${whole.join()}`);
      for (const [text, listeners] of this.mustHear)
        if (listeners.has(index) && !texts.includes(text)) found.push(`${index} has not got ${text}`);
    }
    return found;
  }

  /** The members as they are at the server. */
  private async look(): Promise<void> {
    const group = await this.server.application.get(GroupFacade).find(this.groupId);
    this.members = new Set(group?.members.map((userId) => this.ids.indexOf(userId)));
  }

  /** Whose membership this may change. */
  private touched(action: Action): number[] {
    if (action.do === 'leave') return [action.who];
    return action.do === 'add' || action.do === 'remove' ? [action.whom] : [];
  }

  /** The text that was accepted, if this sent one. */
  private async act(action: Action): Promise<string | undefined> {
    try {
      return await this.attempt(action);
    } catch (error) {
      const { code } = error as { code?: string };
      if (!TOLERATED.includes(code ?? '')) this.problems.push(`${JSON.stringify(action)}: ${code ?? String(error)}`);
      return undefined;
    }
  }

  private async attempt(action: Action): Promise<string | undefined> {
    const { who } = action;
    const { groups, ...client } = this.of(who);
    const isInside = this.members.has(who);
    if (action.do === 'away') {
      this.away.add(who);
      await client.disconnect();
    } else if (action.do === 'back') {
      this.away.delete(who);
      await client.connect();
    } else if (!isInside) return undefined;
    else if (action.do === 'send') return this.send(who);
    else if (this.away.has(who)) return undefined;
    else if (action.do === 'leave' && who > 0) await groups.leave(this.groupId);
    else if (action.do === 'rename') await this.of(0).groups.rename(this.groupId, `name ${this.count++}`);
    else if (action.do === 'add' && action.whom !== who) await groups.add(this.groupId, this.ids[action.whom] ?? '');
    else if (action.do === 'remove' && action.whom > 0)
      await this.of(0).groups.remove(this.groupId, this.ids[action.whom] ?? '');
    return undefined;
  }

  private of(index: number) {
    const { client } = this.people[index] as Person;
    const { groups } = client;
    return {
      groups,
      connect: () => client.connect(),
      disconnect: () => client.disconnect(),
      send: (text: string) => client.conversation(this.groupId).send(text),
    };
  }

  /** What is written while away goes out later, to whoever is in the group then. */
  private async send(who: number): Promise<string | undefined> {
    const text = `t${this.count++}`;
    const { id } = await this.of(who).send(text);
    if (this.away.has(who)) return undefined;
    const stateOf = () => this.people[who]?.states.get(id);
    await eventually(async () => {
      if (!['queued', undefined].includes(stateOf())) return true;
      return (await this.people[who]?.client.conversations.list())?.every(
        ({ conversationId }) => conversationId !== this.groupId,
      ) as boolean;
    }, 15_000);
    return ['accepted', 'delivered', 'read'].includes(stateOf() ?? '') ? text : undefined;
  }
}

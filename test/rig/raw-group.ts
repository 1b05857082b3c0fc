import type { Socket } from 'socket.io-client';
import type { HandshakeView, LogEntry, SubmitHandshakeRequest } from '../../src/protocol/payloads/chat.payloads.js';
import { type Challenge, challengeBytes } from '../../src/protocol/signing.js';
import type { GroupView } from '../../src/protocol/payloads/group.payloads.js';
import { RandomIds } from '../../src/shared/ids.js';
import { ask, befriend, RawPerson } from './raw-person.js';

const ids = new RandomIds();

interface Push {
  readonly event: string;
  readonly payload: Record<string, unknown>;
}

/** A person of a group who says over the wire what a test tells it to, and keeps what it hears. */
export class RawMember {
  heard: Push[] = [];

  private constructor(
    readonly person: RawPerson,
    readonly socket: Socket,
  ) {
    socket.onAny((event: string, payload: Record<string, unknown>) => this.heard.push({ event, payload }));
  }

  static async register(url: string): Promise<RawMember> {
    const person = await RawPerson.register(url);
    return new RawMember(person, await person.connect());
  }

  static registerMany(url: string, count: number): Promise<RawMember[]> {
    return Promise.all(Array.from({ length: count }, () => RawMember.register(url)));
  }

  get id(): string {
    return this.person.tokens.userId;
  }

  ask(event: string, payload: object): ReturnType<typeof ask> {
    return ask(this.socket, event, payload);
  }

  /** What it heard of one kind, once everything that was on its way is there. */
  async told(event: string): Promise<Record<string, unknown>[]> {
    // Pushes and answers to one socket come in their order.
    await this.ask('presence:list', {});
    return this.heard.filter((push) => push.event === event).map(({ payload }) => payload);
  }

  async befriend(...others: readonly RawMember[]): Promise<void> {
    for (const other of others) await befriend(this.person, other.person);
  }

  create(others: readonly RawMember[], clientGroupId = ids.next()) {
    const members = others.map(({ id }) => id);
    return this.person.request<GroupView>('POST', '/api/groups', { clientGroupId, members });
  }

  /** Founds a group with the others and starts its encryption. */
  async found(...others: readonly RawMember[]): Promise<string> {
    const { body } = await this.create(others);
    const { ok, error } = await this.reset(body.groupId, 0, others);
    if (!ok) throw new Error(`the encryption did not start: ${JSON.stringify([body, error])}`);
    return body.groupId;
  }

  reset(conversationId: string, baseEpoch: number, others: readonly RawMember[]) {
    const welcome = others.length > 0 ? { welcome: 'welcome' } : {};
    return this.submit(conversationId, { baseEpoch, kind: 'reset', welcomed: others.map(welcomedDevice), ...welcome });
  }

  commit(
    conversationId: string,
    baseEpoch: number,
    { add = [], remove = [] }: { add?: readonly RawMember[]; remove?: readonly RawMember[] } = {},
  ) {
    return this.submit(conversationId, commitOf(baseEpoch, add, remove));
  }

  submit(conversationId: string, request: Partial<SubmitHandshakeRequest>) {
    return this.ask('handshake:submit', { conversationId, ...request });
  }

  send(conversationId: string, epoch: number, changes: object = {}) {
    const clientMessageId = ids.next();
    const sealed = { ciphertext: 'sealed', burnAfterReadSeconds: 0 };
    return this.ask('message:send', { conversationId, clientMessageId, epoch, ...sealed, ...changes });
  }

  async entries(conversationId: string): Promise<LogEntry[]> {
    const { data } = await this.ask('message:sync', { conversationId, afterSeq: 0, limit: 100 });
    return data?.['entries'] as LogEntry[];
  }

  /** Delivered, read or burned: `message:read` of `seqs`. */
  async mark(event: string, conversationId: string, ...seqs: readonly number[]) {
    const { data } = await this.ask('message:sync', { conversationId, afterSeq: 0, limit: 1 });
    return this.ask(event, { conversationId, incarnation: data?.['incarnation'], seqs });
  }

  async handshakes(conversationId: string, afterEpoch = 0): Promise<HandshakeView[]> {
    const { data } = await this.ask('handshake:list', { conversationId, afterEpoch });
    return data?.['handshakes'] as HandshakeView[];
  }

  async conversationIds(): Promise<string[]> {
    const { data } = await this.ask('conversation:list', {});
    return (data?.['conversations'] as { conversationId: string }[]).map(({ conversationId }) => conversationId);
  }

  async memberIds(groupId: string): Promise<string[]> {
    const { body } = await this.person.request<GroupView>('GET', `/api/groups/${groupId}`);
    return body.members.map(({ userId }) => userId);
  }

  leave(groupId: string) {
    return this.person.request('POST', `/api/groups/${groupId}/leave`);
  }

  async deleteAccount(): Promise<number> {
    const { username } = this.person;
    const asked = await this.person.request<Challenge>('POST', '/api/auth/challenges', {
      username,
      purpose: 'delete-account',
    });
    const signature = await this.person.identity.sign(challengeBytes(asked.body));
    const { challengeId } = asked.body;
    const signed = { challengeId, signature: Buffer.from(signature).toString('base64url') };
    return (await this.person.request('POST', '/api/me/deletion', signed)).status;
  }
}

const welcomedDevice = ({ id, person }: RawMember) => ({ userId: id, deviceId: person.deviceId });

export function commitOf(baseEpoch: number, add: readonly RawMember[] = [], remove: readonly RawMember[] = []) {
  return {
    baseEpoch,
    kind: 'commit' as const,
    commit: 'commit',
    welcomed: add.map(welcomedDevice),
    ...(add.length > 0 && { welcome: 'welcome' }),
    ...(add.length + remove.length > 0 && {
      change: { add: add.map(({ id }) => id), remove: remove.map(({ id }) => id) },
    }),
  };
}

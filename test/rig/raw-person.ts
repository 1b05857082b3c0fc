import { io, type Socket } from 'socket.io-client';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { type Challenge as ProofOfWork, solveChallenge } from 'altcha-lib';
import { encodeBase64Url } from '../../sdk/crypto/base64url.js';
import { IdentityKey, issueDeviceCertificate, issueKeyHistoryEntry, userIdOf } from '../../sdk/crypto/identity.js';
import { registrationBytes } from '../../src/protocol/signing.js';
import { RandomIds } from '../../src/shared/ids.js';
import type { RegistrationTerms, SessionTokens } from '../../src/protocol/payloads/user.payloads.js';

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T & { error?: { code: string; message: string; details: Record<string, unknown> } };
}

type Acknowledgement = {
  ok: boolean;
  data?: Record<string, unknown>;
  error?: { code: string; details: Record<string, unknown> };
};

const ids = new RandomIds();

/** A person without the SDK: says over the wire exactly what a test tells it to, also what the SDK never would. */
export class RawPerson {
  readonly identity = IdentityKey.generate();
  readonly leaf = IdentityKey.generate();
  readonly deviceId = ids.next();
  tokens!: SessionTokens;
  private readonly sockets: Socket[] = [];

  constructor(
    readonly url: string,
    readonly username: string = `u${ids.next().toLowerCase().replaceAll('-', '_')}`,
  ) {}

  static async register(url: string, username?: string): Promise<RawPerson> {
    const person = new RawPerson(url, username);
    const answer = await person.request<SessionTokens>('POST', '/api/registration', await person.registration());
    if (answer.status !== 201) throw new Error(`registering failed: ${JSON.stringify(answer.body)}`);
    person.tokens = answer.body;
    return person;
  }

  /** A correct registration request, for tests to spoil. */
  async registration(): Promise<Record<string, unknown>> {
    const terms = (await this.request<RegistrationTerms>('GET', '/api/registration')).body;
    const challenge = terms.proofOfWork as ProofOfWork | undefined;
    const solution = challenge && (await solveChallenge({ challenge, deriveKey }));
    const identityKey = encodeBase64Url(this.identity.publicKey);
    const userId = userIdOf(identityKey);
    const leafKey = encodeBase64Url(this.leaf.publicKey);
    const createdAt = Date.now();
    const certificate = await issueDeviceCertificate(this.identity, {
      userId,
      deviceId: this.deviceId,
      leafKey,
      createdAt,
    });
    const { signature: historySignature } = await issueKeyHistoryEntry(this.identity, userId, {
      identityKey,
      createdAt,
    });
    const signed = {
      server: terms.server,
      username: this.username,
      identityKey,
      deviceId: this.deviceId,
      leafKey,
      nonce: terms.nonce,
    };
    const { userId: _, ...device } = certificate;
    return {
      username: this.username,
      identityKey,
      device,
      historySignature,
      nonce: terms.nonce,
      signature: encodeBase64Url(await this.identity.sign(registrationBytes(signed))),
      proofOfWork: Buffer.from(JSON.stringify({ challenge, solution })).toString('base64'),
    };
  }

  async request<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (this.tokens as SessionTokens | undefined) headers['authorization'] = `Bearer ${this.tokens.accessToken}`;
    const response = await fetch(this.url + path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : {}) as Answer<T>['body'] };
  }

  async connect(token = this.tokens.accessToken): Promise<Socket> {
    const socket = io(this.url, { transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true });
    this.sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connection:ready', () => resolve());
      socket.once('connect_error', reject);
    });
    return socket;
  }

  disconnect(): void {
    for (const socket of this.sockets) socket.disconnect();
  }
}

/** Emits and returns the acknowledgement as it came. */
export const ask = (socket: Socket, event: string, ...payload: unknown[]): Promise<Acknowledgement> =>
  socket.timeout(5_000).emitWithAck(event, ...payload) as Promise<Acknowledgement>;

/** Two people who are friends, and their conversation. */
export async function befriend(one: RawPerson, other: RawPerson): Promise<string> {
  const invitation = await one.request<{ code: string }>('POST', '/api/invitations', {});
  const friend = await other.request<{ conversationId: string }>('POST', '/api/invitations/redeem', {
    code: invitation.body.code,
  });
  if (!friend.body.conversationId) throw new Error(`befriending failed: ${JSON.stringify(friend.body)}`);
  return friend.body.conversationId;
}

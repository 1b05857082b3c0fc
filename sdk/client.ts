import { AccountSettings, Profile, Sessions } from './account/own-pages.js';
import type { RegisterOptions } from './account/registration.js';
import { AshwireError } from './ashwire-error.js';
import type { AshwireClientEvents, ConnectionState } from './client-events.js';
import { type ClientParts, composeClient, type OpenOptions } from './client-parts.js';
import type { Conversation } from './conversations/conversation.js';
import type { Conversations } from './conversations/conversations.js';
import type { Friends } from './friends/friends.js';
import type { Groups } from './groups/groups.js';
import type { Payments } from './payments/payments.js';
import { KINDS } from './store/client-store.js';
import { Synchronisation } from './synchronisation.js';
import { ROUTES } from './transport/routes.js';
import { Connection } from './transport/connection.js';

export interface RecoverOptions {
  readonly username: string;
  /** 24 words, as a list or as one text. */
  readonly recoveryWords: readonly string[] | string;
}

/**
 * One account on one device. Calls throw {@link AshwireError}; what happens by itself comes as an event. Message content is
 * encrypted here and nowhere else, and what is due is deleted here whether or not the server says so.
 */
export class AshwireClient {
  readonly friends: Friends;
  readonly groups: Groups;
  readonly conversations: Pick<Conversations, 'list'>;
  readonly payments: Payments;
  readonly sessions: Sessions;
  readonly profile: Profile;
  readonly settings: AccountSettings;
  private readonly connection: Connection;
  private readonly synchronisation: Synchronisation;

  private constructor(private readonly parts: ClientParts) {
    const { account, friends, chat, socket, localClock, events } = parts;
    this.friends = friends;
    this.groups = parts.groups;
    this.conversations = chat.conversations;
    this.payments = parts.payments;
    this.sessions = new Sessions(account.tokens);
    this.profile = new Profile(account.tokens);
    this.settings = new AccountSettings(account.tokens);
    this.synchronisation = new Synchronisation(parts);
    const observer = {
      token: (refused?: string) => (refused === undefined ? account.tokens.fresh() : account.tokens.renew(refused)),
      online: this.synchronisation.online,
      offline: this.synchronisation.offline,
      state: (state: ConnectionState) => events.emit('connection', { state }),
      closed: (event: AshwireClientEvents['closed']) => events.emit('closed', event),
    };
    this.connection = new Connection(socket, observer, localClock);
  }

  /** Opens what the storage holds, and deletes what became due since. Makes no connection. */
  static async open(options: OpenOptions): Promise<AshwireClient> {
    const parts = await composeClient(options);
    await parts.chat.burns.start();
    await parts.paymentOutbox.forgetNotes();
    return new AshwireClient(parts);
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  /** The server's time as far as this device knows it, in milliseconds: what the times of messages are to be compared with. */
  serverTime(): number {
    return this.parts.clock.now();
  }

  /** The account of this storage, or undefined. */
  async account(): Promise<
    { readonly userId: string; readonly username: string; readonly deviceId: string } | undefined
  > {
    const account = await this.parts.account.find();
    return account && { userId: account.userId, username: account.username, deviceId: account.deviceId };
  }

  /** Returns a function that takes the listener off. */
  on<E extends keyof AshwireClientEvents>(event: E, listener: (payload: AshwireClientEvents[E]) => void): () => void {
    return this.parts.events.on(event, listener);
  }

  off<E extends keyof AshwireClientEvents>(event: E, listener: (payload: AshwireClientEvents[E]) => void): void {
    this.parts.events.off(event, listener);
  }

  /**
   * Makes an account; takes some seconds of work for the server's proof of work. Show the 24 words once: they are the only way
   * back after this storage is lost. @throws AshwireError USERNAME_TAKEN, INVITATION_REQUIRED, ALREADY_REGISTERED, …
   */
  async register(options: RegisterOptions): Promise<{ readonly recoveryWords: readonly string[] }> {
    await this.requireNoAccount();
    const recoveryWords = await this.parts.registration.register(options);
    await this.renewKeyPackages();
    return { recoveryWords };
  }

  /** Logs in with the stored device; `connect` does it by itself when it has to. */
  async login(): Promise<void> {
    await this.parts.account.tokens.renew((await this.parts.store.find(KINDS.tokens))?.accessToken);
  }

  /** Makes this storage the device of an existing account; the device before is logged out. History does not come along. */
  async recover({ username, recoveryWords }: RecoverOptions): Promise<void> {
    await this.requireNoAccount();
    const words = typeof recoveryWords === 'string' ? recoveryWords : recoveryWords.join(' ');
    try {
      await this.parts.account.recover(username, words);
    } catch (error) {
      const { store } = this.parts;
      await store.commit(store.delete(KINDS.account), store.delete(KINDS.tokens));
      throw error;
    }
    await this.renewKeyPackages();
  }

  /** New identity key and new recovery words; the old ones are void. Friends have to accept the new key. */
  async changeIdentityKey(): Promise<{ readonly recoveryWords: readonly string[] }> {
    const recoveryWords = await this.parts.account.changeIdentityKey();
    await this.renewKeyPackages();
    return { recoveryWords };
  }

  /** Ends the session on the server, if it can be reached, and destroys everything in the storage. The client is closed. */
  async logout(): Promise<void> {
    await this.parts.account.tokens.request({ method: 'POST', path: ROUTES.logout }).catch(() => undefined);
    await this.end(() => this.parts.store.wipe());
  }

  /**
   * Removes the account with everything of it on the server, then everything here. The client is closed.
   * @throws AshwireError BALANCE_NOT_EMPTY, unless the money may be forfeited.
   */
  async deleteAccount({ forfeitBalance = false }: { readonly forfeitBalance?: boolean } = {}): Promise<void> {
    if (!forfeitBalance) await this.requireNoBalance();
    await this.parts.account.delete();
    await this.end(() => this.parts.store.wipe());
  }

  /**
   * Connects and stays connected. Resolves when everything missed has been fetched; rejects when the server ends it for good
   * or `disconnect` is called. Offline, it waits: what is written meanwhile is sent later.
   */
  async connect(): Promise<void> {
    await this.parts.account.get();
    const synchronised = this.synchronisation.next();
    const refused = new Promise<never>((_, reject) => {
      const off = this.on('closed', ({ code }) => {
        off();
        reject(new AshwireError(code));
      });
      const offState = this.on('connection', ({ state }) => {
        if (state !== 'stopped') return;
        offState();
        queueMicrotask(() => reject(new AshwireError('STOPPED')));
      });
      void synchronised.then(() => {
        off();
        offState();
      });
    });
    this.connection.start();
    await Promise.race([synchronised, refused]);
  }

  /** Ends the connection; the storage stays open, timers go on burning what is due. */
  async disconnect(): Promise<void> {
    this.connection.stop();
    this.synchronisation.stop();
    await Promise.resolve();
  }

  /** Disconnects and closes the storage. */
  async close(): Promise<void> {
    await this.end(() => this.parts.store.close());
  }

  conversation(conversationId: string): Conversation {
    return this.parts.chat.conversations.get(conversationId);
  }

  private async end(last: () => Promise<void>): Promise<void> {
    this.parts.closed = true;
    await this.disconnect();
    this.parts.chat.outbox.stop();
    this.parts.paymentOutbox.stop();
    this.parts.chat.burns.stop();
    await last();
  }

  private async requireNoBalance(): Promise<void> {
    const { available, pending, currency } = await this.payments.balance();
    if (available + pending > 0) throw new AshwireError('BALANCE_NOT_EMPTY', { available, pending, currency });
  }

  /** What fails is reported and done again with the next connection: the account is there already. */
  private async renewKeyPackages(): Promise<void> {
    const { supply, events } = this.parts;
    await supply.replenish(true).catch((error: unknown) => events.emit('error', AshwireError.from(error)));
  }

  private async requireNoAccount(): Promise<void> {
    if (await this.parts.account.find()) throw new AshwireError('ALREADY_REGISTERED');
  }
}

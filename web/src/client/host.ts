import { Mutex } from 'async-mutex';
import {
  type AshwireClientEvents,
  AshwireClient,
  AshwireError,
  type IndexedDbStorage,
  openIndexedDbStorage,
  type RegisterOptions,
  StorageError,
  wipeIndexedDbStorage,
} from '../../../sdk/index.js';
import { failureOf } from './errors.js';
import { type HostEvent, type HostListener, HostNews, type HostState } from './host-news.js';

export type { HostEvent, HostEvents, HostListener, HostState, OwnIdentity } from './host-news.js';
export type { Failure } from './errors.js';

/** Written so that an event that is forgotten does not compile. */
const EVENTS = Object.keys({
  ...{ message: 1, 'message-state': 1, conversation: 1, group: 1, 'conversation-removed': 1, typing: 1, presence: 1 },
  ...{ 'friend-requested': 1, 'friend-request-withdrawn': 1, 'friend-added': 1, 'friend-changed': 1 },
  ...{ 'friend-removed': 1, 'key-changed': 1, 'device-changed': 1, 'own-device-added': 1, payment: 1, balance: 1 },
  ...{ settings: 1, connection: 1, closed: 1, trouble: 1, error: 1 },
} satisfies Record<keyof AshwireClientEvents, number>) as (keyof AshwireClientEvents)[];

const STORAGE = 'ashwire';

interface Opened {
  readonly client: AshwireClient;
  readonly storage: IndexedDbStorage;
}

/**
 * The one client of this origin, for all tabs: keys, encryption and storage are here, off the pages' threads. Pages call it by
 * Comlink, so what goes in and out is plain data. What changes the state as a whole is done one after the other, whichever tab
 * asks for it.
 */
export class Host {
  private readonly news = new HostNews();
  private readonly turns = new Mutex();
  private opened: Opened | undefined;
  private state: HostState | undefined;

  constructor(private readonly server: string) {}

  /** What still counts at once, then every event, of all tabs' doing. Returns the function that takes the listener off. */
  listen(listener: HostListener): () => void {
    return this.news.listen(listener);
  }

  /**
   * Opens what is on this device, unless a passphrase is in the way; a `host` event tells the same.
   * @throws AshwireError WRONG_PASSPHRASE, STORAGE_DENIED, …
   */
  async open(passphrase?: string): Promise<HostState> {
    // Who comes while another tab registers need not wait for it.
    if (this.opened && this.state) return this.state;
    return this.turns.runExclusive(() => this.openNow(passphrase));
  }

  /** @throws AshwireError as `AshwireClient.register` does. */
  register(
    { username, invitation }: Pick<RegisterOptions, 'username' | 'invitation'>,
    onProgress: (tries: number) => void,
  ): Promise<readonly string[]> {
    return this.turns.runExclusive(async () => {
      const { recoveryWords } = await this.api.register({
        username,
        ...(invitation !== undefined && { invitation }),
        onProgress: ({ tries }) => onProgress(tries),
      });
      await this.enter();
      return recoveryWords;
    });
  }

  recover(username: string, recoveryWords: string): Promise<void> {
    return this.turns.runExclusive(async () => {
      await this.api.recover({ username, recoveryWords });
      await this.enter();
    });
  }

  /** Whether a passphrase protects what is on this device. */
  async hasPassphrase(): Promise<boolean> {
    return this.opened ? this.opened.storage.hasPassphrase() : this.state?.kind === 'locked';
  }

  /**
   * Sets, changes or (`next` undefined) removes it; `current` is undefined when none is set. Takes some seconds.
   * @throws AshwireError WRONG_PASSPHRASE for `current`, BAD_PASSPHRASE for `next`
   */
  setPassphrase(current: string | undefined, next: string | undefined): Promise<void> {
    return this.turns.runExclusive(async () => {
      if (!this.opened) throw new AshwireError('STOPPED');
      await this.opened.storage.changePassphrase(current, next);
    });
  }

  /** Forgets the keys in memory, in all tabs. Without a passphrase there is nothing that would lock, and all stays open. */
  lock(): Promise<void> {
    return this.turns.runExclusive(async () => {
      if (!this.opened || !(await this.opened.storage.hasPassphrase())) return;
      await this.shut();
      this.become({ kind: 'locked' });
    });
  }

  /** For who has forgotten the passphrase: nothing is left on this device, and the server is not told. */
  wipe(): Promise<void> {
    return this.turns.runExclusive(async () => {
      await this.shut().catch(() => undefined);
      await wipeIndexedDbStorage(STORAGE);
      await this.openNow();
    });
  }

  /** Nothing of the account is left on this device. */
  logout(): Promise<void> {
    return this.turns.runExclusive(async () => {
      const { api } = this;
      await api.logout().finally(() => this.openAnew());
    });
  }

  deleteAccount(forfeitBalance: boolean): Promise<void> {
    return this.turns.runExclusive(async () => {
      await this.api.deleteAccount({ forfeitBalance });
      await this.openAnew();
    });
  }

  /** The SDK, for calls by path: `host.api.friends.list()`. @throws AshwireError STOPPED while it is not open. */
  get api(): AshwireClient {
    if (!this.opened) throw new AshwireError('STOPPED');
    return this.opened.client;
  }

  /** A conversation's methods, as `client.conversation(id)` has them. */
  readonly conversation = {
    messages: (conversationId: string) => this.api.conversation(conversationId).messages(),
    send: (conversationId: string, text: string, mentions: readonly string[] = []) =>
      this.api.conversation(conversationId).send({ type: 'text', text, ...(mentions.length > 0 && { mentions }) }),
    markRead: (conversationId: string, ids: readonly string[]) => this.api.conversation(conversationId).markRead(ids),
    burn: (conversationId: string, messageId: string) => this.api.conversation(conversationId).burn(messageId),
    setBurnAfterRead: (conversationId: string, seconds: number) =>
      this.api.conversation(conversationId).setBurnAfterRead(seconds),
    setTyping: (conversationId: string, typing: boolean) => this.api.conversation(conversationId).setTyping(typing),
    resetSession: async (conversationId: string) => {
      await this.api.conversation(conversationId).resetSession();
    },
  };

  private async openNow(passphrase?: string): Promise<HostState> {
    if (this.opened && this.state) return this.state;
    const storage = await openStorage(passphrase);
    if (!storage) return this.become({ kind: 'locked' });
    try {
      // Of what was before: `open` must not take it for the state of this one.
      this.state = undefined;
      this.opened = { client: await AshwireClient.open({ server: this.server, storage }), storage };
      this.follow(this.opened);
      return await this.enter();
    } catch (error) {
      await this.shut();
      await storage.close();
      throw error;
    }
  }

  private follow(opened: Opened): void {
    for (const event of EVENTS) {
      opened.client.on(event, (payload) => {
        if (this.opened !== opened) return;
        const told = payload instanceof AshwireError ? failureOf(payload) : payload;
        this.news.tell({ event, payload: told } as HostEvent);
      });
    }
    void opened.storage.lost.then(() => this.turns.runExclusive(() => this.reopen(opened)));
  }

  /** Another worker has wiped the storage or changed its passphrase, or the browser has thrown it away. */
  private async reopen(lost: Opened): Promise<void> {
    if (this.opened !== lost) return;
    try {
      await this.shut();
      await this.openNow();
    } catch (error) {
      this.become({ kind: 'broken', failure: failureOf(error) });
    }
  }

  private async openAnew(): Promise<void> {
    this.opened = undefined;
    await this.openNow();
  }

  private async enter(): Promise<HostState> {
    const { api } = this;
    const account = await api.account();
    const state = this.become(account ? { kind: 'open', account } : { kind: 'empty' });
    // What it comes to is told by `connection` and `closed`.
    if (account) void api.connect().catch(() => undefined);
    return state;
  }

  private async shut(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await opened?.client.close();
  }

  private become(state: HostState): HostState {
    this.state = state;
    this.news.tell({ event: 'host', payload: state });
    return state;
  }
}

/** Undefined while it is locked. A passphrase that none is needed for is not looked at: another tab may have removed it. */
async function openStorage(passphrase: string | undefined): Promise<IndexedDbStorage | undefined> {
  try {
    return await openIndexedDbStorage(STORAGE);
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'STORAGE_LOCKED')) throw error;
    return passphrase === undefined ? undefined : openIndexedDbStorage(STORAGE, { passphrase });
  }
}

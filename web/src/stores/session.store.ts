import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { ConnectionState } from '../../../sdk/index.js';
import { AshwireError } from '../../../sdk/ashwire-error.js';
import type { Failure, HostEvent, HostEvents, HostState, OwnIdentity } from '../client/host.js';
import { type Link, linkToHost, type RemoteHost } from '../client/link.js';

/** What the whole page shows. */
export type Phase =
  | 'starting'
  /** Another tab has the client, and this browser has no shared workers. */
  | 'elsewhere'
  | 'locked'
  /** No account on this device. */
  | 'welcome'
  | 'open'
  /** Storage is denied, damaged or gone. */
  | 'broken';

type Listener<E extends keyof HostEvents> = (payload: HostEvents[E]) => void;

/** The link to the client, and what concerns all screens. */
export const useSession = defineStore('session', () => {
  const phase = ref<Phase>('starting');
  const account = shallowRef<OwnIdentity>();
  const connection = ref<ConnectionState>('offline');
  /** The server ended the session: log in anew, or stop. */
  const closed = shallowRef<HostEvents['closed']>();
  const trouble = shallowRef<Failure>();
  const failure = shallowRef<unknown>();
  const listeners = new Map<string, Set<(payload: never) => void>>();
  let link: Link | undefined;

  const isOnline = computed(() => connection.value === 'online');
  const ownId = computed(() => account.value?.userId ?? '');

  /** The client of this origin. @throws Error before `start` has resolved. */
  function host(): RemoteHost {
    if (!link) throw new Error('the session has not started');
    return link.host;
  }

  /** Stores listen here; they live as long as the page. */
  function on<E extends keyof HostEvents>(event: E, listener: Listener<E>): void {
    const known = listeners.get(event) ?? new Set();
    listeners.set(event, known.add(listener));
  }

  function receive({ event, payload }: HostEvent): void {
    if (event === 'host') enter(payload);
    else if (event === 'connection') connection.value = payload.state;
    else if (event === 'closed') closed.value = payload;
    else if (event === 'trouble') trouble.value = payload;
    if (event === 'connection' && payload.state === 'online') trouble.value = closed.value = undefined;
    for (const listener of listeners.get(event) ?? []) listener(payload as never);
  }

  function enter(state: HostState): void {
    const phases = { locked: 'locked', empty: 'welcome', open: 'open', broken: 'broken' } as const;
    phase.value = phases[state.kind];
    account.value = state.kind === 'open' ? state.account : undefined;
    if (state.kind !== 'open') closed.value = undefined;
    if (state.kind === 'broken') failure.value = new AshwireError(state.failure.code, state.failure.details);
  }

  /** Also to try again, or to take the place of another tab. */
  async function start(takeOver = false): Promise<void> {
    phase.value = 'starting';
    try {
      link ??= await newLink(takeOver);
      if (link) enter(await link.host.open());
      else phase.value = 'elsewhere';
    } catch (error) {
      failure.value = error;
      phase.value = 'broken';
    }
  }

  async function newLink(takeOver: boolean): Promise<Link | undefined> {
    connection.value = 'offline';
    const made = await linkToHost(receive, takeOver);
    void made?.lost.then((why) => {
      link = undefined;
      if (why === 'taken') phase.value = 'elsewhere';
      else void start();
    });
    return made;
  }

  return { phase, account, ownId, connection, isOnline, closed, trouble, failure, host, on, start };
});

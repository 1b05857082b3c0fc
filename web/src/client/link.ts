import * as Comlink from 'comlink';
import { AshwireError } from '../../../sdk/ashwire-error.js';
import type { Greeting, Welcome } from './greeting.js';
import workerUrl from './host.worker.ts?worker&url';
import { passErrors } from './errors.js';
import type { Host, HostEvent } from './host.js';
import { endOf, holdForLife } from './life-locks.js';
import { trustedScriptUrl } from './trusted.js';

/** Held by the tab that has a worker of its own, where there are no shared ones. */
const ALONE = 'ashwire/one-tab';

/** Comlink's own type stops at properties that are objects, as `host.api` is; its proxy goes on. */
type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...given: infer G) => infer R
    ? (...given: G) => Promise<Awaited<R>>
    : T[K] extends object
      ? Remote<T[K]>
      : Promise<T[K]>;
};
export type RemoteHost = Remote<Host>;

export interface Link {
  readonly host: RemoteHost;
  /** Resolves when it is of no use any more: another tab has taken the worker's place, or the worker has died. */
  readonly lost: Promise<'taken' | 'died'>;
}

interface OwnWorker {
  readonly worker: EventTarget;
  readonly port: Comlink.Endpoint;
  /** Never with a shared worker. */
  readonly taken: Promise<unknown>;
}

interface Alone {
  /** Another tab has taken its place. */
  readonly taken: Promise<void>;
}

let tab: Promise<string> | undefined;
/** While this tab is the one that has the worker. */
let alone: Alone | undefined;

/**
 * This tab's way to the one client. Where the browser has no shared workers (some phones) only one tab has it at a time:
 * undefined when another one has it, unless this one is to take it over. No event comes before the link is handed out.
 * @throws AshwireError OFFLINE when the worker's script cannot be loaded, STORAGE_DENIED where the browser allows none
 */
export async function linkToHost(onEvent: (event: HostEvent) => void, takeOver = false): Promise<Link | undefined> {
  if (!isSecureContext) throw new AshwireError('STORAGE_DENIED');
  passErrors();
  tab ??= beginTab();
  const own = await startWorker(takeOver).catch(denied);
  if (!own) return undefined;
  const { port, taken } = own;
  const host = Comlink.wrap<Host>(port) as unknown as RemoteHost;
  const lock = await welcomed(own, await tab);
  port.addEventListener('message', (({ data }: MessageEvent<object>) => {
    if ('event' in data) onEvent(data as HostEvent);
  }) as EventListener);
  const lost = Promise.race([taken.then(() => 'taken' as const), endOf(lock).then(() => 'died' as const)]);
  return { host, lost };
}

function beginTab(): Promise<string> {
  // Put aside alive all the same, it has missed what burned meanwhile.
  window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
  return holdForLife('tab');
}

function welcomed({ worker, port }: OwnWorker, tabLock: string): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.addEventListener('error', () => reject(new AshwireError('OFFLINE')), { once: true });
    const welcome = (({ data }: MessageEvent<Partial<Welcome>>): void => {
      if (data.worker === undefined) return;
      port.removeEventListener('message', welcome);
      resolve(data.worker);
    }) as EventListener;
    port.addEventListener('message', welcome);
    port.start?.();
    port.postMessage({ tab: tabLock } satisfies Greeting);
  });
}

async function startWorker(takeOver: boolean): Promise<OwnWorker | undefined> {
  const options = { type: 'module', name: 'ashwire' } as const;
  if ('SharedWorker' in globalThis) {
    const worker = new SharedWorker(trustedScriptUrl(workerUrl), options);
    return { worker, port: worker.port, taken: new Promise(() => undefined) };
  }
  alone ??= await holdAlone(takeOver);
  if (!alone) return undefined;
  const worker = new Worker(trustedScriptUrl(workerUrl), options);
  return { worker, port: worker, taken: alone.taken.then(() => worker.terminate()) };
}

/** Undefined when another tab has it. */
function holdAlone(takeOver: boolean): Promise<Alone | undefined> {
  return new Promise((resolve, reject) => {
    let end = (): void => undefined;
    const taken = new Promise<void>((ended) => (end = ended));
    const options: LockOptions = takeOver ? { steal: true } : { ifAvailable: true };
    const hold = (lock: Lock | null): Promise<never> | undefined => {
      resolve(lock ? { taken } : undefined);
      return lock ? new Promise(() => undefined) : undefined;
    };
    navigator.locks.request(ALONE, options, hold).catch((error: DOMException) => {
      // Stolen, if it was held.
      alone = undefined;
      reject(error);
      end();
    });
  });
}

function denied(error: unknown): never {
  throw error instanceof DOMException ? new AshwireError('STORAGE_DENIED', {}, { cause: error }) : error;
}

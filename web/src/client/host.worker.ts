import * as Comlink from 'comlink';
import { passErrors } from './errors.js';
import { Host } from './host.js';
import { endOf, holdForLife } from './life-locks.js';
import type { Greeting, Welcome } from './greeting.js';

type Port = Comlink.Endpoint & { readonly close?: () => void };

/** As a shared worker: one for all tabs. As a plain one, where there are no shared ones: `link.ts` sees to it that it is alone. */
passErrors();
const host = new Host(self.location.origin);
const living = holdForLife('worker');

/** Events go the way of the answers, so that each tab has both in the order in which they came about. */
function serve(port: Port): void {
  port.addEventListener('message', (({ data }: MessageEvent<Partial<Greeting>>) => {
    if (data.tab !== undefined) void greet(port, data.tab);
  }) as EventListener);
  Comlink.expose(host, port);
}

async function greet(port: Port, tab: string): Promise<void> {
  port.postMessage({ worker: await living } satisfies Welcome);
  const off = host.listen((event) => port.postMessage(event));
  await endOf(tab);
  off();
  port.close?.();
}

if ('onconnect' in self) {
  self.onconnect = ({ ports: [port] }: MessageEvent) => port && serve(port);
} else {
  serve(self);
}

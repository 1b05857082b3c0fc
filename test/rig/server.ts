import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import 'reflect-metadata';
import { AppModule } from '../../src/app.module.js';
import type { AshwireConfig, Profile } from '../../src/config/config.schema.js';
import { type DeepPartial, merge } from '../../src/config/deep-partial.js';
import { loadConfig } from '../../src/config/load-config.js';
import { createHttpApplication } from '../../src/platform/http/http-application.js';
import { freePort } from './free-port.js';
import { QUICK } from './quick.js';
import { RoundRobin } from './round-robin.js';
import { createStores } from './create-stores.js';
import type { Stores } from './stores.js';

export interface RunningServer {
  /** Each connection to it goes to the next of its nodes. */
  readonly url: string;
  readonly port: number;
  /** Of the first node itself, for limits that each node keeps for itself. */
  readonly nodePort: number;
  readonly config: AshwireConfig;
  /** The first node. */
  readonly application: NestFastifyApplication;
  readonly stores: Stores;
  /** Stops the process's part and keeps what is stored. */
  stop(): Promise<void>;
  /** Stops and removes what is stored. */
  close(): Promise<void>;
}

/** The real application of the tier under test in this process, all nodes of it behind one free port. */
export async function startServer(
  overrides: DeepPartial<Profile> = {},
  from?: Pick<RunningServer, 'stores' | 'port'>,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const stores = from?.stores ?? (await createStores());
  const port = from?.port ?? (await freePort());
  const url = `http://localhost:${port}`;
  const isAlone = stores.nodes === 1;
  const layers: unknown[] = [stores.profile, isAlone ? {} : { http: { publicUrl: url } }, QUICK, overrides];
  const config = loadConfig({
    tier: stores.tier,
    environment: { ...stores.environment, ...environment, PORT: String(port) },
    overrides: layers.reduce((base, layer) => merge(base, layer)) as DeepPartial<Profile>,
  });
  const starting = Array.from({ length: stores.nodes }, () => startNode(config, isAlone ? port : 0));
  const nodes = await Promise.all(starting);
  const ports = nodes.map(portOf);
  const front = isAlone ? undefined : await RoundRobin.listen(port, ports);
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.close()));
    await front?.close();
  };
  const close = async (): Promise<void> => {
    await stop();
    await stores.remove();
  };
  const [application] = nodes as [NestFastifyApplication];
  return { url, port, nodePort: ports[0] ?? port, config, application, stores, stop, close };
}

async function startNode(config: AshwireConfig, port: number): Promise<NestFastifyApplication> {
  const application = await createHttpApplication(AppModule.for(config), config);
  await application.listen(port, config.http.host);
  return application;
}

const portOf = (node: NestFastifyApplication): number => (node.getHttpServer().address() as AddressInfo).port;

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AddressInfo } from 'node:net';
import 'reflect-metadata';
import { AppModule } from '../../src/app.module.js';
import type { Profile } from '../../src/config/config.schema.js';
import { type DeepPartial, merge } from '../../src/config/deep-partial.js';
import { loadConfig } from '../../src/config/load-config.js';
import { createHttpApplication } from '../../src/platform/http/http-application.js';
import { RealStores } from './real-stores.js';
import { QUICK } from './quick.js';

/** Two applications of the tier 100k in this process on the same real stores, each with an address of its own. */
export interface TwoNodes {
  readonly a: string;
  readonly b: string;
  close(): Promise<void>;
}

export async function startTwoNodes(overrides: DeepPartial<Profile> = {}): Promise<TwoNodes> {
  const stores = await RealStores.create();
  // One name for both, as behind one front; clients take every name of this machine for the same.
  const layers: unknown[] = [stores.profile, { http: { publicUrl: 'http://localhost:3000' } }, QUICK, overrides];
  const config = loadConfig({
    tier: stores.tier,
    environment: stores.environment,
    overrides: layers.reduce((base, layer) => merge(base, layer)) as DeepPartial<Profile>,
  });
  const start = async (): Promise<NestFastifyApplication> => {
    const application = await createHttpApplication(AppModule.for(config), config);
    await application.listen(0, config.http.host);
    return application;
  };
  const nodes = [await start(), await start()] as const;
  const [a, b] = nodes.map((node) => `http://localhost:${(node.getHttpServer().address() as AddressInfo).port}`);
  const close = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.close()));
    await stores.remove();
  };
  return { a: a ?? '', b: b ?? '', close };
}

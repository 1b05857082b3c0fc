import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import 'reflect-metadata';
import { AppModule } from '../../src/app.module.js';
import type { AshwireConfig, Profile } from '../../src/config/config.schema.js';
import { type DeepPartial, merge } from '../../src/config/deep-partial.js';
import { loadConfig } from '../../src/config/load-config.js';
import { createHttpApplication } from '../../src/platform/http/http-application.js';
import { freePort } from './free-port.js';

export { freePort };

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly config: AshwireConfig;
  readonly application: NestFastifyApplication;
  readonly dataDirectory: string;
  /** Stops the process's part and keeps the data directory. */
  stop(): Promise<void>;
  /** Stops and removes the data directory. */
  close(): Promise<void>;
}

/** Everything a person would wait for is cheap; limits that a test does not mean are out of its way. */
export const QUICK: DeepPartial<Profile> = {
  registration: { proofOfWork: { cost: 1, baseTries: 1, maxTries: 1 } },
  limits: {
    registrationPerAddress: { points: 1_000 },
    challengePerAddress: { points: 1_000 },
    httpPerAddress: { points: 10_000 },
  },
  messages: { reapEveryMs: 50 },
  logLevel: 'error',
};

/** The real application of the embedded tier in this process, on a free port. */
export async function startServer(
  overrides: DeepPartial<Profile> = {},
  from?: { readonly dataDirectory: string; readonly port: number },
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const dataDirectory = from?.dataDirectory ?? mkdtempSync(join(tmpdir(), 'ashwire-'));
  const port = from?.port ?? (await freePort());
  const config = loadConfig({
    tier: 'embedded',
    environment: { ASHWIRE_DATA_DIR: dataDirectory, PORT: String(port), ...environment },
    overrides: merge(QUICK, overrides) as DeepPartial<Profile>,
  });
  const application = await createHttpApplication(AppModule.for(config), config);
  await application.listen(port, config.http.host);
  const stop = async () => application.close();
  const close = async () => {
    await stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  return { url: `http://localhost:${port}`, port, config, application, dataDirectory, stop, close };
}

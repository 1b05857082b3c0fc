import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { AppModule } from './app.module.js';
import { ConfigError } from './config/config-error.js';
import { loadConfig } from './config/load-config.js';
import { createHttpApplication } from './platform/http/http-application.js';
import { endOnDefects, endOnSignals } from './process-end.js';

/** Beyond the drain window, for answers, sockets and stores that hang. */
const STOP_WITHIN_MS = 4_500;

async function start(): Promise<void> {
  const { values } = parseArgs({ options: { tier: { type: 'string' } } });
  const config = loadConfig({ mustBeBuilt: true, ...(values.tier !== undefined && { tier: values.tier }) });
  const application = await createHttpApplication(AppModule.for(config), config);
  endOnDefects();
  endOnSignals(() => application.close(), config.drain.windowMs + STOP_WITHIN_MS);
  await application.listen(config.http.port, config.http.host);
  process.stdout.write(`Ashwire ${config.version}, tier ${config.tier}, listens on ${await application.getUrl()}\n`);
}

/** One sentence instead of a stack for what an operator can mend. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${port ?? ''} is taken. Stop what uses it, or choose another: PORT=3001 npm start`;
  if (code === 'EACCES') return `Port ${port ?? ''} needs more rights. Choose one above 1023: PORT=3001 npm start`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

start().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});

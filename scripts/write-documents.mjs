// Writes docs/api/openapi.json and docs/api/asyncapi.json from the compiled server, which is built first where needed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, isStale } from './build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (isStale() && build() !== 0) process.exit(1);

await import('reflect-metadata');
const { AppModule } = await import('../dist/src/app.module.js');
const { loadConfig } = await import('../dist/src/config/load-config.js');
const { documentFiles } = await import('../dist/src/platform/documentation/documents.js');
const { createHttpApplication } = await import('../dist/src/platform/http/http-application.js');

const data = mkdtempSync(join(tmpdir(), 'ashwire-documents-'));
const config = loadConfig({ tier: 'embedded', environment: { ASHWIRE_DATA_DIR: data } });
const application = await createHttpApplication(AppModule.for(config), config);
const folder = join(root, 'docs', 'api');
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(documentFiles(application))) {
  writeFileSync(join(folder, name), text);
  console.log(`docs/api/${name}`);
}
await application.close();
rmSync(data, { recursive: true });

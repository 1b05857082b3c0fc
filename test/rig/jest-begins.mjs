import { register } from 'node:module';

/** Whoever runs tests may ask for the servers of the rig; they are started then. Those of a whole tier before any test. */
export default async function jestBegins() {
  register('./typescript-hooks.mjs', import.meta.url);
  const { SharedServers } = await import('./shared-servers.ts');
  const servers = await SharedServers.listen();
  globalThis.ashwireServers = servers;
  if (process.env.ASHWIRE_TEST_TIER !== '100k') return;
  await Promise.all([servers.find('mariadb-pair'), servers.find('redis-trio')]);
}

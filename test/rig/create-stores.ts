import { EmbeddedStores } from './embedded-stores.js';
import { RealStores } from './real-stores.js';
import type { Stores } from './stores.js';

/** The tier that the tests of this run are on: ASHWIRE_TEST_TIER, else embedded. */
export const TEST_TIER = process.env['ASHWIRE_TEST_TIER'] ?? 'embedded';

export function createStores(): Promise<Stores> {
  switch (TEST_TIER) {
    case 'embedded':
      return Promise.resolve(new EmbeddedStores());
    case '100k':
      return RealStores.create();
    default:
      throw new Error(`ASHWIRE_TEST_TIER is ${TEST_TIER}; tests run on embedded and 100k`);
  }
}

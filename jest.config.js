/** Jest runs the sources as ES modules, compiled one file at a time by swc (type checks are `npm run build`'s work). */
const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};
/** Suites that run once, with embedded, and not again on a tier with real servers (ASHWIRE_TEST_TIER), and why. */
const EMBEDDED_ONLY = {
  bench: 'measures the embedded server',
  documentation: 'shows what the documents say, which is the same on every tier; a person tries them on embedded',
  readme: 'does what the README shows, on embedded',
  backup: 'starts a MariaDB pair of its own, to back up and restore',
  'node-life': 'starts single nodes, and servers that it takes away from them',
  reconnect: 'starts the nodes and servers that it needs',
  tier: 'starts a whole tier with its own program',
  'two-nodes': 'starts two nodes on real servers',
};
const left = (process.env.ASHWIRE_TEST_TIER ?? 'embedded') === 'embedded' ? [] : Object.keys(EMBEDDED_ONLY);

export default {
  testEnvironment: 'node',
  roots: ['src', 'sdk', 'test', 'terminal', 'tier', 'web/src'].map((folder) => `<rootDir>/${folder}`),
  modulePathIgnorePatterns: ['<rootDir>/test/quality/bad/'],
  testRegex: '\\.(spec|e2e)\\.ts$',
  testPathIgnorePatterns: ['/node_modules/', ...left.map((suite) => `/test/e2e/${suite}\\.e2e\\.ts$`)],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // In a module of Jest's each use of a global takes long, and ML-KEM's inner loop uses Math: as CommonJS, which gets it handed
    // in, a key pair costs a fifth.
    '^mlkem$': '<rootDir>/node_modules/mlkem/script/mod.js',
  },
  sandboxInjectedGlobals: ['Math'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  testTimeout: 30_000,
  testSequencer: '<rootDir>/test/rig/longest-first.mjs',
  // Servers that test files share start in Jest's own process when the first one asks.
  globalSetup: '<rootDir>/test/rig/jest-begins.mjs',
  globalTeardown: '<rootDir>/test/rig/jest-ends.mjs',
  // A process keeps the modules of every test file that it ran; beyond 4 GB it does little but collect garbage.
  workerIdleMemoryLimit: '1GB',
};

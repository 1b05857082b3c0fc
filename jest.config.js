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
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/sdk', '<rootDir>/test', '<rootDir>/terminal'],
  modulePathIgnorePatterns: ['<rootDir>/test/quality/bad/'],
  testRegex: '\\.(spec|e2e)\\.ts$',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  testTimeout: 30_000,
  // A process keeps the modules of every test file that it ran; beyond 4 GB it does little but collect garbage.
  workerIdleMemoryLimit: '1GB',
};

// The module graph and the privacy of style.md. test/quality/dependency-rules.spec.ts shows each rule failing on the files of
// test/quality/bad/<rule>/, which mirror this repository.
'use strict';

const at = (path) => `^${path}`;
const npm = (...names) => `node_modules/(?:@types/)?(?:${names.join('|')})(?:/|$)`;

const TEST_CODE = '\\.(?:spec|e2e|contract|fixture)\\.ts$|^src/(?:modules|platform)/[^/]+/spec/';
/** Pure code: no framework, no I/O. Contracts and specs beside it are test code. */
const PURE = [at('src/(?:shared|protocol)/'), at('src/modules/[^/]+/domain/'), at('(?:src|sdk)/.+\\.port\\.ts$')];
const NODE_BUILT_IN = `^(?:node:)?(?:${require('node:module')
  .builtinModules.filter((name) => !name.startsWith('_'))
  .join('|')})$`;

/** `module` sees only what stands left of it: user <- relation <- group <- chat; payment sees user and relation. */
const graph = (module, ...hidden) => ({
  name: `module-${module}-looks-back-only`,
  comment: `The backward edge from ${module} to ${hidden.join(', ')} is an event.`,
  severity: 'error',
  from: { path: at(`src/modules/${module}/`) },
  to: { path: at(`src/modules/(?:${hidden.join('|')})/`) },
});

const WEB_MAY_TAKE = '(?:index|ashwire-error|friends/invitation-code|payments/amounts)';

module.exports = {
  forbidden: [
    graph('user', 'relation', 'group', 'chat', 'payment'),
    graph('relation', 'group', 'chat', 'payment'),
    graph('group', 'chat', 'payment'),
    graph('chat', 'payment'),
    graph('payment', 'group', 'chat'),
    {
      name: 'modules-are-private',
      comment: 'Another module shows its index.ts and nothing else.',
      severity: 'error',
      from: { path: at('src/modules/([^/]+)/') },
      to: { path: at('src/modules/'), pathNot: ['src/modules/$1/', 'src/modules/[^/]+/index\\.ts$'] },
    },
    {
      name: 'modules-are-private-to-the-rest',
      comment: 'What is outside the modules sees their index.ts and nothing else.',
      severity: 'error',
      from: { path: at('(?:src|sdk|terminal|tier|test|web)/'), pathNot: at('src/modules/') },
      to: { path: at('src/modules/'), pathNot: 'src/modules/[^/]+/index\\.ts$' },
    },
    {
      name: 'adapters-are-leaves',
      comment:
        'Adapters are named in *.module.ts (in the SDK: its two entries) and in specs; everyone else knows the port. ' +
        'A *.schema.ts lists a module’s tables and migrations for the composition root.',
      severity: 'error',
      from: {
        path: at('(.*)$'),
        pathNot: [
          '/adapters/',
          '\\.module\\.ts$',
          at('src/modules/[^/]+/[^/]+\\.schema\\.ts$'),
          TEST_CODE,
          at('sdk/(?:index|node)\\.ts$'),
          at('test/'),
        ],
      },
      to: { path: '/adapters/', pathNot: ['node_modules/', '/adapters/[^/]+\\.schema\\.ts$'] },
    },
    {
      name: 'adapters-know-their-own-folder-only',
      comment: 'An adapter shares files with its neighbours of the same port, not with other adapters.',
      severity: 'error',
      from: { path: at('(.+)/adapters/'), pathNot: TEST_CODE },
      to: { path: '/adapters/', pathNot: ['$1/adapters/', 'node_modules/'] },
    },
    {
      name: 'typeorm-only-in-adapters-and-platform-database',
      severity: 'error',
      from: {
        path: at('(?:src|sdk|terminal|tier)/'),
        pathNot: ['/adapters/', '/migrations/', at('src/platform/database/'), TEST_CODE],
      },
      to: { path: npm('typeorm') },
    },
    {
      name: 'drivers-only-in-adapters',
      severity: 'error',
      from: { path: at('(?:src|sdk|terminal|tier)/'), pathNot: ['/adapters/', at('src/platform/redis/'), TEST_CODE] },
      to: {
        path: npm(
          'better-sqlite3',
          'mysql2',
          'ioredis',
          'nats',
          '@nats-io/[^/]+',
          '@clickhouse/[^/]+',
          '@aws-sdk/[^/]+',
        ),
      },
    },
    {
      name: 'socket-io-server-only-in-its-platform',
      severity: 'error',
      from: { path: at('(?:src|sdk|terminal|tier)/'), pathNot: ['/adapters/', at('src/platform/socket/'), TEST_CODE] },
      to: { path: npm('socket\\.io', '@nestjs/platform-socket\\.io', '@socket\\.io/[^/]+') },
    },
    {
      name: 'pure-code-does-no-io',
      comment: 'shared, protocol, domain and ports are pure; of Node they may use what only computes.',
      severity: 'error',
      from: { path: PURE, pathNot: TEST_CODE },
      to: { path: NODE_BUILT_IN, pathNot: '^(?:node:)?crypto$' },
    },
    {
      name: 'pure-code-has-no-framework',
      comment:
        'What is allowed only computes. The port of the database hands out TypeORM: it has one form, several servers.',
      severity: 'error',
      from: { path: PURE, pathNot: [TEST_CODE, at('src/platform/database/')] },
      to: {
        path: 'node_modules/',
        pathNot: npm('zod', 'class-validator', 'class-transformer', '@noble/[^/]+', 'ts-mls', 'altcha-lib', 'node'),
      },
    },
    {
      name: 'pure-code-knows-pure-code-only',
      severity: 'error',
      from: { path: PURE, pathNot: TEST_CODE },
      to: {
        path: at('(?:src|sdk|terminal|tier|test|web)/'),
        pathNot: [
          ...PURE,
          at('src/config/config\\.schema\\.ts$'),
          at('src/modules/[^/]+/(?:index|[^/]+\\.(?:errors|events|facade))\\.ts$'),
        ],
      },
    },
    {
      name: 'protocol-runs-in-browsers',
      severity: 'error',
      from: { path: at('src/protocol/'), pathNot: TEST_CODE },
      to: { path: [NODE_BUILT_IN, at('src/(?!protocol/)')] },
    },
    {
      name: 'sdk-knows-only-the-protocol',
      severity: 'error',
      from: { path: at('sdk/'), pathNot: TEST_CODE },
      to: { path: at('(?:src|terminal|tier|test|web)/'), pathNot: at('src/protocol/') },
    },
    {
      name: 'sdk-takes-payloads-as-types',
      comment: 'Payload classes carry class-validator, which browsers need not load.',
      severity: 'error',
      from: { path: at('(?:sdk|web)/') },
      to: { path: at('src/protocol/payloads/'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sdk-has-no-server-framework',
      severity: 'error',
      from: { path: at('(?:sdk|terminal|web)/') },
      to: { path: npm('@nestjs/[^/]+', 'class-validator', 'class-transformer', 'reflect-metadata', 'fastify') },
    },
    {
      name: 'sdk-entry-for-browsers-reaches-no-node',
      comment: 'Node storage and the like are exported by sdk/node.ts.',
      severity: 'error',
      from: { path: at('sdk/index\\.ts$') },
      to: { path: NODE_BUILT_IN, reachable: true },
    },
    {
      name: 'terminal-is-a-client',
      severity: 'error',
      from: { path: at('terminal/'), pathNot: TEST_CODE },
      to: { path: at('(?:src|sdk|tier|test)/'), pathNot: [at('sdk/(?:index|node)\\.ts$'), at('src/protocol/')] },
    },
    {
      name: 'web-is-a-client',
      comment: 'The client works in the worker; of the rest of the SDK a page takes what computes and nothing else.',
      severity: 'error',
      from: { path: at('web/'), pathNot: TEST_CODE },
      to: {
        path: at('(?:src|sdk|terminal|tier|test)/'),
        pathNot: [at(`sdk/${WEB_MAY_TAKE}\\.ts$`), at('src/protocol/')],
      },
    },
    {
      name: 'tier-knows-the-configuration-only',
      comment: 'It starts what is built; of the sources it reads what a profile is and where the package lies.',
      severity: 'error',
      from: { path: at('tier/'), pathNot: TEST_CODE },
      to: { path: at('(?:src|sdk|terminal|test)/'), pathNot: at('src/config/') },
    },
    {
      name: 'server-knows-no-client',
      severity: 'error',
      from: { path: at('src/'), pathNot: TEST_CODE },
      to: { path: at('(?:sdk|terminal|tier|test|web)/') },
    },
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      from: { path: at('(?:src|sdk|terminal|tier|web)/'), pathNot: TEST_CODE },
      to: { path: [TEST_CODE, npm('@jest/globals', 'jest', '@nestjs/testing', 'supertest', 'fast-check')] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: at('(?:src|sdk|terminal|tier|web)/'), pathNot: ['\\.d\\.ts$', TEST_CODE] },
      to: {},
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:test/quality/bad|dist)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};

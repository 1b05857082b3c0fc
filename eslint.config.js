import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const ENVIRONMENT = 'Only src/config reads the environment; take AshwireConfig.';

/** Code whose functions are measured. A test may tell a long story. */
const PRODUCT = ['src/**/*.ts', 'sdk/**/*.ts', 'terminal/**/*.ts', 'tier/**/*.ts'];
const TESTS = ['**/*.spec.ts', '**/*.e2e.ts', '**/*.contract.ts', '**/*.fixture.ts', '**/spec/**', 'test/**/*.ts'];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'data/', 'docs/', 'web/', 'test/quality/bad/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        // Nest reads constructor parameter types at run time: with this, consistent-type-imports leaves those imports alone.
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'max-depth': ['error', 3],
      'max-lines': ['error', 300],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 5 }],
      '@typescript-eslint/no-explicit-any': 'error',
      // `const { ciphertext: _, ...rest }` is how a field is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, varsIgnorePattern: '^_+$' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/require-await': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      // verbatimModuleSyntax keeps `import { type X }` as an import that loads the file.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // A Nest module is a class with decorators and nothing inside.
      '@typescript-eslint/no-extraneous-class': 'off',
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: ENVIRONMENT }],
      'no-restricted-imports': [
        'error',
        { paths: ['node:process', 'process'].map((name) => ({ name, importNames: ['env'], message: ENVIRONMENT })) },
      ],
    },
  },
  {
    files: PRODUCT,
    ignores: TESTS,
    rules: { 'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['src/config/**/*.ts', 'test/**/*.ts', 'terminal/**/*.ts', 'tier/**/*.ts'],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off' },
  },
  { files: ['terminal/**/*.ts', 'tier/**/*.ts', 'test/load/**/*.ts'], rules: { 'no-console': 'off' } },
);

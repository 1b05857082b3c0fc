import { defineConfig, globalIgnores } from 'eslint/config';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';
import vueParser from 'vue-eslint-parser';

const ENVIRONMENT = 'Only src/config reads the environment; take AshwireConfig.';

/** Code whose functions are measured. A test may tell a long story. */
const PRODUCT = ['src/**/*.ts', 'sdk/**/*.ts', 'terminal/**/*.ts', 'tier/**/*.ts', 'web/**/*.{ts,vue}'];
const TESTS = ['**/*.spec.ts', '**/*.e2e.ts', '**/*.contract.ts', '**/*.fixture.ts', '**/spec/**', 'test/**/*.ts'];

/** Prettier's work. */
const VUE_LAYOUT = [
  ...['attributes-order', 'first-attribute-linebreak', 'html-closing-bracket-newline', 'html-closing-bracket-spacing'],
  ...['html-indent', 'html-quotes', 'html-self-closing', 'max-attributes-per-line', 'mustache-interpolation-spacing'],
  ...['multiline-html-element-content-newline', 'no-multi-spaces', 'no-spaces-around-equal-signs-in-attribute'],
  ...['singleline-html-element-content-newline'],
];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'data/', 'docs/', 'web/public/', 'test/quality/bad/']),
  { files: ['web/**/*.vue'], extends: [vue.configs['flat/recommended']] },
  {
    files: ['**/*.ts', 'web/**/*.vue'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        extraFileExtensions: ['.vue'],
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
    files: ['web/**/*.vue'],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser } },
    rules: {
      ...Object.fromEntries(VUE_LAYOUT.map((rule) => [`vue/${rule}`, 'off'])),
      // Text rendering only.
      'vue/no-v-html': 'error',
      'vue/require-default-prop': 'off',
      'vue/multi-word-component-names': 'off',
      // What a template's `ref` is, vue-tsc knows and ESLint does not.
      ...Object.fromEntries(
        ['assignment', 'call', 'member-access', 'return'].map((use) => [`@typescript-eslint/no-unsafe-${use}`, 'off']),
      ),
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
  // A store is one function around its functions.
  { files: ['web/src/stores/*.store.ts'], rules: { 'max-lines-per-function': 'off' } },
);

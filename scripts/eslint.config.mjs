/**
 * Lint for the whole tree. The arrows of the architecture are enforced here: which folder may import what.
 *
 *   extension -> gateway/contract (types only);  gateway -> operator/{api,plan};  operator, recsys -> nothing of ours
 *   main -> http|stream|platform -> contract|plan;  contract, plan and graphs do no I/O and read no clock
 */
import jupyter from '@jupyter/eslint-plugin';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const SOURCES = ['*/src/**/*.{ts,tsx}'];
const TESTS = [
  '**/*.test.{ts,tsx}',
  '**/*.testkit.ts',
  '**/testing/**',
  '**/conformance.ts',
  '*/tests/**/*.ts',
  'operator/mutants/**/*.ts'
];
/** What writes generated files from what is pure. */
const WRITERS = ['**/write-openapi.ts', '**/write-crds.ts', '**/write-schemas.ts'];
const PURE = ['operator/src/{api,plan}/**/*.ts', 'gateway/src/contract/**/*.ts', 'recsys/src/{onnx,graphs}/**/*.ts'];

/** Patterns for no-restricted-imports, by what they keep apart. */
const DEEP_IMPORT = {
  group: ['@berth/*/src/**', '@berth/*/lib/**'],
  message: 'Packages meet at their entry points only.'
};
const OURS = { group: ['@berth/*'], message: 'The arrows point inward: this package depends on nothing of ours.' };
const IO = {
  group: ['node:*', '!node:assert', 'fs', 'fs/*', 'express', 'ws', '@kubernetes/client-node', 'onnxruntime-node'],
  message: 'contract, plan and graphs do no I/O: pass the values in.'
};
const OUTWARD_FROM_CONTRACT = {
  group: ['../http/**', '../stream/**', '../auth/**', '../store/**', '../platform/**', '../bundle/**', '../main*'],
  message: 'The contract knows nothing of what serves it.'
};
const OUTWARD_FROM_PLAN = {
  group: ['../controllers/**', '../runtime/**'],
  message: 'A plan knows nothing of who carries it out.'
};
const SIDEWAYS_FROM_PLATFORM = {
  group: ['**/http/**', '**/stream/**', '**/main.js'],
  message: 'A platform knows nothing of the server in front of it.'
};
const SIDEWAYS_FROM_SERVER = {
  group: ['**/platform/local/**', '**/platform/kubernetes/**', '**/main.js'],
  message: 'The server knows the Platform port only; main.ts chooses the platform.'
};
const EXTENSION_REACH = {
  group: ['@berth/*', '!@berth/gateway', '@berth/gateway/**', '!@berth/gateway/contract'],
  message: 'The extension sees the contract only.'
};
const CONTRACT_VALUES = {
  group: ['@berth/gateway/contract'],
  allowTypeImports: true,
  message: 'Types only: zod does not belong into the browser bundle.'
};

const restrict = patterns => ({
  'no-restricted-imports': 'off',
  '@typescript-eslint/no-restricted-imports': ['error', { patterns: [DEEP_IMPORT, ...patterns] }]
});

export default tseslint.config(
  { ignores: ['**/lib/**', '**/dist/**', '**/labextension/**', '**/node_modules/**', '**/fixtures/**', '.berth/**'] },
  {
    files: [
      ...SOURCES,
      'scripts/**/*.ts',
      'extension/ui-tests/**/*.ts',
      '*/tests/**/*.ts',
      'operator/{bench,cluster,mutants}/**/*.ts'
    ],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: [], defaultProject: 'tsconfig.json' },
        tsconfigRootDir: new URL('..', import.meta.url).pathname
      },
      globals: globals.node
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-nested-callbacks': ['error', 4],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only (a plugin list is the one exception).' }
      ]
    }
  },
  { files: ['operator/src/**/*.ts', 'recsys/src/**/*.ts'], rules: restrict([OURS]) },
  {
    files: ['operator/src/plan/**/*.ts', 'operator/src/api/**/*.ts'],
    ignores: [...TESTS, ...WRITERS],
    rules: restrict([OURS, IO, OUTWARD_FROM_PLAN])
  },
  { files: ['recsys/src/{onnx,graphs}/**/*.ts'], ignores: TESTS, rules: restrict([OURS, IO]) },
  {
    files: ['gateway/src/contract/**/*.ts'],
    ignores: [...TESTS, ...WRITERS],
    rules: restrict([IO, OUTWARD_FROM_CONTRACT])
  },
  { files: ['gateway/src/{platform,bundle,store}/**/*.ts'], ignores: TESTS, rules: restrict([SIDEWAYS_FROM_PLATFORM]) },
  { files: ['gateway/src/{http,stream,auth}/**/*.ts'], ignores: TESTS, rules: restrict([SIDEWAYS_FROM_SERVER]) },
  { files: ['extension/src/**/*.{ts,tsx}'], ignores: TESTS, rules: restrict([EXTENSION_REACH, CONTRACT_VALUES]) },
  {
    files: PURE,
    ignores: [...TESTS, ...WRITERS],
    rules: {
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch', 'performance', 'crypto'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'A plan is given its clock.' },
        { object: 'Math', property: 'random', message: 'A plan is given its random source.' }
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'A plan is given its clock.' },
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }
      ]
    }
  },
  {
    files: ['extension/src/**/*.{ts,tsx}'],
    ignores: TESTS,
    plugins: { jupyter },
    languageOptions: { globals: globals.browser },
    rules: Object.fromEntries(Object.keys(jupyter.configs.recommended[0].rules).map(name => [name, 'error']))
  },
  { files: ['extension/src/index.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: TESTS,
    rules: {
      'max-lines-per-function': 'off',
      'max-nested-callbacks': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off'
    }
  }
);

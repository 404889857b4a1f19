/**
 * One jest for all packages. Rings are file names: `*.test.ts(x)` beside the source is a unit test, `*.integration.test.ts`
 * needs real processes and servers, `extension/ui-tests` is the real browser. scripts/test.ts picks them.
 */
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

const swc = (syntax = {}) => [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', ...syntax },
      transform: { react: { runtime: 'automatic' } }
    }
  }
];

const node = (displayName, roots) => ({
  displayName,
  rootDir: root,
  roots: roots.map(folder => `<rootDir>/${folder}`),
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': swc() },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.tsx', '$1.js'],
    '^@berth/operator/plan$': '<rootDir>/operator/src/plan/index.ts',
    '^@berth/gateway/contract$': '<rootDir>/gateway/src/contract/index.ts'
  },
  modulePathIgnorePatterns: ['/lib/', '/dist/', '/labextension/']
});

/** Packages of JupyterLab that are ES modules; they become CommonJS as ours do. */
const ES_MODULES = '@jupyterlab|@jupyter|@lumino|@microsoft|@rjsf|exenv-es6|lib0|y-protocols|yjs|lodash-es|nanoid|uuid';

const extension = {
  ...node('extension', ['extension/src']),
  testEnvironment: 'jsdom',
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  transform: { '^.+\\.(tsx?|m?js)$': swc({ tsx: true }) },
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES})/)`],
  moduleNameMapper: {
    ...node('', []).moduleNameMapper,
    '\\.(svg|css)$': '<rootDir>/scripts/jest-svg-stub.cjs'
  }
};

export default {
  rootDir: root,
  testTimeout: 30_000,
  projects: [
    node('operator', ['operator']),
    node('gateway', ['gateway/src']),
    extension,
    node('recsys', ['recsys/src']),
    node('scripts', ['scripts']),
    node('browser', ['extension/ui-tests'])
  ]
};

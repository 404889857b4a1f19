/**
 * Seeds each mistake of `mutants.ts` into a copy of operator/src/plan and runs the tests there: they must turn red, and
 * stay green in a copy without one. All copies are projects of a single jest process, so that its start is paid for once.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MUTANTS } from './mutants.js';
import type { Mutant } from './mutants.js';

const fromHere = createRequire(import.meta.url);
const PLAN = join(import.meta.dirname, '..', 'src', 'plan');
const UNCHANGED = 'unchanged';
const LIMIT_MS = 180_000;

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

let folder = '';
let report: JestReport = { testResults: [] };

beforeAll(async () => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'berth-mutants-'));
  for (const [index, mutant] of MUTANTS.entries()) seed(join(folder, copyName(index)), mutant);
  cpSync(PLAN, join(folder, UNCHANGED, 'plan'), { recursive: true });
  report = await runJest();
}, LIMIT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copyName(index: number): string {
  return `mutant-${index + 1}`;
}

function seed(copy: string, { file, text, replacement }: Mutant): void {
  cpSync(PLAN, join(copy, 'plan'), { recursive: true });
  const path = join(copy, 'plan', file);
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace(text, () => replacement)
  );
}

/** One project for each copy, with the tests that belong to it. */
function project(copy: string, tests: readonly string[]): object {
  return {
    displayName: copy,
    rootDir: join(folder, copy),
    testMatch: tests.map(name => `**/plan/${name}`),
    testEnvironment: 'node',
    extensionsToTreatAsEsm: ['.ts'],
    modulePaths: [dirname(dirname(fromHere.resolve('fast-check/package.json')))],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
    transform: {
      '\\.ts$': [fromHere.resolve('@swc/jest'), { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }]
    }
  };
}

async function runJest(): Promise<JestReport> {
  const every = [...new Set(MUTANTS.flatMap(mutant => mutant.tests))];
  const projects = [project(UNCHANGED, every), ...MUTANTS.map(({ tests }, index) => project(copyName(index), tests))];
  const config = join(folder, 'jest.config.json');
  const output = join(folder, 'report.json');
  mkdirSync(folder, { recursive: true });
  writeFileSync(config, JSON.stringify({ rootDir: folder, projects }));
  const jest = join(dirname(fromHere.resolve('jest/package.json')), 'bin', 'jest.js');
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    jest,
    '-c',
    config,
    '--ci',
    '--json',
    `--outputFile=${output}`
  ];
  const env = { ...process.env, NODE_OPTIONS: '' };
  const said = await new Promise<string>(resolve => {
    // Jest ends with 1 when tests are red, which is what is hoped for here: the report tells.
    execFile(process.execPath, args, { env, cwd: folder, maxBuffer: 1 << 28 }, (_error, _stdout, stderr) =>
      resolve(stderr)
    );
  });
  try {
    return JSON.parse(readFileSync(output, 'utf8')) as JestReport;
  } catch (error: unknown) {
    throw new Error(`jest wrote no report: ${said.slice(-2_000)}`, { cause: error });
  }
}

function resultsOf(copy: string): JestReport['testResults'] {
  return report.testResults.filter(({ name }) => !relative(join(folder, copy), name).startsWith('..'));
}

test('there are at least ten', () => expect(MUTANTS.length).toBeGreaterThanOrEqual(10));

test.each(MUTANTS)(
  '$file holds the text that would be changed exactly once: $sentence',
  ({ file, text, replacement }) => {
    expect(readFileSync(join(PLAN, file), 'utf8').split(text).length - 1).toBe(1);
    expect(replacement).not.toBe(text);
  }
);

test('without a mistake every test is green', () => {
  const results = resultsOf(UNCHANGED);
  expect(results.length).toBe(new Set(MUTANTS.flatMap(mutant => mutant.tests)).size);
  expect(results.filter(({ status }) => status !== 'passed').map(({ message }) => message)).toEqual([]);
});

describe('a test turns red when', () => {
  test.each(MUTANTS.map((mutant, index) => ({ ...mutant, copy: copyName(index) })))('$sentence', ({ copy, tests }) => {
    const results = resultsOf(copy);
    expect(results.length).toBe(tests.length);
    // A copy that does not even load proves nothing: its tests must have run, and some must have failed.
    const ran = results.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
    expect(ran).toContain('passed');
    expect(ran).toContain('failed');
  });
});

/** What the test runners report, as three numbers. A runner that failed without a failed test still counts as one failure. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export function sumCounts(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** @param report the text that `jest --json` wrote; @param code its exit code */
export function countsOfJest(report: string, code: number): Counts {
  const result = JSON.parse(report) as Record<string, number>;
  const passed = result['numPassedTests'] ?? 0;
  const failed = (result['numFailedTests'] ?? 0) + (result['numRuntimeErrorTestSuites'] ?? 0);
  const skipped = (result['numPendingTests'] ?? 0) + (result['numTodoTests'] ?? 0);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

/** @param report the JUnit XML that pytest wrote; @param code its exit code */
export function countsOfJunit(report: string, code: number): Counts {
  const number = (name: string): number =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(report)?.[1] ?? NaN);
  const [tests, failures, errors, skipped] = [number('tests'), number('failures'), number('errors'), number('skipped')];
  if ([tests, failures, errors, skipped].some(Number.isNaN)) throw new Error('not a JUnit report of pytest');
  const failed = failures + errors;
  return { passed: tests - failed - skipped, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

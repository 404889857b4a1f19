import { countsOfJest, countsOfJunit } from './test-counts.js';

describe('test counts', () => {
  test('a suite that cannot even load is a failure, not nothing', () => {
    const report = JSON.stringify({ numPassedTests: 3, numFailedTests: 0, numRuntimeErrorTestSuites: 1 });
    expect(countsOfJest(report, 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });

  test('a runner that ends badly with no failed test counts as one failure', () => {
    expect(countsOfJest(JSON.stringify({ numPassedTests: 3 }), 1).failed).toBe(1);
    expect(countsOfJunit('<testsuite errors="0" failures="0" skipped="0" tests="2">', 2).failed).toBe(1);
  });

  test('pytest’s report is read: errors are failures, skips are skips', () => {
    const report = '<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1">';
    expect(countsOfJunit(report, 1)).toEqual({ passed: 4, failed: 3, skipped: 3 });
  });

  test('something that is no report is refused', () => {
    expect(() => countsOfJunit('<html>', 0)).toThrow('JUnit');
  });
});

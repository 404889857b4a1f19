import { describe, expect, test } from '@jest/globals';
import { planWorkspace } from './plan-workspace.js';
import { refusedReport } from './refused-report.js';
import { NOW, seenWorkspace } from './seen.testkit.js';

const QUOTA = { kind: 'quota', message: 'exceeded quota' } as const;
const UNCHANGED_HOME = {
  kind: 'home-unchanged',
  message: 'persistentvolumeclaims "ws-a" is forbidden: cannot be resized'
} as const;

describe('refusedReport', () => {
  test.each([
    { refusedForS: 0, wantRetryS: 5 },
    { refusedForS: 8, wantRetryS: 5 },
    { refusedForS: 60, wantRetryS: 30 },
    { refusedForS: 86_400, wantRetryS: 60 }
  ])('what was refused for $refusedForS s is tried again after $wantRetryS s', ({ refusedForS, wantRetryS }) => {
    const seen = seenWorkspace('a').standing().reported('QuotaExceeded', refusedForS).obj();
    const { recheckAfterMs } = refusedReport(planWorkspace(seen, NOW).report, QUOTA, seen.reported, NOW);
    expect(recheckAfterMs).toBe(wantRetryS * 1_000);
  });

  test('what is refused for another reason than before is tried again soon', () => {
    const seen = seenWorkspace('a').standing().reported('Refused', 86_400).obj();
    const { recheckAfterMs } = refusedReport(planWorkspace(seen, NOW).report, QUOTA, seen.reported, NOW);
    expect(recheckAfterMs).toBe(5_000);
  });

  test('a home that cannot be changed is said of the home: the workspace runs', () => {
    const seen = seenWorkspace('a').running().withHome({ asWanted: false }).obj();
    const { report } = refusedReport(planWorkspace(seen, NOW).report, UNCHANGED_HOME, seen.reported, NOW);
    expect(report).toMatchObject({
      phase: 'Running',
      ready: { status: 'True', reason: 'Running' },
      home: { status: 'True', reason: 'Unchanged', message: expect.stringContaining('stays as it is') }
    });
    expect(report.home?.message).toMatch(/cannot be resized\.$/);
  });

  test('a Service that cannot be mended does not make a running workspace a failed one', () => {
    const seen = seenWorkspace('a').running().obj();
    const { report } = refusedReport(planWorkspace(seen, NOW).report, QUOTA, seen.reported, NOW);
    expect(report).toMatchObject({ phase: 'Running', ready: { status: 'True', reason: 'Running' } });
    expect(report.ready.message).toMatch(/^JupyterLab answers\. .*exceeded quota\.$/);
  });
});

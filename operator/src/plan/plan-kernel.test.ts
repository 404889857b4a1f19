import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { GONE_GRACE_MS, KERNEL_PHASES, planKernel, READY_FOR_MS, KERNEL_START_PATIENCE_MS } from './plan-kernel.js';
import type { KernelPlan, ObservedKernel } from './plan-kernel.js';

const NOW_MS = 1_000_000_000;
const secondsAgo = (seconds: number): number => NOW_MS - seconds * 1_000;

const waiting: ObservedKernel = { admitted: false, ended: false };
const ready = (seconds: number): ObservedKernel => ({ ...waiting, readyAtMs: secondsAgo(seconds) });
const launched = (seconds: number): ObservedKernel => ({ ...ready(seconds), launchedAtMs: secondsAgo(seconds) });
const alive: Partial<ObservedKernel> = { process: { state: 'alive' } };
const goneFor = (seconds: number): Partial<ObservedKernel> => ({
  process: { state: 'gone', sinceMs: secondsAgo(seconds) }
});

interface Case {
  readonly name: string;
  readonly seen: ObservedKernel;
  readonly want: Omit<KernelPlan, 'recheckAfterMs'> & { readonly recheckS?: number };
}

const cases: Case[] = [
  {
    name: 'a kernel whose turn has not come takes nothing',
    seen: waiting,
    want: { phase: 'Waiting', actions: [] }
  },
  {
    name: 'one whose turn has come gets its compute',
    seen: { ...waiting, admitted: true },
    want: { phase: 'Ready', actions: [{ kind: 'reserve' }], recheckS: 120 }
  },
  {
    name: 'it is kept while somebody may start it',
    seen: ready(119),
    want: { phase: 'Ready', actions: [], recheckS: 1 }
  },
  {
    name: 'nobody starts it: the next in line gets what it has',
    seen: ready(120),
    want: { phase: 'Ready', actions: [{ kind: 'release', why: 'nobody-took-it' }] }
  },
  {
    name: 'starting it took longer than it was kept for: it goes on',
    seen: { ...ready(500), launchedAtMs: secondsAgo(59) },
    want: { phase: 'Starting', actions: [], recheckS: 1 }
  },
  {
    name: 'a server that died while it started a kernel does not hold a GPU',
    seen: launched(60),
    want: { phase: 'Starting', actions: [{ kind: 'release', why: 'never-started' }] }
  },
  {
    name: 'a server that could not start it gives everything back at once',
    seen: { ...launched(1), ended: true },
    want: { phase: 'Starting', actions: [{ kind: 'release', why: 'ended' }] }
  },
  {
    name: 'a kernel that lives keeps what it has, however old',
    seen: { ...launched(9_000_000), ...alive },
    want: { phase: 'Running', actions: [], recheckS: 3_600 }
  },
  {
    name: 'a process that is gone for a moment may be that of a restart',
    seen: { ...launched(600), ...goneFor(14) },
    want: { phase: 'Running', actions: [], recheckS: 1 }
  },
  {
    name: 'a kernel that was killed gives back what it has',
    seen: { ...launched(600), ...goneFor(15) },
    want: { phase: 'Running', actions: [{ kind: 'release', why: 'process-gone' }] }
  },
  {
    name: 'a kernel that was shut down gives it back at once',
    seen: { ...launched(600), ...goneFor(0), ended: true },
    want: { phase: 'Running', actions: [{ kind: 'release', why: 'ended' }] }
  },
  {
    name: 'one that is said to have ended and lives keeps it until it is gone',
    seen: { ...launched(600), ...alive, ended: true },
    want: { phase: 'Running', actions: [], recheckS: 3_600 }
  },
  {
    name: 'it is given up before it was started',
    seen: { ...waiting, ended: true },
    want: { phase: 'Waiting', actions: [{ kind: 'release', why: 'ended' }] }
  },
  {
    name: 'a clock that was set back a little keeps it for as long as ever, not longer',
    seen: ready(-100),
    want: { phase: 'Ready', actions: [], recheckS: 120 }
  },
  {
    name: 'a clock that was set back a year does not hold a GPU for a year',
    seen: ready(-31_536_000),
    want: { phase: 'Ready', actions: [{ kind: 'release', why: 'nobody-took-it' }] }
  }
];

describe('planKernel', () => {
  test.each(cases)('$name', ({ seen, want: { recheckS, ...want } }) => {
    const recheck = recheckS === undefined ? {} : { recheckAfterMs: recheckS * 1_000 };
    expect(planKernel(seen, new Date(NOW_MS))).toEqual({ ...want, ...recheck });
  });

  const anyTime = fc.integer({ min: 0, max: 2 * NOW_MS });
  const anyKernel: fc.Arbitrary<ObservedKernel> = fc.record(
    {
      admitted: fc.boolean(),
      ended: fc.boolean(),
      readyAtMs: anyTime,
      launchedAtMs: anyTime,
      process: fc.oneof(
        fc.constant({ state: 'alive' as const }),
        fc.record({ state: fc.constant('gone' as const), sinceMs: anyTime })
      )
    },
    { requiredKeys: ['admitted', 'ended'] }
  );
  const isReleased = ({ actions }: KernelPlan): boolean => actions.some(({ kind }) => kind === 'release');
  const planAt = (seen: ObservedKernel, nowMs: number): KernelPlan => planKernel(seen, new Date(nowMs));

  test('a living process never loses its compute, whatever the clock says', () => {
    fc.assert(
      fc.property(anyKernel, anyTime, anyTime, (seen, launchedAtMs, nowMs) => {
        expect(planAt({ ...seen, launchedAtMs, process: { state: 'alive' } }, nowMs)).toMatchObject({
          phase: 'Running',
          actions: []
        });
      })
    );
  });

  test('without a process nothing is held for ever, and somebody looks in time', () => {
    const longestMs = Math.max(READY_FOR_MS, KERNEL_START_PATIENCE_MS, GONE_GRACE_MS);
    fc.assert(
      fc.property(anyKernel, anyTime, (seen, nowMs) => {
        fc.pre(seen.process?.state !== 'alive' && (seen.readyAtMs !== undefined || seen.launchedAtMs !== undefined));
        let plan = planAt(seen, nowMs);
        let atMs = nowMs;
        for (let look = 0; look < 3 && !isReleased(plan); look += 1) {
          expect(plan.recheckAfterMs).toBeGreaterThan(0);
          expect(plan.recheckAfterMs).toBeLessThanOrEqual(longestMs);
          atMs += plan.recheckAfterMs ?? 0;
          plan = planAt(seen, atMs);
        }
        expect(isReleased(plan)).toBe(true);
        expect(atMs - nowMs).toBeLessThanOrEqual(2 * longestMs);
      })
    );
  });

  test('there is one phase and at most one thing to do, and nothing is reserved twice', () => {
    fc.assert(
      fc.property(anyKernel, anyTime, (seen, nowMs) => {
        const { phase, actions } = planAt(seen, nowMs);
        expect(KERNEL_PHASES).toContain(phase);
        expect(actions.length).toBeLessThanOrEqual(1);
        const isReserved = actions.some(({ kind }) => kind === 'reserve');
        if (isReserved)
          expect([seen.admitted, seen.readyAtMs, seen.launchedAtMs]).toEqual([true, undefined, undefined]);
      })
    );
  });

  test('phases only go forward as more becomes known', () => {
    fc.assert(
      fc.property(anyKernel, anyTime, (seen, nowMs) => {
        const { readyAtMs: _ready, launchedAtMs: _launched, process: _process, ...asked } = seen;
        const steps = [
          { ...asked, admitted: false },
          { ...asked, readyAtMs: nowMs },
          { ...asked, readyAtMs: nowMs, launchedAtMs: nowMs },
          { ...asked, readyAtMs: nowMs, launchedAtMs: nowMs, process: { state: 'alive' as const } }
        ];
        expect(steps.map(step => planAt(step, nowMs).phase)).toEqual([...KERNEL_PHASES]);
      })
    );
  });
});

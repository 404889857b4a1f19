/** Whole lives of runs in a small world that carries out what is planned, with crashes and clocks that jump. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isFinalPhase } from './final-phase.js';
import { planRun } from './plan-run.js';
import { makeRun, T0 } from './testing/make-run.js';
import type { Cause, ObservedAttempt, ObservedRun, Outcome, RetryPolicy, RunAction, RunPlan } from './run.js';

const ENDS = ['Completed', 'ExitCode', 'Preempted', 'LaunchFailed'] as const satisfies readonly Cause[];

type Happening = 'take-up' | 'vanish' | 'restart' | 'cancel' | 'retry' | 'crash' | 'obey-stop';

type Event =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'admit'; readonly admitted: boolean }
  | { readonly kind: 'environment'; readonly state: ObservedRun['environment']['state'] }
  | { readonly kind: Happening }
  | { readonly kind: 'end'; readonly cause: Cause };

const ended = (cause: Cause): Outcome => ({ cause, message: `${cause}.` });

/** The world around one run: it applies actions as an executor must, and events as they come. */
class World {
  nowMs = T0;
  plan: RunPlan = { actions: [], status: { phase: 'Queued' } };

  constructor(public run: ObservedRun) {}

  /** One reconcile; a crash leaves out all but the first `done` actions. */
  step(done = Infinity): void {
    this.plan = planRun(this.run, new Date(this.nowMs));
    for (const action of this.plan.actions.slice(0, done)) this.apply(action);
    this.check();
  }

  on(event: Event): void {
    if (event.kind === 'time') this.nowMs += event.ms;
    else if (event.kind === 'admit') this.run = { ...this.run, admitted: event.admitted };
    else if (event.kind === 'environment') this.run = { ...this.run, environment: { state: event.state } };
    else if (event.kind === 'end') this.end(ended(event.cause), ['running']);
    else this.happen(event.kind);
    this.step(event.kind === 'crash' ? 0 : Infinity);
  }

  private happen(kind: Happening): void {
    if (kind === 'take-up') this.live({ state: 'running' }, ['starting']);
    if (kind === 'vanish') this.live({ state: 'vanished' }, ['running']);
    if (kind === 'restart') this.live({ state: 'machine-restarted' }, ['running', 'starting', 'vanished']);
    if (kind === 'cancel') this.run = { ...this.run, stopRequested: { atMs: this.nowMs, reason: 'cancel' } };
    if (kind === 'retry') this.retry();
    if (kind === 'obey-stop' && this.plan.actions.some(action => action.kind === 'stop-attempt')) {
      this.end(ended(this.plan.status.reason?.code as Cause), ['running', 'starting']);
    }
  }

  private apply(action: RunAction): void {
    if (action.kind === 'create-environment') this.run = { ...this.run, environment: { state: 'creating' } };
    if (action.kind === 'start-attempt') this.startAttempt(action.number);
    if (action.kind === 'reap-attempt') this.end(ended('LauncherKilled'), ['vanished']);
    if (action.kind === 'end-attempt') this.end(action.outcome, ['machine-restarted']);
    if (action.kind === 'end-run') this.run = { ...this.run, ended: action.outcome };
  }

  private startAttempt(number: number): void {
    if (this.run.attempts.some(attempt => attempt.number === number)) return;
    expect(number).toBe(this.run.attempts.length + 1);
    const attempt: ObservedAttempt = { number, startedAtMs: this.nowMs, state: 'starting' };
    this.run = { ...this.run, attempts: [...this.run.attempts, attempt] };
  }

  private end(outcome: Outcome, from: readonly ObservedAttempt['state'][]): void {
    this.live({ state: 'ended', endedAtMs: this.nowMs, outcome }, from);
  }

  private live(change: Partial<ObservedAttempt>, from: readonly ObservedAttempt['state'][]): void {
    const attempts = this.run.attempts.map(attempt =>
      from.includes(attempt.state) ? { ...attempt, ...change } : attempt
    );
    this.run = { ...this.run, attempts };
  }

  private retry(): void {
    const { phase } = planRun(this.run, new Date(this.nowMs)).status;
    if (!isFinalPhase(phase) || phase === 'Succeeded') return;
    const { id, request, submittedAtMs, attempts, admitted, environment } = this.run;
    this.run = { id, request, submittedAtMs, attempts, admitted, environment, retryAfterAttempt: attempts.length };
  }

  private check(): void {
    expect(this.run.attempts.filter(attempt => attempt.state !== 'ended').length).toBeLessThanOrEqual(1);
    const { status, recheckAfterMs, actions } = this.plan;
    if (recheckAfterMs !== undefined) expect(recheckAfterMs).toBeGreaterThanOrEqual(0);
    const isRecorded = actions.every(action => action.kind === 'end-run' || action.kind === 'end-attempt');
    if (isFinalPhase(status.phase)) expect(isRecorded).toBe(true);
  }
}

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: -100_000, max: 400_000 }) })
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('admit' as const), admitted: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('environment' as const),
      state: fc.constantFrom('absent', 'creating', 'ready', 'ready', 'ready', 'failed')
    })
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('take-up', 'vanish', 'restart', 'cancel', 'retry', 'crash', 'obey-stop', 'take-up')
    })
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), cause: fc.constantFrom(...ENDS) }) }
);

const anyPolicy: fc.Arbitrary<RetryPolicy> = fc.record(
  { Preempted: fc.nat(3), LaunchFailed: fc.nat(2), LauncherKilled: fc.nat(1), MachineRestarted: fc.nat(1) },
  { requiredKeys: [] }
);

function makeWorld(retry: RetryPolicy, deadlineMs: number | undefined): World {
  const request = { retry, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
  return new World(makeRun().asking(request).environment('absent').obj());
}

const anyDeadline = fc.option(fc.integer({ min: 1_000, max: 1_000_000 }), { nil: undefined });

test('whatever happens, at most one attempt lives, and none starts again after the run is over', () => {
  fc.assert(
    fc.property(anyPolicy, anyDeadline, fc.array(anyEvent, { maxLength: 60 }), (retry, deadlineMs, events) => {
      const world = makeWorld(retry, deadlineMs);
      let final: RunPlan['status'] | undefined;
      for (const event of events) {
        world.on(event);
        if (event.kind === 'retry') final = undefined;
        if (final !== undefined) expect(world.plan.status).toEqual(final);
        // What a crash kept from being recorded has not happened yet.
        if (isFinalPhase(world.plan.status.phase) && event.kind !== 'crash') final = world.plan.status;
      }
    }),
    { numRuns: 400 }
  );
});

test('whatever happened, a run comes to its end once its world behaves', () => {
  fc.assert(
    fc.property(anyPolicy, anyDeadline, fc.array(anyEvent, { maxLength: 40 }), (retry, deadlineMs, events) => {
      const world = makeWorld(retry, deadlineMs);
      for (const event of events) world.on(event);
      world.on({ kind: 'admit', admitted: true });
      for (let round = 0; round < 12 && !isFinalPhase(world.plan.status.phase); round += 1) {
        world.on({ kind: 'environment', state: 'ready' });
        world.on({ kind: 'take-up' });
        world.on({ kind: 'obey-stop' });
        world.on({ kind: 'end', cause: 'Completed' });
        world.on({ kind: 'time', ms: 400_000 });
      }
      expect(isFinalPhase(world.plan.status.phase)).toBe(true);
      world.step();
      expect(world.plan.actions).toEqual([]);
    }),
    { numRuns: 400 }
  );
});

test('a stop is asked for in every plan until the attempt has ended, and then the run is cancelled', () => {
  const world = makeWorld({ Preempted: 3 }, undefined);
  world.on({ kind: 'admit', admitted: true });
  world.on({ kind: 'environment', state: 'ready' });
  world.on({ kind: 'take-up' });
  world.on({ kind: 'cancel' });
  for (const event of ['crash', 'take-up', 'crash'] as const) {
    world.on({ kind: event });
    expect(world.plan.actions).toEqual([{ kind: 'stop-attempt', number: 1, reason: 'cancel' }]);
  }
  world.on({ kind: 'obey-stop' });
  expect(world.plan).toMatchObject({ actions: [], status: { phase: 'Cancelled', reason: { code: 'Cancelled' } } });
});

test('a plan does not change what it was given', () => {
  const seen = makeRun().admitted().live('machine-restarted').obj();
  const before = structuredClone(seen);
  planRun(seen, new Date(T0));
  expect(seen).toEqual(before);
});

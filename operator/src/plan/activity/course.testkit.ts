/** Any course of events, as the readings of an agent, and a judge that hears them. */
import * as fc from 'fast-check';
import { evidence, EVERY_S, input, kernel, policies, process, START_T } from './activity.testkit.js';
import type { PolicyPart } from './activity-policy.js';
import type { Evidence, Reading } from './evidence.js';
import { planActivity, type ActivityInput, type ActivityPlan, type Due } from './plan-activity.js';

export const ROUNDS = { numRuns: 100 };

/** What happens between two looks. */
export interface Step {
  readonly kind: 'rest' | 'work' | 'run' | 'type' | 'hide' | 'fail' | 'child' | 'ask' | 'dead';
  readonly passS: number;
  readonly waits: boolean;
}

export const anyStep = (kinds: readonly Step['kind'][], passS: readonly number[] = [EVERY_S]): fc.Arbitrary<Step> =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    passS: fc.constantFrom(...passS),
    waits: fc.nat(3).map(one => one === 0)
  });

export const RESTFUL: readonly Step['kind'][] = [
  'rest',
  'rest',
  'rest',
  'rest',
  'rest',
  'rest',
  'rest',
  'rest',
  'ask',
  'dead'
];
export const ANY: readonly Step['kind'][] = [
  ...RESTFUL,
  ...RESTFUL,
  ...RESTFUL,
  'work',
  'run',
  'type',
  'hide',
  'fail',
  'child'
];
export const JUMPS = [EVERY_S, EVERY_S, EVERY_S, EVERY_S, 14.7, 30, 61, 3_600, -3_600, 0];

export const steps = (kinds = ANY, passS: readonly number[] = [EVERY_S]): fc.Arbitrary<Step[]> =>
  fc.array(anyStep(kinds, passS), { minLength: 20, maxLength: 80 });

export const anyPolicy: fc.Arbitrary<PolicyPart> = fc.record({
  kernel: fc.record({ softSeconds: fc.constantFrom(30, 60, null), hardSeconds: fc.constantFrom(90, 120, null) }),
  workspace: fc.record({ softSeconds: fc.constantFrom(60, null), hardSeconds: fc.constantFrom(150, null) }),
  busyMaxSeconds: fc.constantFrom(60, null),
  unknownMaxSeconds: fc.constantFrom(120, null),
  warnSeconds: fc.constantFrom(0, 30, 60, 200)
});

/** The readings of these steps, one each, after a first look. */
export function readingsOf(course: readonly Step[]): Reading[] {
  let t = START_T;
  let [cpu, executions, childCpu] = [10, 1, 0];
  let inputT: number | null = null;
  const readings: Reading[] = [{ t, evidence: evidence({ kernels: [kernel({ executions })] }) }];
  for (const { kind, passS } of course) {
    t += passS;
    if (kind === 'work') cpu += 10;
    if (kind === 'run') executions += 1;
    if (kind === 'child') childCpu += 10;
    if (kind === 'type') inputT = t - 2;
    const state = kind === 'ask' ? 'busy' : kind === 'dead' ? 'dead' : 'idle';
    const cpu_s = kind === 'hide' ? null : cpu;
    const seen: Evidence = evidence({
      kernels: [kernel({ executions, cpu_s, state, waits_input: kind === 'ask', input_t: inputT })],
      processes: [process({ kernel: 'k', cpu_s: childCpu })],
      input_t: inputT
    });
    readings.push(kind === 'fail' ? { t, failed: 'It could not look.' } : { t, evidence: seen });
  }
  return readings;
}

export interface Heard {
  readonly reading: Reading;
  readonly nowMs: number;
  readonly plan: ActivityPlan;
}

/** What a judge says that hears each reading when it is made. The judge's clock goes with the agent's. */
export function hear(course: readonly Step[], part: PolicyPart, changes: Partial<ActivityInput> = {}): Heard[] {
  const heard: Heard[] = [];
  const merged = policies(part);
  for (const [index, reading] of readingsOf(course).entries()) {
    const waits = course[index - 1]?.waits ?? false;
    const nowMs = Math.round(reading.t * 1000);
    const plan = planActivity(
      input({
        memory: heard.at(-1)?.plan.memory,
        readings: [reading],
        nowMs,
        policies: merged,
        waiting: { workspace: waits, kernels: new Set(waits ? ['k'] : []) },
        ...changes
      })
    );
    heard.push({ reading, nowMs, plan });
  }
  return heard;
}

export const duesOf = (heard: readonly Heard[]): { at: number; due: Due }[] =>
  heard.flatMap(({ plan }, at) => plan.due.map(due => ({ at, due })));

/** The first time that each kind is due, by the agent's clock; Infinity: never. */
export function firstDue(heard: readonly Heard[], kind: 'kernel' | 'workspace'): number {
  const found = duesOf(heard).find(({ due }) => due.subject.kind === kind);
  return found === undefined ? Infinity : found.due.atMs;
}

export const activityOf = ({ plan }: Heard, kind: string): string | undefined =>
  plan.judgements.find(({ subject }) => subject.kind === kind)?.activity;

export function always(course: fc.Arbitrary<Step[]>, check: (course: Step[], part: PolicyPart) => void): void {
  fc.assert(fc.property(course, anyPolicy, check), ROUNDS);
}

/**
 * Lets our engine judge a trace, as its two callers do: each reading is handed over when it was made, with its time as the judge's
 * clock, and what is due is carried out at once.
 */
import {
  type ActivityMemory,
  type ActivityPlan,
  CLUSTER_POLICY,
  type MergedPolicy,
  mergePolicies,
  planActivity,
  type Reading,
  type Subject,
  type Trace
} from '@berth/operator/plan';
import type { Expectation, Fate } from './score-trace.ts';

export interface TracePlay {
  readonly fateOf: (expectation: Expectation) => Fate;
  /** Judgements that said `unknown`, of how many. */
  readonly unknown: number;
  readonly judgements: number;
}

/** What is still there: what has been released or stopped is no longer asked about. */
interface World {
  memory: ActivityMemory | undefined;
  readonly released: Map<string, number>;
  stoppedT: number | null;
  unknown: number;
  judgements: number;
}

export function playTrace(trace: Trace): TracePlay {
  const policies = mergePolicies(CLUSTER_POLICY, [{ layer: 'class', part: trace.policy }]);
  const readEveryMs = usualIntervalMs(trace.samples);
  const world: World = { memory: undefined, released: new Map(), stoppedT: null, unknown: 0, judgements: 0 };
  for (const reading of trace.samples) {
    const plan = judge(world, trace, { reading, policies, readEveryMs });
    for (const { subject } of plan.due) carryOut(world, subject, reading.t);
    if (world.stoppedT !== null) break;
  }
  const { released, stoppedT, unknown, judgements } = world;
  const fateOf = ({ kernel }: Expectation): Fate => ({
    stoppedT: kernel === undefined ? stoppedT : (released.get(kernel) ?? stoppedT)
  });
  return { fateOf, unknown, judgements };
}

interface Look {
  readonly reading: Reading;
  readonly policies: MergedPolicy;
  readonly readEveryMs: number;
}

function judge(world: World, trace: Trace, { reading, policies, readEveryMs }: Look): ActivityPlan {
  const left = without(reading, world.released);
  const waiting = isWaiting(trace, reading.t);
  const kernels = 'evidence' in left ? left.evidence.kernels.map(({ id }) => id) : [];
  const plan = planActivity({
    memory: world.memory,
    readings: [left],
    readEveryMs,
    policies,
    waiting: { workspace: waiting, kernels: new Set(waiting ? kernels : []) },
    snoozes: [],
    nowMs: Math.round(reading.t * 1000)
  });
  world.memory = plan.memory;
  world.judgements += plan.judgements.length;
  world.unknown += plan.judgements.filter(({ activity }) => activity === 'unknown').length;
  return plan;
}

function carryOut(world: World, subject: Subject, t: number): void {
  if (subject.kind === 'workspace') world.stoppedT ??= t;
  else if (!world.released.has(subject.id)) world.released.set(subject.id, t);
}

/** A released kernel is gone, and with it what it had started. */
function without(reading: Reading, released: ReadonlyMap<string, number>): Reading {
  if (!('evidence' in reading) || released.size === 0) return reading;
  const { evidence, t } = reading;
  const kernels = evidence.kernels.filter(({ id }) => !released.has(id));
  const processes = evidence.processes.filter(({ kernel }) => kernel === null || !released.has(kernel));
  return { t, evidence: { ...evidence, kernels, processes } };
}

const isWaiting = ({ demand }: Trace, t: number): boolean => demand.findLast(entry => entry.t <= t)?.waiting ?? false;

/** The middle one of the times between readings; a trace of one reading has none. */
function usualIntervalMs(samples: readonly Reading[]): number {
  const gaps = samples.slice(1).map(({ t }, index) => t - (samples[index]?.t ?? t));
  const sorted = gaps.filter(gap => gap > 0).sort((a, b) => a - b);
  return Math.max(100, Math.round((sorted[Math.floor(sorted.length / 2)] ?? 15) * 1000));
}

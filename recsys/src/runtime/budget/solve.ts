/** One solve: the solver's ports, its end by a deadline or a stop, and what is said of it on the way and at the end. */
import { certify } from '../../kernels/budget/certify/certify.js';
import { leastShortfall } from '../../kernels/budget/dual/least-shortfall.js';
import type { Certified, Problem, SmoothPass, Tiles } from '../../kernels/budget/problem.js';
import { type Outcome, type Progress, solveBudget, type SolveOptions } from '../../kernels/budget/dual/solve-budget.js';
import type { Control } from '../control.js';
import type { Answer } from '../message.js';
import type { SolveRequest } from './solve-request.js';
import { throttled } from './throttled.js';

export interface Solvable {
  /** V. */
  readonly candidates: number;
  readonly problem: Problem;
  /** The smallest sample first, everybody last. */
  readonly levels: readonly Tiles[];
  readonly pass: SmoothPass;
  readonly isResident: boolean;
}

export interface Attending {
  readonly control: Control;
  /** Of the request, in the time of `now`. */
  readonly arrivedMs: number;
  readonly report: (progress: object) => void;
  readonly now: () => number;
}

/** What certifying takes, until it has been measured. */
const CERTIFY_MS_PER_CANDIDATE = 2e-5;
/** An answer tells of so many passes at most, evenly. */
const MOST_HISTORY = 500;

/** @throws RuntimeError `cancelled`, `deadline-exceeded` */
export async function solve(solvable: Solvable, request: SolveRequest, attending: Attending): Promise<Answer> {
  const { control, now, arrivedMs } = attending;
  const { gap, maxPasses, seed, warm, limits, bestByMs } = request;
  const report = throttled(attending.report, now);
  const start = now();
  const problem: Problem = { ...solvable.problem, limits };
  const levels = solvable.levels.map(tiles => attended(tiles, control));
  const everybody = levels.at(-1) as Tiles;
  const bestBy = arrivedMs + (bestByMs ?? Infinity);
  let certifyMs = solvable.candidates * CERTIFY_MS_PER_CANDIDATE;
  const certifyTiles = async (tiles: Tiles, prices: Float64Array): Promise<Certified> => {
    const before = now();
    const { candidates } = solvable;
    const certified = await certify(problem, tiles, prices, { seed, candidates, pause: () => control.pause() });
    certifyMs = now() - before;
    return certified;
  };
  const ports = {
    pass: solvable.pass,
    levels,
    certify: (prices: Float64Array) => certifyTiles(everybody, prices),
    certifyTiles
  };
  const options: SolveOptions = {
    gap,
    maxPasses,
    ...(warm === undefined ? {} : { warm }),
    shouldStop: () => {
      control.check();
      if (control.isStopped) return 'stopped';
      // So that the last plan is there in time.
      return now() + certifyMs >= bestBy ? 'deadline' : undefined;
    },
    onProgress: progress => report(() => progressOf(progress, maxPasses))
  };
  const outcome = await solveBudget(problem, ports, options);
  const conflict = await conflictOf(problem, ports, options, outcome);
  return answerOf(outcome, conflict, { ms: now() - start, isResident: solvable.isResident });
}

/** Ends a pass in its middle where nobody wants it any more. */
function attended(tiles: Tiles, control: Control): Tiles {
  return {
    ...tiles,
    tile: index => {
      control.check();
      return tiles.tile(index);
    }
  };
}

type Conflict = Awaited<ReturnType<typeof leastShortfall>>;

/** Where floors are not kept: whether anybody could keep them. Not asked where there is no time left. */
async function conflictOf(
  problem: Problem,
  ports: Parameters<typeof leastShortfall>[1],
  options: SolveOptions,
  { certified, reason }: Outcome
): Promise<Conflict | undefined> {
  const isShort = certified.shortfall.some(short => short > 0);
  if (!isShort || reason === 'deadline' || reason === 'stopped') return undefined;
  const conflict = await leastShortfall(problem, ports, options);
  return conflict.shortfall > 0 ? conflict : undefined;
}

function progressOf({ passes, level, people, bound, value, gap }: Progress, maxPasses: number): object {
  const what = `level ${level + 1}, ${people} people`;
  return { done: passes, total: maxPasses, what, ...finite({ bound, value, gap }) };
}

function answerOf(
  { status, reason, prices, certified, gap, passes, fullPasses, certifications, history }: Outcome,
  conflict: Conflict | undefined,
  measured: { readonly ms: number; readonly isResident: boolean }
): Answer {
  const { bound, value, usage, shortfall, send } = certified;
  const isShort = shortfall.some(short => short > 0);
  const of = (values: Float64Array) => ({ shape: [values.length], values });
  return {
    result: {
      ...statusOf(status, reason, isShort, conflict),
      ...finite({ bound, value, gap }),
      passes,
      fullPasses,
      certifications,
      ...measured,
      peakBytes: process.resourceUsage().maxRSS * 1024,
      history: thinned(history).map(each => ({ ...each, ...finite(each) }))
    },
    arrays: {
      prices: of(prices),
      usage: of(usage),
      shortfall: of(shortfall),
      send: { shape: [send.length], values: send },
      ...(conflict === undefined ? {} : { conflict: of(conflict.prices), relaxation: of(conflict.byLimit) })
    }
  };
}

function statusOf(status: string, reason: string | undefined, isShort: boolean, conflict?: Conflict) {
  if (conflict !== undefined) return { status: 'infeasible', reason: 'floors', leastShortfall: conflict.shortfall };
  if (isShort) return { status: 'partial', reason: reason ?? 'floors' };
  return { status, reason: reason ?? null };
}

/** JSON has no infinity: what is not known is null. */
function finite(of: {
  readonly bound?: number | undefined;
  readonly value?: number | undefined;
  readonly gap?: number | undefined;
}) {
  const known = (each: number | undefined): number | null => (Number.isFinite(each) ? (each as number) : null);
  return { bound: known(of.bound), value: known(of.value), gap: known(of.gap) };
}

function thinned<T>(list: readonly T[]): readonly T[] {
  const every = Math.ceil(list.length / MOST_HISTORY);
  return list.filter((_, index) => index % every === 0 || index === list.length - 1);
}

/** Reads the request for a plan. */
import { z } from 'zod';
import type { Limits } from '../../kernels/budget/problem.js';
import { ProblemList } from '../../kernels/index.js';
import type { Arrays } from '../arrays.js';
import { pathOf } from '../read-with.js';
import { limitProblems } from './read-problem.js';
import { refusalOf } from './refusal.js';
import { wholeNumber } from './whole-number.js';

export interface SolveRequest {
  /** Wanted: bound − value, relative to the bound. */
  readonly gap: number;
  readonly seed: number;
  readonly maxPasses: number;
  /** Milliseconds from its arrival until the best plan by then is the answer; undefined: none. */
  readonly bestByMs: number | undefined;
  /** Those of another solve, to begin with. */
  readonly warm: Float64Array | undefined;
  readonly limits: Limits;
}

const numberBetween = (least: number, most: number): z.ZodNumber => {
  const wanted = `want a number from ${least} to ${most}`;
  return z.number(wanted).min(least, wanted).max(most, wanted);
};

const SOLVE = z.strictObject({
  budget: z.string(),
  gap: numberBetween(0, 1).default(1e-3),
  seed: wholeNumber(0, 2 ** 32 - 1).default(0),
  maxPasses: wholeNumber(1, 100_000).default(2000),
  bestByMs: numberBetween(0, 2 ** 31)
    .nullable()
    .default(null)
});

/** @param limits  of the budget; the request may have others @throws RuntimeError `invalid-input` naming all that is wrong */
export function readSolve(params: unknown, arrays: Arrays, limits: Limits): SolveRequest {
  const list = new ProblemList();
  const read = SOLVE.safeParse(params);
  if (!read.success) {
    for (const { path, message } of read.error.issues) list.report(pathOf('', path), message);
  }
  const count = limits.cap.length;
  const [warm, cap, floor] = ['prices', 'cap', 'floor'].map(name => limitArray(name, arrays, count, list));
  warm?.forEach((price, limit) => {
    if (!Number.isFinite(price)) list.want(`prices[${limit}]`, price, 'a finite number');
  });
  const meant = { cap: cap ?? limits.cap, floor: floor ?? limits.floor };
  limitProblems(meant, list);
  if (!read.success || list.problems.length > 0) throw refusalOf(list.problems);
  const { gap, seed, maxPasses, bestByMs } = read.data;
  return { gap, seed, maxPasses, bestByMs: bestByMs ?? undefined, warm, limits: meant };
}

function limitArray(name: string, arrays: Arrays, count: number, list: ProblemList): Float64Array | undefined {
  const given = arrays[name];
  if (given === undefined) return undefined;
  const { shape, values } = given;
  // By name: `instanceof` lies across realms.
  if (values.constructor.name === 'Float64Array' && shape.length === 1 && shape[0] === count)
    return values as Float64Array;
  list.report(
    name,
    `is ${values.constructor.name} of shape [${shape.join(', ')}]: want Float64Array of shape [${count}]`
  );
  return undefined;
}

/**
 * What people take where a cap allows fewer places than they want: clip((margin − t) / smoothing, 0, 1), t ≥ 0 being the smallest threshold at
 * which that is at most the cap. A threshold is looked for in units of the smoothing from a margin close to it, the base, so that nothing is lost
 * where the smoothing is a ten-millionth of the margins.
 */
import { float32s, type GraphBuilder, int64s } from '../onnx/index.js';
import { axis, scalar } from './graph-constants.js';

/** How many places: the same for everybody, or a row f32[1, people]. */
export type RowCap = number | { readonly row: string };

/** What all thresholds of a graph share. `inverse`: the reciprocal of the smoothing, f32[1]. */
export interface Smoothed {
  readonly g: GraphBuilder;
  readonly inverse: string;
}

export interface Cells {
  /** f32[width, people]. */
  readonly margin: string;
  /** Rows in which each person's margins descend; undefined where they are too many to be sorted. */
  readonly sorted: readonly string[] | undefined;
}

/** What is taken, f32[width, people], less what is allowed: f32[1, people]. */
export type Excess = (taken: string) => string;

/** From the base in units of the smoothing: nothing is in excess at `high`, and at `low` only where that is below the threshold. */
interface Bracket {
  readonly low: string;
  readonly high: string;
}

const MOST_PAIRS = 64;
/** Between two neighbours in order it takes one to eight steps, with 40 columns eleven at worst. */
const SORTED_STEPS = 9;
/** Within a few units, among any number of columns. */
const NEAR_STEPS = 16;
/** Among any number of columns, of all magnitudes. */
const UNSORTED_STEPS = 44;
/** As in a tile: no candidate. */
const NOTHING = -1e30;
const INT64 = 7;
const BY_COLUMN = { axis: { int: 0 } };

/** What is taken within a cap. `cells.sorted` may have fewer rows than `cells.margin`: those among which the last place is. */
export function takenWithin(by: Smoothed, cells: Cells, cap: RowCap, excess: Excess): string {
  const { g } = by;
  const { margin, sorted } = cells;
  if (sorted === undefined) return takenUnsorted(by, margin, excess);
  const { last, next } = lastPlace(g, sorted, cap);
  const { base, least, scaled } = from(by, margin, last);
  const after = g.node('Mul', [g.node('Sub', [next, base]), by.inverse]);
  const bracket = { low: g.node('Max', [least, scalar(g, 'minus_one', -1)]), high: after };
  return taken(g, scaled, falsePosition(by, at => excess(taken(g, scaled, at)), bracket, SORTED_STEPS).at);
}

/**
 * The same for a cap without others within it, in one go: the threshold is the largest over b > cap of the smallest over a < cap of that at which
 * the a best are full, those up to b are taken in part, and the others are not.
 */
export function takenByPairs(by: Smoothed, margin: string, sorted: readonly string[], cap: number): string {
  const { g, inverse } = by;
  const width = sorted.length;
  const { base, least, scaled } = from(by, margin, sorted[cap - 1] ?? '');
  const all = g.node('Mul', [g.node('Sub', [g.node('Concat', sorted, BY_COLUMN), base]), inverse]);
  const near = g.node('Clip', [all, scalar(g, 'minus_one', -1), scalar(g, 'one', 1)]);
  const pairs = pairsOf(width, cap);
  const name = `pairs_${cap}_of_${width}`;
  const weights = pairs.flatMap(([a, b]) => sorted.map((_, at) => (at >= a && at < b ? 1 / (b - a) : 0)));
  const full = pairs.map(([a, b]) => (cap - a) / (b - a));
  const means = g.node('MatMul', [g.initializer(float32s(name, weights, [pairs.length, width])), near]);
  const each = g.node('Sub', [means, g.initializer(float32s(`${name}_full`, full, [pairs.length, 1]))]);
  const grouped = (): string =>
    g.node('Reshape', [each, g.initializer(int64s(`${name}_shape`, [width - cap, cap, -1]))]);
  const smallest = cap === 1 ? each : g.node('ReduceMin', [grouped(), axis(g, 1)], { keepdims: { int: 0 } });
  return taken(g, scaled, g.node('Max', [largest(g, smallest), least]));
}

/** Whether `takenByPairs` is quicker than a search. */
export function arePairsFew(width: number, cap: number): boolean {
  return cap > 0 && cap * (width - cap) <= MOST_PAIRS;
}

function pairsOf(width: number, cap: number): (readonly [number, number])[] {
  const ends = Array.from({ length: width - cap }, (_, index) => cap + 1 + index);
  return ends.flatMap(b => Array.from({ length: cap }, (_, a) => [a, b] as const));
}

/** clip(scaled − at, 0, 1). */
export function taken(g: GraphBuilder, scaled: string, at: string): string {
  return clipped(g, g.node('Sub', [scaled, at]));
}

export function clipped(g: GraphBuilder, share: string, as?: string): string {
  return g.node('Clip', [share, scalar(g, 'zero', 0), scalar(g, 'one', 1)], {}, as === undefined ? {} : { as });
}

/** Margins as seen from a base, which is never below 0; `least` is where the threshold is 0. */
function from({ g, inverse }: Smoothed, margin: string, row: string): { base: string; least: string; scaled: string } {
  const base = g.node('Relu', [row]);
  const least = g.node('Neg', [g.node('Mul', [base, inverse])]);
  return { base, least, scaled: g.node('Mul', [g.node('Sub', [margin, base]), inverse]) };
}

/** The margin that gets the last place, and the first one that gets none. */
function lastPlace(g: GraphBuilder, sorted: readonly string[], cap: RowCap): { last: string; next: string } {
  const nothing = g.node('Min', [sorted[0] ?? '', scalar(g, 'nothing', NOTHING)]);
  if (typeof cap === 'number') {
    const last = sorted[Math.max(0, cap - 1)] ?? nothing;
    return { last, next: sorted[cap] ?? nothing };
  }
  const all = g.node('Concat', [...sorted, nothing], BY_COLUMN);
  const end = scalar(g, `end_${sorted.length}`, sorted.length);
  const pick = (place: string): string => {
    const within = g.node('Cast', [g.node('Min', [place, end])], { to: { int: INT64 } });
    return g.node('GatherElements', [all, within], BY_COLUMN);
  };
  const before = g.node('Relu', [g.node('Sub', [cap.row, scalar(g, 'one', 1)])]);
  return { last: pick(before), next: pick(cap.row) };
}

/** The same for a cap of 1 without others within it: the threshold is at most one smoothing below the largest margin. */
export function takenOne(by: Smoothed, margin: string, excess: Excess): string {
  const { g } = by;
  const { least, scaled } = from(by, margin, largest(g, margin));
  const low = g.node('Max', [least, scalar(g, 'minus_one', -1)]);
  const bracket = { low, high: g.node('Sub', [least, least]) };
  return taken(g, scaled, falsePosition(by, at => excess(taken(g, scaled, at)), bracket, NEAR_STEPS).at);
}

/** First where about the threshold is, then from there; the rounding of the first search is allowed for. */
function takenUnsorted(by: Smoothed, margin: string, excess: Excess): string {
  const { g, inverse } = by;
  const units = g.node('Mul', [margin, inverse]);
  const most = g.node('Relu', [largest(g, units)]);
  const low = g.node('Sub', [most, most]);
  const about = falsePosition(by, at => excess(taken(g, units, at)), { low, high: most }, UNSORTED_STEPS);
  const { base, least, scaled } = from(by, margin, g.node('Div', [about.at, inverse]));
  const middle = g.node('Mul', [base, inverse]);
  const rounding = g.node('Mul', [g.node('Add', [most, scalar(g, 'one', 1)]), scalar(g, 'rounding', 2 ** -20)]);
  const bracket = {
    low: g.node('Max', [least, g.node('Sub', [g.node('Sub', [about.low, middle]), rounding])]),
    high: g.node('Add', [g.node('Sub', [about.high, middle]), rounding])
  };
  return taken(g, scaled, falsePosition(by, at => excess(taken(g, scaled, at)), bracket, NEAR_STEPS).at);
}

/**
 * False position, by the Illinois rule: where an end of the bracket stays for a second time, its excess is halved. No slopes are needed, which are
 * 0 nearly everywhere where the smoothing is small. Where nothing is in excess at the lower end, that is the threshold.
 */
function falsePosition(
  { g }: Smoothed,
  excess: (at: string) => string,
  bracket: Bracket,
  steps: number
): Bracket & { readonly at: string } {
  const [zero, half] = [scalar(g, 'zero', 0), scalar(g, 'half', 0.5)];
  const first = excess(bracket.low);
  const isBinding = g.node('Greater', [first, zero]);
  // `near` is where was looked last; the threshold is between it and `far`.
  let near = bracket.low;
  let far = g.node('Where', [isBinding, g.node('Max', [bracket.high, near]), near]);
  let off = g.node('Relu', [first]);
  let farOff = g.node('Min', [excess(far), scalar(g, 'below_zero', -(2 ** -80))]); // never 0, so that their difference is not
  const between = (): string => {
    const share = g.node('Div', [off, g.node('Sub', [off, farOff])]);
    return g.node('Sub', [near, g.node('Mul', [g.node('Sub', [near, far]), share])]);
  };
  for (let step = 0; step < steps; step += 1) {
    const at = between();
    const next = excess(at);
    const isBeyond = g.node('Less', [g.node('Mul', [off, next]), zero]);
    far = g.node('Where', [isBeyond, near, far]);
    farOff = g.node('Where', [isBeyond, off, g.node('Mul', [farOff, half])]);
    [near, off] = [at, next];
  }
  return { low: g.node('Min', [near, far]), high: g.node('Max', [near, far]), at: between() };
}

/** The largest of each person's: f32[1, people]. */
function largest(g: GraphBuilder, cells: string): string {
  return g.node('ReduceMax', [cells, axis(g, 0)], { keepdims: { int: 1 } });
}

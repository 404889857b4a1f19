/**
 * Follows the minimum of the smoothed dual to less and less smoothing.
 *
 * With much smoothing the dual is nearly quadratic, and a few steps find its minimum, whatever the problem; with little it is as kinked as the linear
 * program, where values tie or a limit has a handful of people. In between the minimum moves along pieces that are nearly straight in the smoothing:
 * the next one is begun where the last two point to, and often is there already.
 */
import { Curvature } from './curvature.js';
import { descend } from './descent.js';
import type { DescentEnd } from './descent.js';
import { leastWeights, meanWeights } from './prices.js';
import type { Problem, SmoothPass, Tiles } from '../problem.js';
import { smoothedDual } from './smoothed-dual.js';
import type { DualPoint, SmoothedDual } from './smoothed-dual.js';

export interface ContinuationOptions {
  /** How large values are. */
  readonly scale: number;
  /** f64[K], ≤ 0: how low prices may go. */
  readonly lowest: Float64Array;
  /** A dual below this proves that floors cannot be kept: nothing is left to look for. */
  readonly worst: number;
  /** How exact the minimum shall be, relative to it. */
  readonly tolerance: number;
  readonly prices: Float64Array;
  /** To begin with, relative to the scale. */
  readonly smoothing: number;
}

/** Each stage has so much of the smoothing of the one before. */
const LESS = 0.25;
/** Below this, relative to the scale, float32 numbers are rounded by more. */
const LEAST_SMOOTHING = 2e-6;
const MEMORY = 16;
/** Of the tolerance: what the next step should still bring, and the first-order estimate of what all steps could. */
const EXPECTED = 0.02;
const FIRST_ORDER = 3;
/** After so many points that together brought no more than is expected of one, a stage is over, whatever is expected. */
const WINDOW = 8;
/** With much smoothing, the minimum is only a place to begin from: the tolerance is no less than this share of the smoothing. */
const COARSE = 0.016;
/** A minimum near 0 is measured by this share of where the descent began instead. */
const NEAR_ZERO = 1e-6;
/** The least smoothing, in units of value, whose reciprocal is a float32 number, too. */
const LEAST_FLOAT = 2 ** -120;
/** Smoothing is fine when reducing it brought no more than this share of the tolerance. */
const FINE = 0.2;

export class Continuation {
  /** Relative to the scale. */
  smoothing: number;
  private readonly weights: Float64Array;
  private readonly farthest: Float64Array;
  /** What prices are likely to be at most: that which makes the lightest option cost what values are. */
  private readonly likely: Float64Array;
  private curvature: Curvature | undefined;
  private dual: SmoothedDual | undefined;
  private tiles: Tiles | undefined;
  private start: Float64Array;
  private point: DualPoint | undefined;
  /** Where the stage before ended, on these tiles. */
  private before: DualPoint | undefined;
  private fine = false;
  /** The magnitude of the very first value. */
  private began: number | undefined;

  constructor(
    private readonly problem: Problem,
    private readonly pass: SmoothPass,
    private readonly options: ContinuationOptions
  ) {
    this.smoothing = options.smoothing;
    this.start = options.prices;
    this.weights = meanWeights(problem.options, options.prices.length);
    this.farthest = this.weights.map(weight => options.scale / weight);
    const lightest = leastWeights(problem.options, options.prices.length);
    this.likely = this.farthest.map((far, k) => Math.max(far, options.scale / (lightest[k] as number)));
  }

  get prices(): Float64Array {
    return this.point?.prices ?? this.start;
  }

  /** Whether less smoothing would hardly lower the minimum. */
  get isFine(): boolean {
    return this.fine || this.smoothing <= LEAST_SMOOTHING;
  }

  /** Whether floors seem impossible to keep, as far as these tiles tell. */
  get isHopeless(): boolean {
    return this.point !== undefined && this.point.value < this.options.worst;
  }

  /** Goes on with other tiles: prices, smoothing and what was learnt about the curvature stay. */
  moveTo(tiles: Tiles): void {
    this.start = this.prices;
    this.tiles = tiles;
    this.dual = smoothedDual(this.problem, this.pass, tiles, this.options.lowest);
    this.point = undefined;
    this.before = undefined;
  }

  /** Minimises at this smoothing; `stuck` is as good as `done`. */
  async settle(mayPass: () => boolean): Promise<DescentEnd> {
    if (this.dual === undefined) throw new Error('a continuation needs tiles before it can settle');
    const smoothing = Math.max(this.smoothing * this.options.scale, LEAST_FLOAT);
    if (this.point === undefined) {
      if (!mayPass()) return 'halted';
      this.point = await this.dual(this.start, smoothing);
    }
    this.curvature ??= new Curvature(this.firstCurvature(this.point), MEMORY);
    this.began ??= Math.abs(this.point.value);
    const values: number[] = [];
    const { point, end } = await descend(this.dual, this.point, {
      smoothing,
      curvature: this.curvature,
      lowest: this.options.lowest,
      farthest: this.farthest,
      isDone: (at, expected) => this.isSettled(at, expected, values),
      mayPass
    });
    this.point = point;
    if (end !== 'halted' && this.before !== undefined) {
      const { tolerance } = this.options;
      const isExact = COARSE * this.smoothing <= tolerance;
      this.fine = isExact && this.before.value - point.value <= FINE * tolerance * this.size(point);
    }
    return end;
  }

  /** Less smoothing, from where the minimum should be. */
  smoothLess(): void {
    const { before, point } = this;
    if (point === undefined) throw new Error('a continuation has to settle before it smooths less');
    this.start = before === undefined ? point.prices : this.ahead(before.prices, point.prices);
    this.smoothing *= LESS;
    this.before = point;
    this.point = undefined;
  }

  /** Prices are nearly linear in the smoothing, which went from 1 to LESS and now goes to LESS². */
  private ahead(before: Float64Array, now: Float64Array): Float64Array {
    return now.map((price, k) => {
      const next = price + (price - (before[k] as number)) * LESS;
      return next * price <= 0 ? 0 : Math.max(next, this.options.lowest[k] as number);
    });
  }

  private isSettled(point: DualPoint, expected: number, values: number[]): boolean {
    if (point.value < this.options.worst) return true;
    values.push(point.value);
    const least = Math.max(this.options.tolerance, COARSE * this.smoothing) * this.size(point);
    if (expected <= EXPECTED * least && this.firstOrder(point) <= FIRST_ORDER * least) return true;
    const earlier = values.at(-1 - WINDOW);
    return earlier !== undefined && earlier - point.value <= EXPECTED * least;
  }

  /** What the slopes could bring if prices moved by as much as they are, or as they are likely to be. */
  private firstOrder({ slope, prices }: DualPoint): number {
    let sum = 0;
    for (let k = 0; k < slope.length; k += 1) {
      sum += Math.abs(slope[k] as number) * Math.max(Math.abs(prices[k] as number), this.likely[k] as number);
    }
    return sum;
  }

  private size({ value }: DualPoint): number {
    return Math.max(Math.abs(value), NEAR_ZERO * (this.began ?? 0));
  }

  /** As if what is used were spread evenly over as much as values are large. */
  private firstCurvature({ usage }: DualPoint): Float64Array {
    const { cap, floor } = this.problem.limits;
    const least = 1 / (this.tiles?.share ?? 1);
    return usage.map((used, k) => {
      const room = Number.isFinite(cap[k]) ? 0.1 * (cap[k] as number) : 0;
      return (Math.max(used, room, floor[k] as number, least) * (this.weights[k] as number)) / this.options.scale;
    });
  }
}

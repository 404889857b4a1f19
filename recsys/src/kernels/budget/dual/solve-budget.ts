/**
 * Solves a budget problem: finds prices of the limits, and certifies them.
 *
 * The dual is minimised on small samples of the people first, where a pass costs next to nothing, and on everybody only for what a sample cannot tell.
 * The minimum of a sample of n people is above the true one by about limits / n, relatively, so that with many people the prices of the largest
 * sample are as good as those of everybody: they are certified before any pass over all. Yesterday's prices are certified first, too.
 */
import { BestCertified } from './best-certified.js';
import { Continuation } from './continuation.js';
import { footingOf } from './footing.js';
import type { Footing } from './footing.js';
import { tryNearbyPrices } from './nearby-prices.js';
import type { CertifiedAt } from './nearby-prices.js';
import type { Certified, Certify, Problem, SmoothPass, Tiles } from '../problem.js';

export interface SolvePorts {
  readonly pass: SmoothPass;
  /** Samples, the smallest first; the last one is everybody. */
  readonly levels: readonly Tiles[];
  readonly certify: Certify;
}

export interface SolveOptions {
  /** The certified gap that is wanted, relative to the bound. */
  readonly gap: number;
  readonly maxPasses: number;
  /** Prices to begin with, f64[K]. */
  readonly warm?: Float64Array;
  /** Asked before each pass and each certification. */
  readonly shouldStop: () => undefined | 'deadline' | 'stopped';
  readonly onProgress: (progress: Progress) => void;
}

/** After a pass or a certification. */
export interface Progress {
  readonly passes: number;
  /** Which of the levels, and its people. */
  readonly level: number;
  readonly people: number;
  /** In units of value. */
  readonly smoothing: number;
  /** Of the best certified so far. */
  readonly bound?: number;
  readonly value?: number;
  readonly gap?: number;
}

/**
 * `converged`: the bound cannot be lowered; what is left of the gap is that plans are integral. `infeasible`: the bound is below what any plan is worth,
 * so none keeps all floors.
 */
export type PartialReason = 'deadline' | 'stopped' | 'passes' | 'converged' | 'infeasible';

export interface Outcome {
  /** Certified: the gap is as wanted. */
  readonly status: 'certified' | 'partial';
  readonly reason?: PartialReason;
  /** Of the lowest bound. */
  readonly prices: Float64Array;
  /** The lowest bound and the best plan, which keeps every cap in any case. */
  readonly certified: Certified;
  /** Infinity where the plan misses a floor. */
  readonly gap: number;
  /** Over any tiles, and over those of everybody. */
  readonly passes: number;
  readonly fullPasses: number;
  readonly certifications: number;
  readonly history: readonly Progress[];
}

const FIRST_SMOOTHING = { cold: 1, warm: 0.0625 } as const;
/** Closer than this, rounding decides. */
const LEAST_TOLERANCE = 1e-7;
/** A sample with fewer people for each limit tells nothing of its prices. */
const PEOPLE_PER_LIMIT = 4;
/** What the passes over one sample may cost, in passes over everybody, and how many there may be in any case and at most. */
const SAMPLE_COST = 8;
const SAMPLE_PASSES = { least: 20, most: 400 } as const;
/** With little smoothing, the end of a stage is worth a certification. */
const WORTH_CERTIFYING = 0.02;
/** Passes over everybody before prices that samples found are certified again; twice as many each time. */
const FIRST_BURST = 3;
/** A certification that closes less than this share of the wanted gap is no progress; after so many in a row nothing more is expected. */
const PROGRESS = 0.05;
const PATIENCE = 2;

/** @throws whatever a pass or a certification throws. */
export function solveBudget(
  problem: Problem,
  ports: SolvePorts,
  options: SolveOptions,
  footing = footingOf(problem, ports.levels, options.warm)
): Promise<Outcome> {
  return new BudgetSolve(problem, ports, options, footing).run();
}

class BudgetSolve {
  private readonly best: BestCertified;
  private readonly history: Progress[] = [];
  private readonly walk: Continuation;
  private readonly last: number;
  private level = 0;
  private passes = 0;
  private fullPasses = 0;
  private certifications = 0;
  private reason: PartialReason | undefined;
  private latest: CertifiedAt | undefined;

  constructor(
    private readonly problem: Problem,
    private readonly ports: SolvePorts,
    private readonly options: SolveOptions,
    private readonly footing: Footing
  ) {
    const { scale, lowest, worst, start } = footing;
    this.last = ports.levels.length - 1;
    this.best = new BestCertified(scale);
    this.walk = new Continuation(problem, this.countedPass(), {
      scale,
      lowest,
      worst,
      tolerance: Math.max(options.gap, LEAST_TOLERANCE),
      prices: start,
      smoothing: FIRST_SMOOTHING[options.warm === undefined ? 'cold' : 'warm']
    });
  }

  async run(): Promise<Outcome> {
    if (this.footing.isLikely) await this.certify();
    if (!this.isCertified) {
      const wasSampled = await this.onSamples();
      this.level = this.last;
      this.walk.moveTo(tilesOf(this.ports, this.last));
      if (wasSampled) await this.certify();
      if (!this.isCertified) await this.onEverybody(wasSampled || this.options.warm !== undefined);
    }
    return this.outcome();
  }

  /** Whether there was a sample that is worth it. */
  private async onSamples(): Promise<boolean> {
    const least = PEOPLE_PER_LIMIT * this.problem.limits.cap.length;
    let wasSampled = false;
    for (this.level = 0; this.level < this.last && this.mayGoOn(); this.level += 1) {
      const tiles = tilesOf(this.ports, this.level);
      if (tiles.people < least) continue;
      wasSampled = true;
      this.walk.moveTo(tiles);
      const { least: few, most } = SAMPLE_PASSES;
      await this.settleSample(this.passes + Math.min(most, Math.max(few, Math.round(SAMPLE_COST / tiles.share))));
    }
    return wasSampled;
  }

  private async settleSample(untilPasses: number): Promise<void> {
    for (;;) {
      const end = await this.walk.settle(() => this.passes < untilPasses && this.mayPass());
      if (end === 'halted' || this.walk.isFine || this.walk.isHopeless) return;
      this.walk.smoothLess();
    }
  }

  private async onEverybody(isClose: boolean): Promise<void> {
    let burst = isClose ? FIRST_BURST : Infinity;
    let patience = PATIENCE;
    while (patience > 0 && this.mayGoOn()) {
      const until = this.passes + burst;
      const end = await this.walk.settle(() => this.passes < until && this.mayPass());
      if (end === 'halted' && this.passes < until) return;
      const isProgress = await this.certifyStage(end === 'halted');
      if (this.isOver) return;
      patience = isProgress ? PATIENCE : patience - 1;
      if (end === 'halted') burst *= 2;
      else this.walk.smoothLess();
    }
    if (patience === 0) await this.onPlans();
  }

  /** The bound is as low as it can be: what is left of the gap is that plans are integral, or that the repair could do better. */
  private async onPlans(): Promise<void> {
    if (this.latest === undefined) return;
    await tryNearbyPrices(this.problem.limits, this.latest, async prices => {
      if (!this.mayGoOn()) return undefined;
      await this.certifyAt(prices);
      return this.isCertified ? undefined : this.latest;
    });
    if (!this.isCertified) this.reason ??= 'converged';
  }

  /** Whether there is reason to go on: the gap was not worth looking at, or it became smaller, or it can. */
  private async certifyStage(isBurst: boolean): Promise<boolean> {
    const { isFine, isHopeless, smoothing } = this.walk;
    if (!isBurst && !isFine && !isHopeless && smoothing > WORTH_CERTIFYING) return true;
    const before = this.best.gap;
    await this.certify();
    return isBurst || !isFine || before - this.best.gap > PROGRESS * this.options.gap;
  }

  private get isCertified(): boolean {
    return this.best.gap <= this.options.gap;
  }

  private get isInfeasible(): boolean {
    return (this.best.certified?.bound ?? Infinity) < this.footing.worst;
  }

  private get isOver(): boolean {
    return this.isCertified || this.isInfeasible;
  }

  /** Whether nothing speaks against another pass or certification; notes what does. */
  private mayGoOn(): boolean {
    this.reason ??= this.options.shouldStop();
    return this.reason === undefined;
  }

  private mayPass(): boolean {
    if (this.passes >= this.options.maxPasses) this.reason ??= 'passes';
    return this.mayGoOn();
  }

  /** Skipped where these prices are certified, and once the solve is to stop unless there would be no answer. */
  private async certify(isLast = false): Promise<void> {
    const { prices } = this.walk;
    if (prices === this.latest?.prices) return;
    if (!this.mayGoOn() && this.best.certified !== undefined && !isLast) return;
    await this.certifyAt(prices);
  }

  private async certifyAt(prices: Float64Array): Promise<void> {
    const certified = await this.ports.certify(prices);
    this.best.take(certified, prices);
    this.latest = { prices, certified };
    this.certifications += 1;
    this.report();
  }

  private async outcome(): Promise<Outcome> {
    if (this.best.certified === undefined || this.reason === 'passes') await this.certify(true);
    const { certified, prices, gap } = this.best;
    if (certified === undefined || prices === undefined) throw new Error('a solve ended without a certification');
    const { passes, fullPasses, certifications, history } = this;
    const counts = { passes, fullPasses, certifications, history };
    if (this.isCertified) return { status: 'certified', prices, certified, gap, ...counts };
    const reason = this.isInfeasible ? 'infeasible' : (this.reason ?? 'converged');
    return { status: 'partial', reason, prices, certified, gap, ...counts };
  }

  private countedPass(): SmoothPass {
    return async (tiles, optionPrice, smoothing) => {
      const sums = await this.ports.pass(tiles, optionPrice, smoothing);
      this.passes += 1;
      if (this.level === this.last) this.fullPasses += 1;
      this.report();
      return sums;
    };
  }

  private report(): void {
    const { certified, gap } = this.best;
    const progress = {
      passes: this.passes,
      level: this.level,
      people: tilesOf(this.ports, this.level).people,
      smoothing: this.walk.smoothing * this.footing.scale,
      ...(certified === undefined ? {} : { bound: certified.bound, value: certified.value, gap })
    };
    this.history.push(progress);
    this.options.onProgress(progress);
  }
}

function tilesOf({ levels }: SolvePorts, level: number): Tiles {
  const tiles = levels[level];
  if (tiles === undefined) throw new RangeError('a solve needs at least the tiles of everybody');
  return tiles;
}

/**
 * A budget problem as the solver sees it: who could get what, what that would be worth, and the limits that hold everybody together.
 *
 *     maximise   Σ value · x          over x in {0, 1} for every candidate (a person and an option)
 *     such that  floor[k] ≤ Σ weight[k, option] · x ≤ cap[k]     for every limit k
 *                of a channel's options a person gets at most its cap, of all counted channels at most the person's cap
 *
 * The caps of one person are nested sets, so that the best choice at given prices is greedy and integral: the dual bound is the bound of
 * the linear program.
 */

/** Limits that bind people together: the total, a channel, a slot, a campaign, a piece of content. K of them. */
export interface Limits {
  /** Infinity: none. */
  readonly cap: Float64Array;
  /** 0: none. */
  readonly floor: Float64Array;
}

/** What could be sent, and against which limits it counts. O of them; those of option o are `start[o]` up to `start[o + 1]`. */
export interface Options {
  readonly start: Uint32Array;
  /** Limits, each at most once for an option. */
  readonly limit: Uint32Array;
  /** Positive. */
  readonly weight: Float64Array;
  /** Each option's channel, from 0; all 0 where channels have no caps. */
  readonly channel: Uint16Array;
}

/** The same for everybody (Infinity: none), or one for each person (65,535: none). */
export type Cap = number | Uint16Array;

export interface ChannelCap {
  readonly cap: Cap;
  /** Whether its options count against the person's cap, too. */
  readonly isCounted: boolean;
}

export interface PersonCaps {
  readonly person: Cap;
  readonly channels: readonly ChannelCap[];
}

/** Everybody's candidates, person after person; those of person p are `start[p]` up to `start[p + 1]`. P people, V candidates. */
export interface Candidates {
  readonly start: Uint32Array;
  /** i32[V]; or, shorter, i32[width] where everybody has the same options in the same order (then `start[p]` is p · width). */
  readonly option: Int32Array;
  /** Finite; -Infinity where the candidate is excluded. */
  readonly value: Float32Array;
}

export interface Problem {
  readonly limits: Limits;
  readonly options: Options;
  readonly caps: PersonCaps;
}

/** The value of a cell in which nobody could get anything: excluded, or a person with fewer candidates than the tile is wide. */
export const NOTHING = -1e30;

/**
 * People of one shape, side by side: cell (column j, person p) is at `j * people + p`. Columns are sorted by channel; a person's candidates
 * of a channel are in the columns of that channel.
 */
export interface Tile {
  readonly people: number;
  /**
   * How many columns each channel has, by channel; 0 where these people have none of it. Channels whose caps never bind share the columns
   * of the first of them that is counted as they are.
   */
  readonly widths: readonly number[];
  /** f32[width, people]; NOTHING where there is none. */
  readonly value: Float32Array;
  /** int32[width, people]; or int32[width] where everybody has the same option in a column. */
  readonly option: Int32Array;
  /** Which candidate a cell is, in the order of `Candidates` (0 where there is none): u32[width, people]; or u32[width], to be added to `first`, where `option` is shared. */
  readonly candidate: Uint32Array;
  /** Each person's first candidate, where `option` is shared; empty otherwise. */
  readonly first: Uint32Array;
  /** f32[people] or f32[1]; never more than the columns it speaks of. */
  readonly personCap: Float32Array;
  /** By channel: f32[people] or f32[1]. */
  readonly channelCaps: readonly Float32Array[];
}

/** Tiles of all people, or of a sample of them, one after the other; they may lie in memory or in a file. */
export interface Tiles {
  readonly count: number;
  /** How many people stand for everybody: 1 where it is all of them. Limits shrink with it. */
  readonly share: number;
  readonly people: number;
  /** What it gives is valid until the next call. */
  tile(index: number): Tile;
}

/** What one smoothed pass over tiles saw at given prices. */
export interface PassSums {
  /** Σ weight · x for each limit: f64[K]. */
  readonly usage: Float64Array;
  /** Σ over people of (value − price) · x − (smoothing / 2) · x². */
  readonly surplus: number;
}

/**
 * One pass: for everybody, the x in the person's caps (0 ≤ x ≤ 1, not integral) that is best at these prices, less (smoothing / 2) · x².
 * `optionPrice`: what an option costs in all, f64[O].
 */
export type SmoothPass = (tiles: Tiles, optionPrice: Float64Array, smoothing: number) => Promise<PassSums>;

/** A plan that keeps every cap, and a bound that no plan can beat. */
export interface Certified {
  /** ≥ the optimum of the linear program, rounding included. Infinity where nothing is known. */
  readonly bound: number;
  /** Of the integral plan. */
  readonly value: number;
  /** f64[K], of the plan. */
  readonly usage: Float64Array;
  /** f64[K]: how much is missing to each floor; all 0 in a plan that keeps the floors. */
  readonly shortfall: Float64Array;
  /** Which candidates the plan sends: bit c % 8 of byte c / 8, ⌈V / 8⌉ bytes. */
  readonly send: Uint8Array;
}

/** Everything certified at once, at prices f64[K] (positive: of a cap, negative: of a floor). */
export type Certify = (prices: Float64Array) => Promise<Certified>;

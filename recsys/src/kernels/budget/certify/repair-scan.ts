/** What all searches for moves share. */
import type { Problem, Tiles } from '../problem.js';
import type { Selection } from './selection.js';

export interface RepairScan {
  readonly problem: Problem;
  readonly tiles: Tiles;
  /** By limit. */
  readonly prices: Float64Array;
  /** By option. */
  readonly price: Float64Array;
  readonly selection: Selection;
  readonly seed: number;
  /** Of all tiles. */
  readonly cells: number;
  /** To be called after so many cells. */
  readonly pause: (cells: number) => Promise<void>;
}

/** How large the values of candidates are: what is little, and what is beyond any of them. */
import { NOTHING } from '../problem.js';
import type { Tiles } from '../problem.js';

export interface ValueScale {
  /** Of magnitudes. 1 where there is no candidate of any value, so that it can be divided by. */
  readonly mean: number;
  /** Of values; 0 where there is none above. */
  readonly most: number;
  /** The sum of the values below 0: no plan is worth less. */
  readonly worst: number;
}

export function valueScale(tiles: Tiles): ValueScale {
  let [sum, count, most, worst] = [0, 0, 0, 0];
  for (let index = 0; index < tiles.count; index += 1) {
    const { value } = tiles.tile(index);
    for (let cell = 0; cell < value.length; cell += 1) {
      const each = value[cell] as number;
      if (each <= NOTHING) continue;
      sum += Math.abs(each);
      count += 1;
      if (each > most) most = each;
      if (each < 0) worst += each;
    }
  }
  return { mean: sum > 0 ? sum / count : 1, most, worst };
}

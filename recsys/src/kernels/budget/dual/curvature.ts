/**
 * What past steps told about the curvature of the dual: limited-memory BFGS over the prices that are free to move.
 *
 * The dual of a large problem is nearly quadratic near its minimum, with the number of people at a margin as its curvature. Limits of very different
 * size (a total over millions, a piece of content with a hundred) differ in curvature as much, which the diagonal takes up; overlaps between them are
 * what the pairs learn. Both are in units of everybody, so that what a sample taught holds for the next one.
 *
 * Source   Nocedal, Updating quasi-Newton matrices with limited storage, Math. Comp. 1980 (the two loops).
 */

interface Pair {
  /** How prices changed, and how the gradient did. */
  readonly step: Float64Array;
  readonly change: Float64Array;
}

export class Curvature {
  private readonly pairs: Pair[] = [];

  /** `diagonal`: a guess of the curvature by each price, f64[K], positive. */
  constructor(
    private diagonal: Float64Array,
    private readonly memory: number
  ) {}

  learn(step: Float64Array, change: Float64Array): void {
    this.pairs.push({ step, change });
    if (this.pairs.length > this.memory) this.pairs.shift();
  }

  get isEmpty(): boolean {
    return this.pairs.length === 0;
  }

  /** Drops the pairs, but for what the last one says of the diagonal. */
  forget(): void {
    const last = this.pairs.at(-1);
    if (last === undefined) return;
    const all = new Uint8Array(this.diagonal.length).fill(1);
    const scale = this.scale({ ...last, product: this.dot(last.step, last.change, all) }, all);
    if (scale > 0 && Number.isFinite(scale)) this.diagonal = this.diagonal.map(each => each / scale);
    this.pairs.length = 0;
  }

  /** How far a price would move if it were the only one. */
  alone(slope: number, k: number): number {
    return -slope / (this.diagonal[k] as number);
  }

  /** The quasi-Newton step for this slope among the free prices; 0 for the others. */
  step(slope: Float64Array, isFree: Uint8Array): Float64Array {
    const direction = slope.map((each, k) => (isFree[k] === 1 ? -each : 0));
    const curved = this.pairs
      .map(pair => ({ ...pair, product: this.dot(pair.step, pair.change, isFree) }))
      .filter(({ product, change }) => product > 1e-10 * this.spread(change, isFree));
    const factors: number[] = [];
    for (const { step, change, product } of curved.toReversed()) {
      const factor = this.dot(step, direction, isFree) / product;
      factors.push(factor);
      addTo(direction, change, -factor, isFree);
    }
    const scale = this.scale(curved.at(-1), isFree);
    for (let k = 0; k < direction.length; k += 1)
      direction[k] = ((direction[k] as number) * scale) / (this.diagonal[k] as number);
    for (const { step, change, product } of curved) {
      const factor = this.dot(change, direction, isFree) / product;
      addTo(direction, step, (factors.pop() ?? 0) - factor, isFree);
    }
    return direction;
  }

  /** By how much the diagonal is too steep, as the last pair has it. */
  private scale(last: (Pair & { product: number }) | undefined, isFree: Uint8Array): number {
    return last === undefined ? 1 : last.product / this.spread(last.change, isFree);
  }

  private dot(a: Float64Array, b: Float64Array, isFree: Uint8Array): number {
    let sum = 0;
    for (let k = 0; k < a.length; k += 1) if (isFree[k] === 1) sum += (a[k] as number) * (b[k] as number);
    return sum;
  }

  /** Σ change² / diagonal. */
  private spread(change: Float64Array, isFree: Uint8Array): number {
    let sum = 0;
    for (let k = 0; k < change.length; k += 1) {
      if (isFree[k] === 1) sum += (change[k] as number) ** 2 / (this.diagonal[k] as number);
    }
    return sum;
  }
}

function addTo(target: Float64Array, other: Float64Array, factor: number, isFree: Uint8Array): void {
  for (let k = 0; k < target.length; k += 1) {
    if (isFree[k] === 1) target[k] = (target[k] as number) + factor * (other[k] as number);
  }
}

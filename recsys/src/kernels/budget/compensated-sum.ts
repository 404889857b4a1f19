/** A sum that adds what the rounding takes away, too, so that a hundred million values sum up as one does (Neumaier). */
export class CompensatedSum {
  private sum = 0;
  private lost = 0;

  add(value: number): void {
    const sum = this.sum + value;
    this.lost += Math.abs(this.sum) >= Math.abs(value) ? this.sum - sum + value : value - sum + this.sum;
    this.sum = sum;
  }

  /** Infinite where an infinite value was added, or the sum overflowed. */
  get total(): number {
    return this.sum + (Number.isFinite(this.lost) ? this.lost : 0);
  }
}

/** How many rows answers can have of which so many at most share a category: whoever has as many need not look further. */
import type { Scope } from './scope.js';
import type { Diversity } from './search-request.js';

export type AtMost = Extract<Diversity, { kind: 'at-most' }>;

export class Room {
  readonly #counts: Int32Array;
  #most = 0;

  constructor(
    private readonly scope: Scope,
    private readonly diversity: AtMost
  ) {
    const { codes, atMost } = diversity;
    this.#counts = new Int32Array(1 + codes.reduce((most, code) => Math.max(most, code), -1));
    for (let row = 0; row < codes.length; row += 1) {
      if (!scope.isEligible(row)) continue;
      const code = codes[row] as number;
      if (code < 0) this.#most += 1;
      else this.#counts[code] = (this.#counts[code] as number) + 1;
    }
    this.#most += this.#counts.reduce((sum, count) => sum + Math.min(count, atMost), 0);
  }

  /** @param excluded  rows, each once, that this answer must not have */
  readonly mostFor = (excluded: Int32Array = new Int32Array(0)): number => {
    const { codes, atMost } = this.diversity;
    const left = new Map<number, number>();
    let most = this.#most;
    for (const row of excluded) {
      if (!this.scope.isEligible(row)) continue;
      const code = codes[row] as number;
      const count = left.get(code) ?? this.#counts[code] ?? 0;
      left.set(code, count - 1);
      if (code < 0 || count <= atMost) most -= 1;
    }
    return most;
  };
}

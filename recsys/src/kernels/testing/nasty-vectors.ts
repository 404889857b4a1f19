/** Vectors on which bounds of rounding errors break, if they break: drawn from a seed, so that a case is a few numbers. */
import fc from 'fast-check';

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SHAPES: Readonly<Record<string, (random: () => number, axis: number) => number>> = {
  ordinary: random => 2 * random() - 1,
  'all of one sign': random => 1 + random(),
  huge: random => (2 * random() - 1) * 2 ** 58,
  tiny: random => (2 * random() - 1) * 2 ** -62,
  denormal: random => (2 * random() - 1) * 2 ** -130,
  zero: () => 0,
  'one dominant coordinate': (random, axis) => (axis === 0 ? 3 : random() * 2 ** -12),
  'of all magnitudes': random => (2 * random() - 1) * 2 ** Math.floor(60 * random() - 30),
  'with many ties at the largest': random => Math.sign(random() - 0.5),
  'almost cancelling': (random, axis) => (axis % 2 === 0 ? 1 : -1) * (1 + random() * 2 ** -20)
};

/** d with and without rest in blocks of 32 … 128 and lanes of 8, and beyond one block. */
const DIMENSIONS = [1, 2, 7, 31, 32, 33, 64, 100, 127, 128, 129, 200, 257, 384, 1000];

export interface NastyCase {
  readonly d: number;
  readonly items: Float32Array;
  readonly query: Float32Array;
  /** One for each item; 0 in some cases. */
  readonly added: Float32Array;
}

/** Some items, a query and what is added, of any of the shapes each. */
export function nastyCase(rows = 4): fc.Arbitrary<NastyCase> {
  const shape = fc.constantFrom(...Object.keys(SHAPES));
  return fc
    .record({
      d: fc.constantFrom(...DIMENSIONS),
      itemShapes: fc.array(shape, { minLength: rows, maxLength: rows }),
      queryShape: shape,
      addedScale: fc.constantFrom(0, 1, 2 ** -140, 2 ** 60),
      seed: fc.integer()
    })
    .map(({ d, itemShapes, queryShape, addedScale, seed }) => {
      const random = randomFrom(seed);
      const items = new Float32Array(rows * d);
      itemShapes.forEach((name, row) => items.set(vector(name, d, random), row * d));
      const added = Float32Array.from({ length: rows }, () => (2 * random() - 1) * addedScale);
      return { d, items, query: vector(queryShape, d, random), added };
    });
}

function vector(name: string, d: number, random: () => number): Float32Array {
  return Float32Array.from({ length: d }, (_, axis) => SHAPES[name]?.(random, axis) ?? 0);
}

export function norm(values: ArrayLike<number>): number {
  return Math.sqrt(
    Array.prototype.reduce.call(values, (sum, value) => (sum as number) + (value as number) ** 2, 0) as number
  );
}

import fc from 'fast-check';
import { atMostPerCategory, mmr } from './diversify.js';
import type { MmrPool } from './diversify.js';

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, axis) => sum + value * (y[axis] ?? 0), 0);
  const norms = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
  return norms === 0 ? 0 : dot(a, b) / norms;
}

/** The twin: for each choice, each item's similarity to each item chosen, anew. */
function mmrTwin({ scores, vectors, dimensions, lambda, k }: MmrPool): number[] {
  const row = (at: number) => [...vectors.subarray(at * dimensions, (at + 1) * dimensions)];
  const chosen: number[] = [];
  while (chosen.length < Math.min(k, scores.length)) {
    const worths = [...scores.keys()].map(at => {
      const closest = chosen.length === 0 ? 0 : Math.max(...chosen.map(other => cosine(row(other), row(at))));
      return chosen.includes(at) ? -Infinity : lambda * (scores[at] ?? 0) - (1 - lambda) * closest;
    });
    chosen.push(worths.indexOf(Math.max(...worths)));
  }
  return chosen;
}

function atMostTwin(codes: readonly number[], k: number, atMost: number): number[] {
  const chosen: number[] = [];
  for (const [at, code] of codes.entries()) {
    if (code < 0 || chosen.filter(other => codes[other] === code).length < atMost) chosen.push(at);
  }
  return chosen.slice(0, k);
}

const makePool = (changes: Partial<MmrPool> = {}): MmrPool => ({
  scores: Float32Array.of(0.9, 0.8, 0.5),
  vectors: Float32Array.of(1, 0, 1, 0, 0, 1),
  dimensions: 2,
  lambda: 0.5,
  k: 3,
  ...changes
});

describe('mmr', () => {
  test('takes the different item before the second of two alike', () => {
    expect([...mmr(makePool())]).toEqual([0, 2, 1]);
  });

  test('goes by score alone with λ = 1 and by difference alone with λ = 0', () => {
    expect([...mmr(makePool({ lambda: 1 }))]).toEqual([0, 1, 2]);
    expect([...mmr(makePool({ lambda: 0, scores: Float32Array.of(-1, 9, 9) }))]).toEqual([0, 2, 1]);
  });

  test('holds an opposite direction for better than a right angle', () => {
    const vectors = Float32Array.of(1, 0, 0, 1, -1, 0);
    expect([...mmr(makePool({ vectors, scores: new Float32Array(3) }))]).toEqual([0, 2, 1]);
  });

  test('holds a vector of zeros for similar to none, itself included', () => {
    const pool = makePool({ vectors: Float32Array.of(0, 0, 0, 0, 1, 1), scores: Float32Array.of(1, 1, 1) });
    expect([...mmr(pool)]).toEqual([0, 1, 2]);
  });

  test('gives fewer where the pool is smaller, and nothing from an empty one', () => {
    expect(mmr(makePool({ k: 9 })).length).toBe(3);
    expect(mmr(makePool({ scores: new Float32Array(), vectors: new Float32Array() })).length).toBe(0);
  });

  test('chooses as the twin does', () => {
    const pools = fc
      .record({ n: fc.integer({ min: 0, max: 12 }), dimensions: fc.integer({ min: 1, max: 4 }) })
      .chain(({ n, dimensions }) =>
        fc.record({
          scores: fc.array(fc.integer({ min: -2, max: 4 }), { minLength: n, maxLength: n }).map(scores =>
            Float32Array.from(scores, score => score / 4)
              .sort()
              .reverse()
          ),
          vectors: fc
            .array(fc.oneof(fc.integer({ min: -2, max: 2 }), fc.float({ min: -1, max: 1, noNaN: true })), {
              minLength: n * dimensions,
              maxLength: n * dimensions
            })
            .map(values => Float32Array.from(values)),
          dimensions: fc.constant(dimensions),
          lambda: fc.constantFrom(0, 0.3, 0.5, 0.9, 1),
          k: fc.integer({ min: 1, max: 14 })
        })
      );
    fc.assert(
      fc.property(pools, pool => expect([...mmr(pool)]).toEqual(mmrTwin(pool))),
      { numRuns: 300 }
    );
  });

  test.each<[string, Partial<MmrPool>, RegExp]>([
    ['λ outside [0, 1]', { lambda: 1.1 }, /lambda is 1.1: want a number in \[0, 1\]/],
    ['λ that is no number', { lambda: NaN }, /lambda is NaN/],
    ['k = 0', { k: 0 }, /k is 0/],
    ['dimensions = 0', { dimensions: 0 }, /dimensions is 0/],
    ['too few vectors', { vectors: new Float32Array(4) }, /vectors has 4 values: want 3 · 2/],
    ['a score that is not finite', { scores: Float32Array.of(1, 0, -Infinity) }, /scores\[2\] is -Infinity/],
    ['a vector that is not finite', { vectors: Float32Array.of(1, 1, 1, NaN, 1, 1) }, /vectors, row 1/]
  ])('refuses %s', (_name, changes, message) => {
    expect(() => mmr(makePool(changes))).toThrow(message);
  });
});

describe('atMostPerCategory', () => {
  test('keeps the best of each category, and all that have none', () => {
    const codes = Int32Array.of(5, 5, -1, 5, -1, -1, 7);
    expect([...atMostPerCategory({ codes, k: 6, atMost: 2 })]).toEqual([0, 1, 2, 4, 5, 6]);
    expect([...atMostPerCategory({ codes, k: 2, atMost: 1 })]).toEqual([0, 2]);
  });

  test('chooses as the twin does', () => {
    const positive = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 3 })), positive, positive, (codes, k, atMost) => {
        const chosen = atMostPerCategory({ codes: Int32Array.from(codes), k, atMost });
        expect([...chosen]).toEqual(atMostTwin(codes, k, atMost));
      })
    );
  });

  test('refuses limits that are no positive integers', () => {
    const codes = Int32Array.of(1);
    expect(() => atMostPerCategory({ codes, k: 1, atMost: 0 })).toThrow(/atMost is 0/);
    expect(() => atMostPerCategory({ codes, k: 0.5, atMost: 1 })).toThrow(/k is 0.5/);
  });
});

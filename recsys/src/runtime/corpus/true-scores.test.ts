import { type Candidates, mergeTopK } from '../../kernels/index.js';
import { randomFrom } from '../../kernels/testing/nasty-vectors.js';
import { Control } from '../control.js';
import type { Part } from './part.js';
import { Scope } from './scope.js';
import { bestOfLists, TrueScores } from './true-scores.js';

const NASTY = [0, -0, 1, -1, Infinity, -Infinity, 2 ** -149, -(2 ** -149), 3e38, -3e38, 0.5];
const random = randomFrom(1);
const nasty = (count: number): Float32Array =>
  Float32Array.from({ length: count }, () => NASTY[Math.floor(random() * NASTY.length)] ?? NaN);

/** A part of one dimension, whose scores for the query 1 are its values. */
function partOf(values: Float32Array, firstRow: number): Part {
  const vectors = async (rows: Int32Array): Promise<Float32Array> =>
    Float32Array.from(rows, row => values[row] as number);
  return { firstRow, rows: values.length, vectors } as unknown as Part;
}

test('all rows are in the order of the definition, sorted at once or merged step by step', async () => {
  const values = nasty(20_000);
  const parts = [partOf(values.subarray(0, 11_000), 0), partOf(values.subarray(11_000), 11_000)];
  const scores = new TrueScores({ metric: 'ip', dimensions: 1, parts, now: () => 0 });
  const keep = Uint8Array.from(values, () => Number(random() < 0.9));
  const scope = new Scope({ rows: values.length, keep });
  const order = [...values.keys()].filter(row => keep[row] === 1);
  order.sort((a, b) => ((values[a] ?? NaN) === (values[b] ?? NaN) ? a - b : (values[b] ?? NaN) - (values[a] ?? NaN)));
  for (const wanted of [10, 9000, 17_000, 20_000]) {
    const [best] = await scores.bestOf([Float32Array.of(1)], scope, wanted, new Control(undefined, () => 0));
    expect([...(best?.rows ?? [])]).toEqual(order.slice(0, wanted));
    expect([...(best?.values ?? [])]).toEqual(order.slice(0, wanted).map(row => (values[row] ?? NaN) + 0));
  }
});

test('long lists are merged as short ones are', () => {
  const rows = 30_000;
  const lists = [1, 2, 3].map((): Candidates => {
    const values = nasty(rows);
    const order = Int32Array.from(values.keys()).filter(() => random() < 0.8);
    order.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
    return { rows: order, values: Float32Array.from(order, row => values[row] as number) };
  });
  for (const wanted of [100, 20_000, 40_000]) {
    const want = mergeTopK(lists, wanted);
    const count = want.rows.indexOf(-1) < 0 ? wanted : want.rows.indexOf(-1);
    const found = bestOfLists(lists, wanted, rows);
    expect([...found.rows]).toEqual([...want.rows.subarray(0, count)]);
    expect([...found.values].map(value => value + 0)).toEqual(
      [...want.values.subarray(0, count)].map(value => value + 0)
    );
  }
});

/** A search's answer is that of the definition, bit for bit, whatever scanned (ADR 0009): against the real runtime. */
import { makeCorpus, type RuntimeClient, search } from './testing/runtime-client.js';
import { RuntimeProcess, until } from './testing/runtime-process.js';
import { gaussians, type Metric, searchTwin } from './testing/twin.js';
import { randomFrom } from '../kernels/testing/nasty-vectors.js';

let runtime: RuntimeProcess;
let client: RuntimeClient;
beforeAll(async () => {
  runtime = await RuntimeProcess.start();
  client = await runtime.connect();
});
afterAll(() => runtime.end());

/** Rows enough for an 8-bit copy, which is made while nobody asks for anything. */
const [ROWS, D] = [33_000, 64];
const ITEMS = gaussians(ROWS * D, 1);

async function untilQuantised(corpus: string): Promise<void> {
  await until(
    'the 8-bit copy is ready',
    async () => (await client.call('corpus.info', { corpus })).result['quantised']
  );
}

/** The answers to queries, all of them in one call or one in each. */
async function searched(corpus: string, queries: Float32Array, d: number, k: number, atOnce = true) {
  const batch = queries.length / d;
  if (atOnce) return search(client, { corpus, k }, { queries: [queries, batch, d] });
  const each = await Promise.all(
    Array.from({ length: batch }, (_, query) =>
      search(client, { corpus, k }, { queries: [queries.subarray(query * d, (query + 1) * d), 1, d] })
    )
  );
  return {
    ids: each.flatMap(({ ids }) => ids),
    scores: each.flatMap(({ scores }) => scores),
    certificate: each.flatMap(({ certificate }) => certificate)
  };
}

describe.each<Metric>(['ip', 'cosine', 'l2'])('by %s', metric => {
  test('ids change neither with the batch, nor once the 8-bit copy is there', async () => {
    const [items, queries, k] = [ITEMS, gaussians(8 * D, 2), 10];
    const want = searchTwin({ items, dimensions: D, metric, queries, k });
    const corpus = await makeCorpus(client, { items, dimensions: D, metric });
    const many = await searched(corpus, queries, D, k);
    expect(many).toMatchObject(want);
    expect(many.certificate).not.toContain(0);
    expect(await searched(corpus, queries.subarray(0, D), D, k)).toMatchObject({ ids: want.ids.slice(0, 1) });
    await untilQuantised(corpus);
    const alone = await searched(corpus, queries, D, k, false);
    expect(alone).toMatchObject(want);
    // The copy has to have been of use, or this has tested nothing.
    expect(alone.certificate.filter(each => each === 0).length).toBeGreaterThan(4);
    expect(await searched(corpus, queries, D, k)).toMatchObject(want);
    expect(await searched(corpus, queries.subarray(0, 7 * D), D, k)).toMatchObject({ ids: want.ids.slice(0, 7) });
    await client.call('corpus.close', { corpus });
  });
});

describe('where scans cannot tell rows apart', () => {
  /** 40 vectors a thousand times, half of them moved by less than float32 sums can tell. */
  function nearTies(): Float32Array {
    const base = gaussians(40 * D, 3);
    return Float32Array.from({ length: ROWS * D }, (_, index) => {
      const [row, axis] = [Math.floor(index / D), index % D];
      const value = base[(row % 40) * D + axis] ?? NaN;
      return row % 3 === 0 && axis === row % D ? value * (1 + 2 ** -23) : value;
    });
  }

  test.each<Metric>(['ip', 'l2'])(
    'by %s the k-th of many duplicates is the one with the smallest row',
    async metric => {
      const [items, queries, k] = [nearTies(), gaussians(3 * D, 4), 10];
      const want = searchTwin({ items, dimensions: D, metric, queries, k });
      const corpus = await makeCorpus(client, { items, dimensions: D, metric });
      // No scan can prove it: every row was scored.
      expect(await searched(corpus, queries, D, k)).toMatchObject({ ...want, certificate: [2, 2, 2] });
      await untilQuantised(corpus);
      expect(await searched(corpus, queries, D, k)).toMatchObject({ ...want, certificate: [2, 2, 2] });
      await client.call('corpus.close', { corpus });
    }
  );
});

describe('numbers at the ends of float32', () => {
  type Draw = (random: () => number, row: number) => number;
  const SHAPES: Readonly<Record<string, Draw>> = {
    'scores overflow to infinities': random => (2 * random() - 1) * 2 ** 64,
    'sums overflow on the way only': random => (2 * random() - 1) * 2 ** 62,
    'products underflow': random => (2 * random() - 1) * 2 ** -70,
    'most rows are zeros': (random, row) => (row % 10 === 0 ? random() - 0.5 : 0),
    'all rows are far away and close together': random => 1000 + random() * 2 ** -10,
    'rows are of all magnitudes, also below the normal ones': random => (2 * random() - 1) * 2 ** (140 * random() - 135)
  };
  const cases = Object.keys(SHAPES).flatMap(name => (['ip', 'l2'] as const).map(metric => [name, metric] as const));

  test.each(cases)('%s: found by %s as the definition says', async (name, metric) => {
    const [d, rows, k] = [33, 3000, 20];
    const random = randomFrom(6);
    const draw = (count: number) =>
      Float32Array.from({ length: count * d }, (_, index) => SHAPES[name]?.(random, Math.floor(index / d)) ?? NaN);
    const [items, queries] = [draw(rows), draw(4)];
    const corpus = await makeCorpus(client, { items, dimensions: d, metric });
    expect(await searched(corpus, queries, d, k)).toMatchObject(
      searchTwin({ items, dimensions: d, metric, queries, k })
    );
    await client.call('corpus.close', { corpus });
  });
});

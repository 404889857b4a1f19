/** What a search can be told besides its queries, each against plain loops: filters, masks, exclusions, boosts, several vectors, diversity. */
import { readFile } from 'node:fs/promises';
import { type Column, makeCorpus, type RuntimeClient, search } from './testing/runtime-client.js';
import { RuntimeProcess } from './testing/runtime-process.js';
import { gaussians, normalised, searchTwin } from './testing/twin.js';
import { randomFrom } from '../kernels/testing/nasty-vectors.js';

const [ROWS, D, B, K] = [12_000, 24, 5, 12];
const ITEMS = gaussians(ROWS * D, 1);
const QUERIES = gaussians(B * D, 2);
const KINDS = ['news', 'sport', '__proto__', 'Überraschung'];

const random = randomFrom(3);
/** Ids in no order, some beyond what an int32 or a float32 holds. */
const IDS = Array.from({ length: ROWS }, (_, row) => ((row * 7919) % ROWS) * 3 + (row % 5 === 0 ? 2 ** 50 : 0));
const AGE = Float64Array.from({ length: ROWS }, (_, row) => (row % 11 === 0 ? NaN : random()));
const KIND = Int32Array.from({ length: ROWS }, () => Math.floor(random() * 5) - 1);
const FRESH = Uint8Array.from({ length: ROWS }, () => (random() < 0.5 ? 255 : 0));
const COLUMNS: Column[] = [
  { name: 'age', kind: 'number', values: AGE },
  { name: 'kind', kind: 'category', values: KIND, texts: KINDS },
  { name: 'fresh', kind: 'flag', values: FRESH },
  { name: '__proto__', kind: 'number', values: Float64Array.from(AGE, age => -age) }
];

let runtime: RuntimeProcess;
let client: RuntimeClient;
let corpus = '';
beforeAll(async () => {
  runtime = await RuntimeProcess.start();
  client = await runtime.connect();
  const ids = BigInt64Array.from(IDS, BigInt);
  corpus = await makeCorpus(client, { items: ITEMS, dimensions: D, ids, columns: COLUMNS });
});
afterAll(() => runtime.end());

type Options = Omit<Parameters<typeof searchTwin>[0], 'items' | 'dimensions' | 'queries' | 'k'> & { k?: number };

/** What the definition says, rows told by their ids. */
function wanted({ k = K, ...options }: Options = {}, queries = QUERIES) {
  const { ids, scores } = searchTwin({ items: ITEMS, dimensions: D, queries, k, ...options });
  return { ids: ids.map(rows => rows.map(row => IDS[row])), scores };
}

const queries = [QUERIES, B, D] as const;
const ask = (params: object, arrays = {}, k = K) => search(client, { corpus, k, ...params }, { queries, ...arrays });

describe('a filter', () => {
  const compare = (column: string, is: string, value: unknown) => ({ op: 'compare', column, is, value });
  const age = (row: number): number => AGE[row] ?? NaN;

  test.each<[string, object, (row: number) => boolean]>([
    ['nothing', compare('age', '>', 2), () => false],
    ['one row', compare('age', '==', AGE[78]), row => age(row) === AGE[78]],
    ['a thousandth', compare('age', '<', 0.001), row => age(row) < 0.001],
    ['a twentieth', { op: 'between', column: 'age', from: 0.2, to: 0.25 }, row => age(row) >= 0.2 && age(row) <= 0.25],
    ['a fifth', compare('kind', '==', 'sport'), row => KIND[row] === 1],
    ['a third', compare('age', '<=', 0.35), row => age(row) <= 0.35],
    ['half', compare('fresh', '==', true), row => FRESH[row] !== 0],
    ['almost all', { op: 'not', of: [compare('age', '<', 0.02)] }, row => !(age(row) < 0.02)],
    ['all', { op: 'or', of: [{ op: 'missing', column: 'age' }, compare('age', '>=', 0)] }, () => true],
    ['rows with a name of Object', { op: 'in', column: 'kind', values: ['__proto__'] }, row => KIND[row] === 2],
    ['a column of such a name', compare('__proto__', '>', -0.1), row => -age(row) > -0.1],
    ['a text nobody has', compare('kind', '==', 'toString'), () => false]
  ])('that keeps %s gives the best of just those', async (_name, where, keeps) => {
    expect(await ask({ where })).toMatchObject(wanted({ isKept: keeps }));
  });
});

describe('a mask', () => {
  test('for all queries keeps rows that are not 0, whatever else they are', async () => {
    const mask = Uint8Array.from({ length: ROWS }, (_, row) => (row % 3 === 0 ? 200 : 0));
    expect(await ask({}, { mask })).toMatchObject(wanted({ isKept: row => row % 3 === 0 }));
  });

  test('for each query keeps its own, also none and all', async () => {
    const keeps = (row: number, query: number): boolean => query !== 1 && (query === 2 || row % (query + 2) === 0);
    const mask = Uint8Array.from({ length: B * ROWS }, (_, at) => Number(keeps(at % ROWS, Math.floor(at / ROWS))));
    const found = await ask({}, { mask: [mask, B, ROWS] });
    expect(found).toMatchObject(wanted({ isKept: keeps }));
    expect(found.ids[1]).toEqual([]);
  });

  test('and a filter keep what both do', async () => {
    const mask = Uint8Array.from({ length: ROWS }, (_, row) => row % 2);
    const where = { op: 'compare', column: 'fresh', is: '==', value: false };
    expect(await ask({ where }, { mask })).toMatchObject(wanted({ isKept: row => row % 2 === 1 && FRESH[row] === 0 }));
  });
});

describe('exclusions', () => {
  const exclusions = (lists: readonly (readonly number[])[]) => ({
    excludeOffsets: BigInt64Array.from([0, ...lists.map((_, at) => lists.slice(0, at + 1).flat().length)], BigInt),
    excludeIds: BigInt64Array.from(lists.flat(), BigInt)
  });
  const notIn = (lists: readonly (readonly number[])[]) => (row: number, query: number) =>
    !(lists[query] ?? []).includes(IDS[row] ?? NaN);

  test('of a few ids, unknown ones and the same twice leave the next best', async () => {
    const best = wanted().ids;
    const lists = [best[0]?.slice(0, 5), [], [2 ** 52], [best[3]?.[0], best[3]?.[0]], best[4]] as number[][];
    expect(await ask({}, exclusions(lists))).toMatchObject(wanted({ isKept: notIn(lists) }));
  });

  test('of thousands for one query do not touch the others', async () => {
    const best = searchTwin({ items: ITEMS, dimensions: D, queries: QUERIES, k: 3000 }).ids.map(rows =>
      rows.map(row => IDS[row])
    );
    const lists = [[], best[1], best[2]?.slice(0, 2000), [], best[0]?.slice(0, 1)] as number[][];
    const sets = lists.map(list => new Set(list));
    const isKept = (row: number, query: number): boolean => sets[query]?.has(IDS[row] ?? NaN) === false;
    expect(await ask({}, exclusions(lists))).toMatchObject(wanted({ isKept }));
  });

  test.each([5, 2000, 3000])('of one list of %p ids for all queries leave each its next best', async count => {
    const best = searchTwin({ items: ITEMS, dimensions: D, queries: QUERIES, k: count }).ids[1]?.map(row => IDS[row]);
    const unwanted = new Set(best);
    const isKept = (row: number): boolean => !unwanted.has(IDS[row]);
    const excludeIds = BigInt64Array.from(best as number[], BigInt);
    expect(await ask({}, { excludeIds })).toMatchObject(wanted({ isKept }));
  });

  test('of all that there is give nothing', async () => {
    const found = await ask({}, exclusions([IDS, [], [], [], []]));
    expect(found.ids[0]).toEqual([]);
    expect(found.ids.slice(1)).toEqual(wanted().ids.slice(1));
  });

  test('change no diversified answer but their own', async () => {
    const lists = [[], [...(wanted().ids[1] ?? [])], [], [], []] as number[][];
    for (const diversity of [
      { mmr: 0.01, pool: 20 },
      { atMost: 2, column: 'kind' }
    ]) {
      const [alone, beside] = [await ask({ diversity }), await ask({ diversity }, exclusions(lists))];
      for (const query of [0, 2, 3, 4]) expect(beside.ids[query]).toEqual(alone.ids[query]);
      expect(beside.ids[1]).not.toEqual(alone.ids[1]);
    }
  });
});

describe('what is added to scores', () => {
  const boost = gaussians(ROWS, 8).map(value => 3 * value);
  const fresh = Float32Array.from(AGE, age => (Number.isNaN(age) ? 0 : 2.5 * 2 ** (-Math.max(0, 0.75 - age) / 0.1)));
  const recency = { column: 'age', halfLife: 0.1, weight: 2.5, now: 0.75 };

  test('a boost counts', async () => {
    expect(await ask({}, { boost })).toMatchObject(wanted({ boost }));
  });

  test('recency counts, more where time is near, nothing where it is missing', async () => {
    expect(await ask({ recency })).toMatchObject(wanted({ boost: fresh }));
  });

  test('both count together, and with a filter', async () => {
    const both = boost.map((value, row) => value + (fresh[row] ?? NaN));
    const where = { op: 'compare', column: 'kind', is: '!=', value: 'news' };
    const isKept = (row: number): boolean => (KIND[row] ?? NaN) > 0;
    expect(await ask({ recency, where }, { boost })).toMatchObject(wanted({ boost: both, isKept }));
  });
});

describe('several vectors of a person', () => {
  test.each([2, 40])('%p of them: the best of them counts for each row', async m => {
    const vectors = gaussians(3 * m * D, 9);
    const all = searchTwin({ items: ITEMS, dimensions: D, queries: vectors, k: K });
    const want = [0, 1, 2].map(person => {
      const best = new Map<number, number>();
      for (let each = person * m; each < (person + 1) * m; each += 1) {
        all.ids[each]?.forEach((row, place) => {
          best.set(row, Math.max(best.get(row) ?? -Infinity, all.scores[each]?.[place] ?? NaN));
        });
      }
      return [...best].sort(([rowA, a], [rowB, b]) => b - a || rowA - rowB).slice(0, K);
    });
    const found = await search(client, { corpus, k: K }, { queries: [vectors, 3, m, D] });
    expect(found.ids).toEqual(want.map(list => list.map(([row]) => IDS[row])));
    expect(found.scores).toEqual(want.map(list => list.map(([, score]) => score)));
  });

  test('thousands of them take no memory of their own: they are scanned a few at a time', async () => {
    const peaks = async (): Promise<number[]> => {
      const texts = (await runtime.children()).map(child => readFile(`/proc/${child}/status`, 'utf8'));
      return (await Promise.all(texts)).map(text => Number(/VmHWM:\s*(\d+) kB/.exec(text)?.[1]));
    };
    await ask({});
    const before = Math.max(...(await peaks()));
    const vectors = gaussians(8192 * D, 10);
    await search(client, { corpus, k: K }, { queries: [vectors, 1, 8192, D] });
    // All their scores would be 375 MiB.
    expect(Math.max(...(await peaks())) - before).toBeLessThan(150 * 1024);
  });

  test('more than 8192 of them are refused', async () => {
    await expect(
      search(client, { corpus, k: K }, { queries: [new Float32Array(8193 * D), 1, 8193, D] })
    ).rejects.toMatchObject({ code: 'invalid-input', field: 'queries', message: expect.stringMatching(/8193/) });
  });
});

describe('diversity', () => {
  test.each([0, 0.3, 1])('mmr with λ = %p chooses from the pool as the formula says', async lambda => {
    const pool = searchTwin({ items: ITEMS, dimensions: D, queries: QUERIES, k: 60 });
    const unit = normalised(ITEMS, D);
    const similarity = (a: number, b: number): number =>
      unit.subarray(a * D, (a + 1) * D).reduce((sum, value, axis) => sum + value * (unit[b * D + axis] ?? NaN), 0);
    const want = pool.ids.map((rows, query) => {
      const chosen: number[] = [];
      while (chosen.length < K) {
        const worths = rows.map((row, place) => {
          if (chosen.includes(row)) return -Infinity;
          const closest = chosen.length === 0 ? 0 : Math.max(...chosen.map(other => similarity(row, other)));
          return lambda * (pool.scores[query]?.[place] ?? NaN) - (1 - lambda) * closest;
        });
        chosen.push(rows[worths.indexOf(Math.max(...worths))] ?? NaN);
      }
      return chosen.map(row => IDS[row]);
    });
    expect((await ask({ diversity: { mmr: lambda, pool: 60 } })).ids).toEqual(want);
  });

  test.each([1, 3])('at most %p of a category, however far down the others are', async atMost => {
    const found = await ask({
      diversity: { atMost, column: 'kind' },
      where: { op: 'compare', column: 'age', is: '<', value: 0.5 }
    });
    const ranked = searchTwin({
      items: ITEMS,
      dimensions: D,
      queries: QUERIES,
      k: ROWS,
      isKept: row => (AGE[row] ?? NaN) < 0.5
    });
    const want = ranked.ids.map(rows => {
      const counts = new Map<number, number>();
      return rows
        .filter(row => {
          const code = KIND[row] ?? NaN;
          counts.set(code, (counts.get(code) ?? 0) + 1);
          return code < 0 || (counts.get(code) ?? 0) <= atMost;
        })
        .slice(0, K);
    });
    expect(found.ids).toEqual(want.map(rows => rows.map(row => IDS[row])));
  });

  const hasKind = { op: 'not', of: [{ op: 'missing', column: 'kind' }] };

  test('at most one of four categories is found without a look at every row', async () => {
    const ranked = searchTwin({ items: ITEMS, dimensions: D, queries: QUERIES, k: ROWS });
    const want = ranked.ids.map(rows => KINDS.map((_, code) => rows.find(row => KIND[row] === code) ?? NaN));
    const found = await ask({ diversity: { atMost: 1, column: 'kind' }, where: hasKind });
    expect(found.ids.map(ids => [...ids].sort())).toEqual(want.map(rows => rows.map(row => IDS[row]).sort()));
    expect(found.certificate).not.toContain(2);
  });

  test('a category whose only row is the very last is found', async () => {
    const ranked = searchTwin({ items: ITEMS, dimensions: D, queries: QUERIES, k: ROWS }).ids;
    const worst = ranked.map(rows => rows.findLast(row => KIND[row] === 2));
    const mask = Uint8Array.from({ length: B * ROWS }, (_, at) => {
      const [query, row] = [Math.floor(at / ROWS), at % ROWS];
      return Number((KIND[row] === 1 && row % 2 === 0) || row === worst[query]);
    });
    const want = ranked.map((rows, query) => {
      const isKept = (row: number): boolean => mask[query * ROWS + row] === 1 && KIND[row] === 1;
      return [...rows.filter(isKept).slice(0, 2), worst[query] ?? NaN].map(row => IDS[row]);
    });
    const found = await ask({ diversity: { atMost: 2, column: 'kind' } }, { mask: [mask, B, ROWS] });
    expect(found.ids.map(ids => [...ids].sort())).toEqual(want.map(ids => [...ids].sort()));
  });
});

describe('k', () => {
  test('beyond the rows is no error: the rest is -1', async () => {
    const few = await makeCorpus(client, { items: ITEMS.slice(0, 7 * D), dimensions: D });
    const { arrays } = await client.call(
      'corpus.search',
      { corpus: few, k: 10 },
      { arrays: { queries: { shape: [B, D], values: QUERIES } } }
    );
    const want = searchTwin({ items: ITEMS.slice(0, 7 * D), dimensions: D, queries: QUERIES, k: 7 });
    expect([...(arrays['ids']?.values ?? [])].map(Number)).toEqual(want.ids.flatMap(ids => [...ids, -1, -1, -1]));
    expect(arrays['scores']?.shape).toEqual([B, 10]);
    expect([...(arrays['scores']?.values ?? [])].slice(7, 10)).toEqual([-Infinity, -Infinity, -Infinity]);
  });

  test.each([1, 3000, 10_000])('may be %p', async k => {
    expect(await ask({}, {}, k)).toMatchObject(wanted({ k }));
  });
});

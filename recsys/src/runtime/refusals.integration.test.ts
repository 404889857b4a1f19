/** What the real runtime refuses, and that it says which field is wrong. Whatever it was, the corpus answers afterwards as before. */
import { encodeFrame } from './frame.js';
import { fill, makeCorpus, type RuntimeClient, search, views } from './testing/runtime-client.js';
import { RuntimeProcess, until } from './testing/runtime-process.js';
import { gaussians, searchTwin } from './testing/twin.js';

const [ROWS, D] = [1500, 8];
const ITEMS = gaussians(ROWS * D, 1);
const QUERY = gaussians(D, 2);
const COLUMNS = [
  { name: 'age', kind: 'number' as const, values: new Float64Array(ROWS).fill(1) },
  { name: 'kind', kind: 'category' as const, values: new Int32Array(ROWS), texts: ['a', 'b'] },
  { name: 'fresh', kind: 'flag' as const, values: new Uint8Array(ROWS) }
];

let runtime: RuntimeProcess;
let client: RuntimeClient;
let corpus = '';
beforeAll(async () => {
  runtime = await RuntimeProcess.start();
  client = await runtime.connect();
  corpus = await makeCorpus(client, { items: ITEMS, dimensions: D, columns: COLUMNS });
});
afterAll(() => runtime.end());
afterEach(async () => {
  const found = await search(client, { corpus, k: 5 }, { queries: [QUERY, 1, D] });
  expect(found).toMatchObject(searchTwin({ items: ITEMS, dimensions: D, queries: QUERY, k: 5 }));
});

const changed = <T extends Float32Array | Float64Array | Int32Array | BigInt64Array>(
  values: T,
  at: number,
  value: T[number]
): T => {
  const copy = values.slice() as T;
  copy[at] = value;
  return copy;
};

describe('a search', () => {
  const queries = [QUERY, 1, D] as const;
  const offsets = BigInt64Array.of(0n, 1n);
  type Arrays = Parameters<typeof views>[0];
  const compare = (column: string, is: string, value: unknown) => ({ op: 'compare', column, is, value });

  test.each<[string, object, Arrays, string, RegExp]>([
    ['without queries', {}, { queries: undefined as never }, 'queries', /missing/],
    ['with NaN in a query', {}, { queries: [changed(QUERY, 3, NaN), 1, D] }, 'queries', /queries\[0, 3\] is NaN/],
    ['with an infinity', {}, { queries: [changed(QUERY, 0, -Infinity), 1, D] }, 'queries', /is -Infinity/],
    [
      'with another dimension',
      {},
      { queries: [QUERY, 2, D / 2] },
      'queries',
      /shape \[2, 4\]: want \[B, 8\] or \[B, m, 8\]/
    ],
    ['with one dimension only', {}, { queries: QUERY }, 'queries', /shape \[8\]/],
    ['with no query', {}, { queries: [new Float32Array(0), 0, D] }, 'queries', /shape \[0, 8\]/],
    [
      'with queries of float64',
      {},
      { queries: [Float64Array.from(QUERY), 1, D] },
      'queries',
      /Float64Array: want Float32Array/
    ],
    ['with k = 0', { k: 0 }, {}, 'k', /k is 0: want an integer from 1 to 10000/],
    ['with k of a half', { k: 1.5 }, {}, 'k', /1.5/],
    ['with k beyond all', { k: 10_001 }, {}, 'k', /10001/],
    ['with k as text', { k: '5' }, {}, 'k', /"5"/],
    ['with NaN in the boost', {}, { boost: changed(new Float32Array(ROWS), 7, NaN) }, 'boost', /boost\[7\] is NaN/],
    ['with a boost too short', {}, { boost: new Float32Array(ROWS - 1) }, 'boost', /shape \[1499\]: want \[1500\]/],
    ['with a boost of float64', {}, { boost: new Float64Array(ROWS) }, 'boost', /want Float32Array/],
    [
      'with a mask too long',
      {},
      { mask: new Uint8Array(ROWS + 1) },
      'mask',
      /shape \[1501\]: want \[1500\] or \[1, 1500\]/
    ],
    ['with a mask for other queries', {}, { mask: [new Uint8Array(2 * ROWS), 2, ROWS] }, 'mask', /shape \[2, 1500\]/],
    ['with a mask of int32', {}, { mask: new Int32Array(ROWS) }, 'mask', /want Uint8Array/],
    ['with offsets without exclusions', {}, { excludeOffsets: offsets }, 'excludeIds', /missing/],
    [
      'with offsets beyond the ids',
      {},
      { excludeOffsets: BigInt64Array.of(0n, 9n), excludeIds: BigInt64Array.of(1n) },
      'excludeOffsets[1]',
      /is 9/
    ],
    [
      'with exclusions of int32',
      {},
      { excludeOffsets: offsets, excludeIds: Int32Array.of(1) },
      'excludeIds',
      /want BigInt64Array/
    ],
    ['with a filter on no column', { where: compare('old', '<', 1) }, {}, 'where.column', /old/],
    ['with a text for a number', { where: compare('age', '<', 'x') }, {}, 'where.value', /"x"/],
    ['with an order of categories', { where: compare('kind', '<', 'a') }, {}, 'where.is', /"<"/],
    ['with an unknown filter', { where: { op: 'like' } }, {}, 'where.op', /"like"/],
    [
      'with a filter deep down',
      { where: { op: 'not', of: [{ op: 'and', of: [compare('age', '<', 1), 7] }] } },
      {},
      'where.of[0].of[1]',
      /7/
    ],
    [
      'with recency on a category',
      { recency: { column: 'kind', halfLife: 1, weight: 1, now: 0 } },
      {},
      'recency.column',
      /"kind"/
    ],
    [
      'with no half-life',
      { recency: { column: 'age', halfLife: 0, weight: 1, now: 0 } },
      {},
      'recency.halfLife',
      /is 0/
    ],
    ['with a pool smaller than k', { diversity: { mmr: 0.5, pool: 3 } }, {}, 'diversity.pool', /want at least k = 5/],
    ['with λ beyond 1', { diversity: { mmr: 2, pool: 30 } }, {}, 'diversity.mmr', /1/],
    ['diversified by a number', { diversity: { atMost: 1, column: 'age' } }, {}, 'diversity.column', /"age"/],
    [
      'diversified by no column',
      { diversity: { atMost: 1, column: 'toString' } },
      {},
      'diversity.column',
      /"toString"/
    ],
    ['with a parameter nobody knows', { limit: 5 }, {}, 'limit', /limit is no parameter/]
  ])('%s', async (_name, params, arrays, field, message) => {
    const given = Object.fromEntries(Object.entries({ queries, ...arrays }).filter(([, each]) => each !== undefined));
    const call = search(client, { corpus, k: 5, ...params }, given);
    await expect(call).rejects.toMatchObject({ code: 'invalid-input', field, message: expect.stringMatching(message) });
  });

  test('with more answers than a frame holds is refused before it is computed', async () => {
    const call = search(client, { corpus, k: 10_000 }, { queries: [new Float32Array(600 * D), 600, D] });
    await expect(call).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(/at most 559 at once/)
    });
  });
});

describe('rows', () => {
  const ids = BigInt64Array.from({ length: ROWS }, (_, row) => BigInt(row));
  const column = (at: number, values: (typeof COLUMNS)[number]['values']) =>
    COLUMNS.map((each, index) => (index === at ? { ...each, values } : each));

  test.each<[string, Partial<Parameters<typeof makeCorpus>[1]>, string, RegExp]>([
    ['with NaN in the items', { items: changed(ITEMS, 9 * D + 2, NaN) }, 'items', /items\[9, 2\] is NaN/],
    [
      'with an infinity',
      { items: changed(ITEMS, ITEMS.length - 1, Infinity) },
      'items',
      /items\[1499, 7\] is Infinity/
    ],
    ['with a negative id', { ids: changed(ids, 3, -2n) }, 'ids', /ids\[3\] is -2/],
    ['with an id twice', { ids: changed(ids, 1400, 3n) }, 'ids', /ids\[1400\] is 3, and ids\[3\] has it too/],
    [
      'with an infinite number',
      { columns: column(0, changed(new Float64Array(ROWS), 2, Infinity)) },
      'attributes.age',
      /\[2\] is Infinity/
    ],
    [
      'with a code of no category',
      { columns: column(1, changed(new Int32Array(ROWS), 5, 2)) },
      'attributes.kind',
      /code 2 in row 5: want -1 to 1/
    ],
    [
      'with a code below all',
      { columns: column(1, changed(new Int32Array(ROWS), 5, -2)) },
      'attributes.kind',
      /code -2 in row 5/
    ]
  ])('%s are not sealed', async (_name, wrong, field, message) => {
    const call = makeCorpus(client, { items: ITEMS, dimensions: D, columns: COLUMNS, ...wrong });
    await expect(call).rejects.toMatchObject({ code: 'invalid-input', field, message: expect.stringMatching(message) });
  });

  test('of a corpus without a sealed part cannot be searched, nor a part be sealed twice', async () => {
    const { result } = await client.call('corpus.create', { rows: ROWS, dimensions: D, metric: 'ip' });
    const open = { corpus: result['corpus'], part: result['part'] };
    const asked = search(client, { corpus: open.corpus, k: 5 }, { queries: [QUERY, 1, D] });
    await expect(asked).rejects.toMatchObject({ code: 'conflict' });
    await fill(client, result, { items: ITEMS, dimensions: D });
    await expect(client.call('corpus.seal', open)).rejects.toMatchObject({ code: 'not-found', field: 'part' });
    await expect(client.call('corpus.seal', { ...open, part: '../p0' })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('cannot all be removed', async () => {
    const call = client.call('corpus.remove', { corpus }, { arrays: views({ ids }) });
    await expect(call).rejects.toMatchObject({ code: 'invalid-input', field: 'ids' });
    const untyped = client.call('corpus.remove', { corpus }, { arrays: views({ ids: Int32Array.of(1) }) });
    await expect(untyped).rejects.toMatchObject({ code: 'invalid-input', field: 'ids' });
  });

  test.each([0, -1, 1.5, '3', undefined])('cannot be %p more', async rows => {
    await expect(client.call('corpus.append', { corpus, rows })).rejects.toMatchObject({
      code: 'invalid-input',
      field: 'rows'
    });
  });
});

describe('a corpus', () => {
  const usual = { rows: 10, dimensions: 4, metric: 'ip' };
  test.each<[string, object, string, RegExp]>([
    ['of no rows', { rows: 0 }, 'rows', /rows/],
    ['of too many rows', { rows: 2 ** 31 }, 'rows', /rows/],
    ['of another metric', { metric: 'manhattan' }, 'metric', /metric/],
    ['on a device that nobody knows', { device: 'tpu' }, 'device', /auto, cpu or cuda/],
    ['on GPUs that are none', { gpus: '0; rm' }, 'gpus', /indices or UUIDs/],
    [
      'with a column twice',
      {
        columns: [
          { name: 'a', kind: 'flag' },
          { name: 'a', kind: 'flag' }
        ]
      },
      'columns',
      /each name once/
    ],
    [
      'with names of columns that no answer could hold',
      { columns: Array.from({ length: 1000 }, (_, index) => ({ name: `${index}${'x'.repeat(900)}`, kind: 'flag' })) },
      'columns',
      /at most 65536 characters/
    ],
    ['with a column of no kind', { columns: [{ name: 'a', kind: 'text' }] }, 'columns[0].kind', /kind/],
    ['with something nobody knows', { shards: 3 }, '', /shards/]
  ])('%s is not made', async (_name, wrong, field, message) => {
    const call = client.call('corpus.create', { ...usual, ...wrong });
    await expect(call).rejects.toMatchObject({ code: 'invalid-input', field, message: expect.stringMatching(message) });
  });

  test('that needs more memory than there is says both numbers, before anything is made', async () => {
    const before = await runtime.dataFolders();
    const call = client.call('corpus.create', { rows: 2 ** 31 - 1, dimensions: 8192, metric: 'ip' });
    await expect(call).rejects.toMatchObject({
      code: 'memory-exceeded',
      message: expect.stringMatching(/needs .* GiB: there are .* GiB/)
    });
    const more = client.call('corpus.append', { corpus, rows: 2 ** 31 - 1 - ROWS });
    await expect(more).rejects.toMatchObject({ code: 'memory-exceeded' });
    expect(await runtime.dataFolders()).toEqual(before);
  });

  test('of another client is not there for anybody else', async () => {
    const other = await runtime.connect();
    for (const name of [corpus, 'c999', '', null, 7, { toString: 'x' }, 'x'.repeat(10)]) {
      const call = other.call('corpus.info', { corpus: name });
      await expect(call).rejects.toMatchObject({ code: 'not-found', field: 'corpus' });
    }
    await expect(other.call('corpus.close', { corpus })).rejects.toMatchObject({ code: 'not-found' });
    other.close();
  });
});

describe('a request', () => {
  test('for what there is not', async () => {
    await expect(client.call('corpus.explode', { corpus })).rejects.toMatchObject({ code: 'not-found' });
    await expect(client.call('toString')).rejects.toMatchObject({ code: 'not-found' });
    await expect(client.call('hello', { version: 99 })).rejects.toMatchObject({ code: 'unsupported-version' });
  });

  const answersTo = async (asked: object): Promise<unknown> => {
    const [lonely, before] = [await runtime.connect(), Buffer.from('not an array')];
    lonely.send(encodeFrame(asked, [before]));
    const header = await until('there is an answer', () => lonely.unasked[0]?.header);
    lonely.close();
    return header;
  };

  test.each<[string, object, number | null, string]>([
    ['without a method', { id: 4 }, 4, 'method'],
    ['without a number', { method: 'hello' }, null, 'id'],
    ['with a number that is none', { id: 'x', method: 'hello' }, null, 'id'],
    ['with a deadline in the past', { id: 5, method: 'hello', deadlineMs: -1 }, 5, 'deadlineMs'],
    ['with params that are a list', { id: 6, method: 'hello', params: [] }, 6, 'params'],
    ['to cancel what is no number', { cancel: 'all' }, null, 'cancel']
  ])('%s is answered', async (_name, header, id, field) => {
    expect(await answersTo(header)).toMatchObject({ id, error: { code: 'invalid-input', field } });
  });

  test('with arrays that lie is refused by the corpus', async () => {
    const { id, answer } = client.begin('corpus.search', { corpus, k: 1 });
    await expect(answer).rejects.toMatchObject({ field: 'queries' });
    const again = answerOf(id + 1_000_000);
    client.send(
      encodeFrame({
        id: id + 1_000_000,
        method: 'corpus.search',
        params: { corpus, k: 1 },
        arrays: { queries: { dtype: 'float32', shape: [1, D], offset: 64 } }
      })
    );
    expect(await again).toMatchObject({ error: { code: 'invalid-input', field: 'arrays.queries' } });
  });

  test('whose wrong value is as long as a header does not end the runtime by the length of the answer', async () => {
    // Symptom: the answer that repeats it is longer than a frame may be, and an error while answering an error ended everything.
    for (const value of ['"'.repeat(500_000), 'x'.repeat(1024 * 1024 - 100)]) {
      await expect(client.call('corpus.info', { corpus: value })).rejects.toMatchObject({ code: 'not-found' });
      await expect(client.call('corpus.search', { corpus, k: value })).rejects.toMatchObject({ code: 'invalid-input' });
    }
  });

  const answerOf = async (id: number): Promise<unknown> =>
    until('it is answered', () => client.unasked.find(frame => frame.header['id'] === id)?.header);
});

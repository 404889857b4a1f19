/** Corpora of two parts for tests of what changes them: made, changed, and compared with the definition. */
import { append, type Column, makeCorpus, type RuntimeClient, search, views } from './runtime-client.js';
import { gaussians, type Metric, searchTwin } from './twin.js';

export const D = 16;
const K = 10;
const QUERIES = gaussians(4 * D, 1);

/** Rows as a client has them, with the texts of their category. */
export interface Part {
  readonly items: Float32Array;
  readonly ids: readonly number[];
  readonly kinds: readonly string[];
}

export function part(rows: number, seed: number, firstId: number, texts: readonly string[]): Part {
  const ids = Array.from({ length: rows }, (_, row) => firstId + row * 3);
  return { items: gaussians(rows * D, seed), ids, kinds: ids.map(id => texts[id % texts.length] ?? '') };
}

function columnsOf({ kinds }: Part): Column[] {
  const texts = [...new Set(kinds)].sort();
  return [{ name: 'kind', kind: 'category', values: Int32Array.from(kinds, kind => texts.indexOf(kind)), texts }];
}

export const rowsOf = (each: Part) => ({
  items: each.items,
  dimensions: D,
  ids: BigInt64Array.from(each.ids, BigInt),
  columns: columnsOf(each)
});

export const A = part(3000, 2, 10, ['ox', 'bee', 'cat']);
export const B = part(1100, 3, 20_000, ['dog', 'cat']);

/** @param client  asked for when it is needed: tests connect later */
export function changesWith(client: () => RuntimeClient) {
  async function made(parts: readonly Part[] = [A, B], metric: Metric = 'ip'): Promise<string> {
    const [first, ...others] = parts;
    const corpus = await makeCorpus(client(), { ...rowsOf(first as Part), metric });
    for (const other of others) await append(client(), corpus, rowsOf(other));
    return corpus;
  }

  /** The corpus answers as one of just these parts, without what was removed; by kind too. */
  async function expectLike(
    corpus: string,
    parts: readonly Part[],
    metric: Metric = 'ip',
    removed = new Set<number>()
  ) {
    const items = Float32Array.from(parts.flatMap(each => [...each.items]));
    const [ids, kinds] = [parts.flatMap(each => each.ids), parts.flatMap(each => each.kinds)];
    const queries = [QUERIES, QUERIES.length / D, D] as const;
    for (const kind of [undefined, 'cat', 'dog']) {
      const isKept = (row: number): boolean =>
        !removed.has(ids[row] ?? NaN) && (kind === undefined || kinds[row] === kind);
      const want = searchTwin({ items, dimensions: D, metric, queries: QUERIES, k: K, isKept });
      const where = { op: 'compare', column: 'kind', is: '==', value: kind };
      const found = await search(client(), { corpus, k: K, ...(kind === undefined ? {} : { where }) }, { queries });
      expect(found.ids).toEqual(want.ids.map(rows => rows.map(row => ids[row])));
      expect(found.scores).toEqual(want.scores);
    }
  }

  const call = async (method: string, params: object, arrays = {}) =>
    (await client().call(method, { ...params }, { arrays: views(arrays) })).result;
  const remove = (corpus: string, ids: readonly number[]) =>
    call('corpus.remove', { corpus }, { ids: BigInt64Array.from(ids, BigInt) });

  return { made, expectLike, call, remove };
}

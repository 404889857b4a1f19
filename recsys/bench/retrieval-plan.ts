/** What the retrieval bench measures: which calls, by whom, and who is compared with whom. */

export type Role = 'native' | 'torch';

/** As `Case` in retrieval_data.py reads it. */
export interface Case {
  readonly name: string;
  readonly batch: number;
  readonly calls: number;
  /** Of the rows, what the filter keeps; null: no filter. */
  readonly share: number | null;
}

export const CASES: readonly Case[] = [
  { name: 'b1', batch: 1, calls: 16, share: null },
  { name: 'b32', batch: 32, calls: 4, share: null },
  { name: 'b256', batch: 256, calls: 1, share: null },
  { name: 'filtered_1pct', batch: 32, calls: 4, share: 0.01 },
  { name: 'filtered_1pct_b1', batch: 1, calls: 16, share: 0.01 },
  { name: 'filtered_50pct', batch: 32, calls: 2, share: 0.5 },
  { name: 'filtered_001pct', batch: 32, calls: 4, share: 0.0001 }
];

export const OURS = 'ours';

/** Candidates that hnswlib keeps: its accuracy is a choice, so there is a quick one and a thorough one. */
const HNSW = ['hnswlib_ef400', 'hnswlib_ef6400'];
const UNFILTERED: Readonly<Record<string, Role>> = { faiss: 'native', usearch: 'native', torch: 'torch' };
const FILTERED: Readonly<Record<string, Role>> = {
  faiss_bitmap: 'native',
  faiss_batch: 'native',
  ...Object.fromEntries(HNSW.map(name => [name, 'native' as const])),
  torch_gather: 'torch',
  torch_mask: 'torch'
};

export function peersOf({ share }: Case): Readonly<Record<string, Role>> {
  return share === null ? UNFILTERED : FILTERED;
}

/** Which library a measured peer belongs to. */
export const libraryOf = (who: string): string => who.split('_')[0] ?? who;

/** Ratios of a case: the fastest of a list of peers. Filters: of the libraries that have one; PyTorch, which has none, beside. */
export function ratiosOf({ name, share }: Case): Readonly<Record<string, readonly string[]>> {
  if (share === null) {
    const each = Object.fromEntries(Object.keys(UNFILTERED).map(who => [`${who}_${name}`, [who]]));
    return { ...each, [`best_${name}`]: Object.keys(UNFILTERED) };
  }
  const all = Object.keys(FILTERED);
  return {
    [name]: [...all.filter(who => libraryOf(who) !== 'torch'), 'usearch_filter'],
    [`torch_${name}`]: all.filter(who => libraryOf(who) === 'torch')
  };
}

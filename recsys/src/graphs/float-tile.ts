import { type Graph, GraphBuilder, int64s, type Initializer } from '../onnx/index.js';
import { type ItemTile, stripsOf, type TileLimits } from './item-tile.js';
import { bestOfStrips, bestRows, type BestRows, outputBest } from './top-candidates.js';

const FLOAT_BYTES = 4;
const BY_ROW = { axis: { int: 0 } };

/** What a run of a float tile does. */
export const TILE_MODES = {
  /** The best rows for each query. */
  scan: { isScan: true, isAdded: false, isRanked: false },
  /** The same with something added to each row's score. */
  'scan-added': { isScan: true, isAdded: true, isRanked: false },
  /** The best of chosen rows, something added to each. */
  'scan-chosen': { isScan: false, isAdded: true, isRanked: true },
  /** The items of chosen rows. */
  gather: { isScan: false, isAdded: false, isRanked: false }
} as const;

/**
 * All that is done with the float32 items of one tile, in one graph and so in one session: what two sessions map, counts twice.
 *
 * Inputs   isScan, isAdded, isRanked bool[1]: see TILE_MODES. queries f32[B, d]; k i64[1]; added f32[rows], or f32[C] where rows are chosen
 *          (-Infinity leaves a row out); chosen_0 … i32, for each strip the chosen rows counted in it, C in all. What a mode does not
 *          need may be of length 1.
 * Outputs  values f32[B, k] descending and rows i32[B, k]: rows of the tile, or places among the chosen; equal values: the smaller row first
 *          (on the CPU). `gather`: values f32[C, d].
 * Limits   k at most the rows of the shortest strip, or C.
 * Accuracy see `floatScanError`.
 * Cost     O(B · rows · d) time; memory B · 260,096 · 4 bytes at most beside the mapped tile.
 */
export function floatTile(tile: ItemTile, limits?: TileLimits): Graph {
  const g = new GraphBuilder('float-tile');
  const strips = stripsOf(tile, limits);
  const inputs: TileInputs = {
    queries: g.input('queries', 'float32', ['B', tile.dimensions]),
    k: g.input('k', 'int64', [1]),
    added: g.input('added', 'float32', ['A']),
    chosen: strips.map((_, index) => g.input(`chosen_${index}`, 'int32', [`C_${index}`])),
    items: strips.map((strip, index) => g.initializer({ ...floatItems(strip), name: `items_${index}` })),
    strips: strips.map(({ firstRow, rows }) => ({ firstRow: firstRow - tile.firstRow, rows }))
  };
  const [isScan, isAdded, isRanked] = ['isScan', 'isAdded', 'isRanked'].map(name => g.input(name, 'bool', [1]));
  const scan = (outer: GraphBuilder): Graph =>
    either(
      outer.subgraph('scan'),
      isAdded ?? '',
      a => scanned(a, inputs, true),
      a => scanned(a, inputs, false)
    );
  const choose = (outer: GraphBuilder): Graph =>
    either(
      outer.subgraph('choose'),
      isRanked ?? '',
      a => ranked(a, inputs),
      a => gathered(a, inputs)
    );
  const branches = { then_branch: { graph: scan(g) }, else_branch: { graph: choose(g) } };
  g.nodes('If', [isScan ?? ''], branches, { as: ['values', 'rows'] });
  g.output('values', 'float32', ['B', 'K']);
  g.output('rows', 'int32', ['B', 'K']);
  return g.build();
}

interface TileInputs {
  readonly queries: string;
  readonly k: string;
  readonly added: string;
  readonly chosen: readonly string[];
  readonly items: readonly string[];
  readonly strips: readonly { readonly firstRow: number; readonly rows: number }[];
}

/** A graph that is one of two, which both end with values and rows. */
function either(
  g: GraphBuilder,
  condition: string,
  yes: (g: GraphBuilder) => void,
  no: (g: GraphBuilder) => void
): Graph {
  const [then, otherwise] = [g.subgraph('yes'), g.subgraph('no')];
  yes(then);
  no(otherwise);
  const branches = { then_branch: { graph: then.build() }, else_branch: { graph: otherwise.build() } };
  const [values, rows] = g.node2('If', [condition], branches);
  g.output(values, 'float32', ['B', 'K']);
  g.output(rows, 'int32', ['B', 'K']);
  return g.build();
}

function scanned(g: GraphBuilder, { queries, k, added, items, strips }: TileInputs, isAdded: boolean): void {
  const lengths = strips.map(({ rows }) => rows);
  const parts = isAdded ? split(g, added, lengths) : [];
  const best = strips.map(({ firstRow }, index): BestRows => {
    const terms = [queries, items[index] ?? '', ...parts.slice(index, index + 1)];
    const { values, indices } = bestRows(g, g.node('Gemm', terms, { transB: { int: 1 } }), k);
    const start = g.initializer(int64s(`${g.name}_start_${index}_${isAdded}`, [firstRow]));
    return { values, indices: g.node('Add', [indices, start]) };
  });
  outputBest(g, bestOfStrips(g, best, k));
}

function ranked(g: GraphBuilder, inputs: TileInputs): void {
  const { queries, k, added } = inputs;
  const scores = g.node('Gemm', [queries, gather(g, inputs), added], { transB: { int: 1 } });
  outputBest(g, bestRows(g, scores, k));
}

function gathered(g: GraphBuilder, inputs: TileInputs): void {
  g.output(gather(g, inputs), 'float32', ['C', 'D']);
  g.output(g.node('Identity', [inputs.chosen[0] ?? '']), 'int32', ['C']);
}

function gather(g: GraphBuilder, { items, chosen }: TileInputs): string {
  const parts = items.map((item, index) => g.node('Gather', [item, chosen[index] ?? ''], BY_ROW));
  return parts.length === 1 ? (parts[0] ?? '') : g.node('Concat', parts, BY_ROW);
}

function split(g: GraphBuilder, values: string, lengths: readonly number[]): readonly string[] {
  if (lengths.length === 1) return [values];
  const as = lengths.map((_, index) => `${g.name}_added_${index}`);
  return g.nodes('Split', [values, g.initializer(int64s(`${g.name}_lengths`, lengths))], BY_ROW, { as });
}

/** The rows of a tile as a mapped initializer f32[rows, d]. */
export function floatItems({ file, firstRow, rows, dimensions }: ItemTile): Initializer {
  const rowBytes = dimensions * FLOAT_BYTES;
  const data = { file, offset: firstRow * rowBytes, length: rows * rowBytes };
  return { name: 'items', type: 'float32', shape: [rows, dimensions], data };
}

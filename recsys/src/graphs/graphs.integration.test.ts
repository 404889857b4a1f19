/**
 * The graphs in ONNX Runtime: their answers are those of plain loops within the stated errors, and ONNX's own checker and reference evaluator agree.
 *
 * @jest-environment ./scripts/jest-native-arrays.cjs
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { blockLayout, floatScanError, quantisedScanError, quantiseQuery, quantiseRows } from '../kernels/index.js';
import { norm, randomFrom } from '../kernels/testing/nasty-vectors.js';
import { budgetPassGraph } from './budget-pass.js';
import { DEVICE_CANDIDATES, deviceScan } from './device-scan.js';
import { floatTile, TILE_MODES } from './float-tile.js';
import { type ItemTile, stripsOf } from './item-tile.js';
import type { PassCap, PassShape } from './pass-shape.js';
import { quantisedScan } from './quantised-scan.js';
import { type GraphCase, GraphOnDisk, type Inputs } from './testing/graph-case.js';

const python = process.env['BERTH_TEST_RECSYS_PYTHON'];
const why = python === undefined ? ' (skipped: BERTH_TEST_RECSYS_PYTHON names no interpreter with onnx)' : '';

/** The tile begins behind other rows of its file. */
const [FILE_ROWS, FIRST_ROW, ROWS] = [4000, 1024, 2900];
const STRIPS = { 'one strip': undefined, 'three strips': { tileRows: 4096, stripRows: 1024 } };
const SHORTEST_STRIP = ROWS - 2048;
const B = 3;

const channel = (width: number, cap: PassCap, isCounted = true) => ({ width, cap, isCounted });
const PASSES: Readonly<Record<string, PassShape>> = {
  free: { channels: [channel(5, undefined)], personCap: undefined, isShared: true },
  nobody: { channels: [channel(5, 0)], personCap: undefined, isShared: false },
  one: { channels: [channel(7, 1)], personCap: undefined, isShared: true },
  three: { channels: [channel(7, 3)], personCap: undefined, isShared: false },
  each: { channels: [channel(7, 'each')], personCap: undefined, isShared: true },
  nested: { channels: [channel(3, 1), channel(4, 2), channel(2, undefined)], personCap: 2, isShared: true },
  'nested, some not counted': {
    channels: [channel(3, 'each'), channel(4, 2, false), channel(2, undefined), channel(2, undefined, false)],
    personCap: 'each',
    isShared: false
  },
  'wide, one': { channels: [channel(70, 1)], personCap: undefined, isShared: false },
  'wide, nested': { channels: [channel(70, 3), channel(3, 2)], personCap: 4, isShared: true }
};

type Draw = (random: () => number) => number;
/** Whole numbers: every sum is exact, and many are equal. */
const WHOLE: Draw = random => Math.round(6 * random() - 3);
const REAL: Draw = random => 2 * random() - 1;

function drawn(count: number, seed: number, draw: Draw): Float32Array {
  const random = randomFrom(seed);
  return Float32Array.from({ length: count }, () => draw(random));
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-graphs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const k = (count: number): BigInt64Array => BigInt64Array.of(BigInt(count));
const flags = (mode: keyof typeof TILE_MODES): Inputs =>
  Object.fromEntries(Object.entries(TILE_MODES[mode]).map(([name, isSet]) => [name, Uint8Array.of(Number(isSet))]));

/** What each mode needs, and of the others something of length 1. */
function tileInputs(
  mode: keyof typeof TILE_MODES,
  strips: readonly ItemTile[],
  draw: Draw,
  d: number,
  count: number
): Inputs {
  const some = strips.map((_, index) => Int32Array.from({ length: 40 - 7 * index }, (_, place) => place * (index + 3)));
  const chosen = some.reduce((sum, each) => sum + each.length, 0);
  const added = mode === 'scan-chosen' ? drawn(chosen, 8, draw) : drawn(ROWS, 8, draw);
  for (let row = 0; row < added.length; row += 5) added[row] = -Infinity;
  const isChosen = mode === 'scan-chosen' || mode === 'gather';
  return {
    ...flags(mode),
    queries: [drawn(B * d, 9, draw), B, d],
    k: k(mode === 'scan-chosen' ? Math.min(count, chosen) : count),
    added: mode === 'scan' || mode === 'gather' ? new Float32Array(1) : added,
    ...Object.fromEntries(some.map((rows, index) => [`chosen_${index}`, isChosen ? rows : Int32Array.of()]))
  };
}

const tile = (d: number): ItemTile => ({ file: 'items.f32', firstRow: FIRST_ROW, rows: ROWS, dimensions: d });

function quantised(items: Float32Array, d: number) {
  const { block, blocks } = blockLayout(d);
  const rows = items.length / d;
  const [numbers, scales] = [new Uint8Array(rows * block * blocks), new Float32Array(rows * blocks)];
  const loss = quantiseRows(items, d, numbers, scales);
  return { files: { 'items.u8': numbers, 'items.scales': scales }, layout: { block, blocks }, loss };
}

async function quantisedGraph(name: string, items: Float32Array, d: number, part: { firstRow: number; rows: number }) {
  const { files, layout, loss } = quantised(items, d);
  const graph = quantisedScan({ file: 'items.u8', scaleFile: 'items.scales', dimensions: d, ...layout, ...part });
  return { graph: await GraphOnDisk.make(folder, name, graph, files, true), loss };
}

describe('in ONNX Runtime', () => {
  /** Vectors on which kernels saturate, underflow or cancel, if they do. */
  const NASTY: Readonly<Record<string, (axis: number, row: number, random: () => number) => number>> = {
    'at the largest number everywhere': () => 1,
    'of both signs at the largest': (axis, row) => ((axis + row) % 2 === 0 ? 1 : -1),
    'with one dominant coordinate': (axis, row, random) => (axis === row % 3 ? 50 : random() * 0.01),
    huge: (_axis, _row, random) => (2 * random() - 1) * 2 ** 55,
    tiny: (_axis, _row, random) => (2 * random() - 1) * 2 ** -60,
    'below the normal numbers': (_axis, _row, random) => (2 * random() - 1) * 2 ** -130,
    'with rows of zeros': (_axis, row, random) => (row % 2 === 0 ? 0 : random() - 0.5),
    'of all magnitudes': (_axis, _row, random) => (2 * random() - 1) * 2 ** Math.floor(60 * random() - 30)
  };
  const rows = 300;
  const product = (items: Float32Array, query: Float32Array, row: number): number =>
    query.reduce((sum, value, axis) => sum + value * (items[row * query.length + axis] ?? NaN), 0);

  describe.each(Object.keys(NASTY))('on vectors %s', name => {
    test.each([3, 33, 128, 300])('scans of %p dimensions are off by no more than is said', async d => {
      const random = randomFrom(d);
      const make = (count: number) =>
        Float32Array.from(
          { length: count * d },
          (_, index) => NASTY[name]?.(index % d, Math.floor(index / d), random) ?? NaN
        );
      const [items, query] = [make(rows), make(1)];
      const norms = Array.from({ length: rows }, (_, row) => norm(items.subarray(row * d, (row + 1) * d)));
      const magnitudes = { dimensions: d, queryNorm: norm(query), maxItemNorm: Math.max(...norms), maxAdded: 0 };
      const largestOff = ({ values, rows: found }: { values: Float32Array; rows: Int32Array }): number =>
        Math.max(...values.map((value, place) => Math.abs(value - product(items, query, found[place] ?? NaN))));
      const folderName = `${name}-${d}`.replaceAll(' ', '-');

      const whole = { file: 'items.f32', firstRow: 0, rows, dimensions: d };
      const scan = await GraphOnDisk.make(folder, folderName, floatTile(whole), { 'items.f32': items });
      const best = await scan.run({ ...tileInputs('scan', [whole], WHOLE, d, rows), queries: [query, 1, d] });
      expect(new Set(best.rows).size).toBe(rows);
      expect(largestOff(best)).toBeLessThanOrEqual(floatScanError(magnitudes));
      await scan.release();

      const { graph, loss } = await quantisedGraph(`${folderName}-8-bit`, items, d, { firstRow: 0, rows });
      const rounded = quantiseQuery(query);
      const inputs = { queries: [rounded.values, 1, d], k: k(rows), added: new Float32Array(rows) } as const;
      expect(largestOff(await graph.run(inputs))).toBeLessThanOrEqual(quantisedScanError(magnitudes, loss, rounded));
      await graph.release();
    });
  });

  test('equal scores come in the order of the rows, also across strips', async () => {
    const [d, items] = [2, new Float32Array(FILE_ROWS * 2).fill(1)];
    const graph = await GraphOnDisk.make(folder, 'ties', floatTile(tile(d), STRIPS['three strips']), {
      'items.f32': items
    });
    const strips = stripsOf(tile(d), STRIPS['three strips']);
    const best = await graph.run(tileInputs('scan', strips, () => 1, d, SHORTEST_STRIP));
    expect(best.rows.slice(0, SHORTEST_STRIP)).toEqual(Int32Array.from({ length: SHORTEST_STRIP }, (_, row) => row));
    await graph.release();
  });
});

(python === undefined ? describe.skip : describe)(`in ONNX itself${why}`, () => {
  test('the checker finds nothing, and the reference evaluator answers as ONNX Runtime does', async () => {
    const cases: GraphCase[] = [];
    for (const [kind, draw] of Object.entries({ whole: WHOLE, real: REAL })) {
      for (const [strips, limits] of Object.entries(STRIPS))
        cases.push(...(await tileCases(kind, draw, strips, limits)));
      for (const d of [5, 32, 33, 128, 129, 300]) cases.push(...(await quantisedCases(kind, draw, d)));
      for (const block of [ROWS, 725, 512]) cases.push(...(await deviceCases(kind, draw, block)));
    }
    for (const [name, shape] of Object.entries(PASSES)) cases.push(...(await passCases(name, shape)));
    await writeFile(join(folder, 'cases.json'), JSON.stringify(cases));
    const script = join(__dirname, 'check_graphs.py');
    const { stdout } = await promisify(execFile)(python ?? '', [script, folder], { maxBuffer: 2 ** 24 });
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(cases.map(({ name }) => [name, []])));
  });

  async function tileCases(kind: string, draw: Draw, strips: string, limits?: (typeof STRIPS)['three strips']) {
    const [d, name] = [9, `tile-${kind}-${strips.replace(' ', '-')}`];
    const items = drawn(FILE_ROWS * d, 3, draw);
    const graph = await GraphOnDisk.make(folder, name, floatTile(tile(d), limits), { 'items.f32': items });
    const made: GraphCase[] = [];
    for (const mode of Object.keys(TILE_MODES) as (keyof typeof TILE_MODES)[]) {
      for (const count of [1, 10, SHORTEST_STRIP]) {
        const inputs = tileInputs(mode, stripsOf(tile(d), limits), draw, d, count);
        const error = floatScanError({ dimensions: d, queryNorm: 3, maxItemNorm: 3, maxAdded: 1 });
        made.push(await graph.case(`${mode}-${count}`, inputs, kind === 'whole' || mode === 'gather' ? 0 : 2 * error));
      }
    }
    await graph.release();
    return made;
  }

  async function passCases(name: string, shape: PassShape) {
    const [people, options] = [50, 9];
    const width = shape.channels.reduce((sum, channel) => sum + channel.width, 0);
    const graph = await GraphOnDisk.make(folder, `pass-${name}`, budgetPassGraph(shape), {});
    const value = drawn(width * people, 12, REAL).map((each, cell) => (cell % 5 === 0 ? -1e30 : each));
    const caps = (rows: number): Float32Array => Float32Array.from({ length: rows * people }, (_, at) => at % 4);
    const inputs = (smoothing: number): Inputs => ({
      value: [value, width, people],
      smoothing: Float32Array.of(smoothing),
      inverse: Float32Array.of(1 / smoothing),
      price: shape.isShared ? [drawn(width, 13, REAL), width, 1] : drawn(options, 13, REAL),
      ...(shape.isShared ? {} : { option: [Int32Array.from(value, (_, cell) => cell % options), width, people] }),
      ...(shape.personCap === 'each' ? { person_cap: [caps(1), 1, people] } : {}),
      ...(shape.channels.some(({ cap }) => cap === 'each')
        ? { channel_caps: [caps(shape.channels.length), shape.channels.length, people] }
        : {})
    });
    const made = [await graph.case('smooth', inputs(0.5), 1e-4), await graph.case('sharp', inputs(2 ** -20), 1e-4)];
    await graph.release();
    return made;
  }

  /** In one block, in blocks of the same length, and with a last one that is filled up. */
  async function deviceCases(kind: string, draw: Draw, blockRows: number) {
    const d = 9;
    const items = drawn(FILE_ROWS * d, 3, draw);
    const graph = await GraphOnDisk.make(folder, `device-${kind}-${blockRows}`, deviceScan(tile(d), blockRows), {
      'items.f32': items
    });
    const error = floatScanError({ dimensions: d, queryNorm: 3, maxItemNorm: 3, maxAdded: 1 });
    const made: GraphCase[] = [];
    for (const mode of ['scan', 'scan-added'] as const) {
      const { queries, added } = tileInputs(mode, [tile(d)], draw, d, DEVICE_CANDIDATES) as Required<Inputs>;
      const inputs = { queries, added } as Inputs;
      made.push(await graph.case(mode, inputs, kind === 'whole' ? 0 : 2 * error));
    }
    await graph.release();
    return made;
  }

  async function quantisedCases(kind: string, draw: Draw, d: number) {
    const items = drawn(ROWS * d, 4, draw);
    // With 127 in every block, whole numbers are their own copies.
    const { block } = blockLayout(d);
    const withLargest = (values: Float32Array): Float32Array =>
      kind === 'whole' ? values.map((value, index) => ((index % d) % block === 0 ? 127 : value)) : values;
    const part = { firstRow: 1024, rows: ROWS - 1024 };
    const { graph, loss } = await quantisedGraph(`8-bit-${kind}-${d}`, withLargest(items), d, part);
    const queries = withLargest(drawn(B * d, 5, draw));
    let queryNorm = 0;
    for (let query = 0; query < B; query += 1) {
      const rounded = quantiseQuery(queries.subarray(query * d, (query + 1) * d));
      queries.set(rounded.values, query * d);
      queryNorm = Math.max(queryNorm, rounded.norm);
    }
    const added = drawn(part.rows, 6, draw).map((value, row) => (row % 7 === 0 ? -Infinity : value));
    const error = floatScanError({ dimensions: d, queryNorm, maxItemNorm: loss.maxNorm, maxAdded: 3 });
    const made = [];
    for (const count of [1, 20, part.rows]) {
      const inputs = { queries: [queries, B, d], k: k(count), added } as const;
      made.push(await graph.case(`best-${count}`, inputs, kind === 'whole' ? 0 : 2 * error));
    }
    await graph.release();
    return made;
  }
});

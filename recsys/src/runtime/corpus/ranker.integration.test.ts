/**
 * Rows of a corpus lie in parts, tiles and strips; answers must not depend on where. With tiles and strips so small that a few thousand
 * rows have many of them, in ONNX Runtime.
 *
 * @jest-environment ./scripts/jest-native-arrays.cjs
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFrom } from '../../kernels/testing/nasty-vectors.js';
import { Control } from '../control.js';
import { gaussians, type Metric, normalised, searchTwin } from '../testing/twin.js';
import type { SessionOptions } from './create-session.js';
import { itemsFile } from './manifest.js';
import { Part } from './part.js';
import { CERTIFICATES, Ranker } from './ranker.js';
import { Scope } from './scope.js';

const [D, K] = [20, 10];
/** Three tiles, the last with one strip; and one tile of one strip. */
const PART_ROWS = [5000, 900];
const ROWS = 5900;
const LIMITS = { tileRows: 2048, stripRows: 1024 };
const ITEMS = gaussians(ROWS * D, 1);
const QUERIES = gaussians(12 * D, 2);
const control = new Control(undefined, () => 0);

let folder = '';
let parts: Part[] = [];
afterEach(async () => {
  for (const part of parts) await part.release();
  await rm(folder, { recursive: true, force: true });
});

async function makeParts(items: Float32Array, more: Partial<SessionOptions> = {}): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'berth-parts-'));
  parts = [];
  let firstRow = 0;
  for (const [index, rows] of PART_ROWS.entries()) {
    const some = items.subarray(firstRow * D, (firstRow + rows) * D);
    await writeFile(join(folder, itemsFile(`p${index}`)), some);
    const maxNorm = Math.max(
      ...Array.from({ length: rows }, (_, row) => Math.hypot(...some.subarray(row * D, (row + 1) * D)))
    );
    const options = { folder, scratch: folder, threads: 2, limits: LIMITS, ...more };
    parts.push(new Part({ name: `p${index}`, rows, maxNorm: maxNorm * (1 + 1e-9) }, firstRow, D, options));
    firstRow += rows;
  }
}

/** What a GPU computes, computed by the CPU: the same graph, the same stages. */
const DEVICE_SCANS = { deviceScans: { provider: 'cpu', limits: { tileRows: 2048, stripRows: 512 } } } as const;

describe.each<Metric>(['ip', 'cosine', 'l2'])('by %s', metric => {
  const items = metric === 'cosine' ? normalised(ITEMS, D) : ITEMS;
  const queries = metric === 'cosine' ? normalised(QUERIES, D) : QUERIES;
  const boost = gaussians(ROWS, 3);
  const squares = Float32Array.from({ length: ROWS }, (_, row) => -items.subarray(row * D, (row + 1) * D).reduce((sum, x) => sum + x * x, 0)); // prettier-ignore
  const scanOnly = metric === 'l2' ? squares : undefined;

  /** Ranks queries over a share of the rows, expects what the twin says, and returns the certificates. */
  async function rank(ranker: Ranker, share: number, count: number, isBoosted: boolean): Promise<number[]> {
    const keep = Uint8Array.from({ length: ROWS }, (_, row) => Number(((row * 7919) % 1000) / 1000 < share));
    const some = queries.subarray(0, count * D);
    const scope = new Scope({ rows: ROWS, keep, scanOnly, boost: isBoosted ? boost : undefined });
    const found = await ranker.rank(some, scope, K, control);
    const twin = { items, dimensions: D, queries: some, k: K, isKept: (row: number) => keep[row] === 1 };
    const want = searchTwin({ ...twin, metric: metric === 'l2' ? 'l2' : 'ip', ...(isBoosted ? { boost } : {}) });
    expect(found.map(({ rows }) => [...rows])).toEqual(want.ids);
    expect(found.map(({ scores }) => [...scores])).toEqual(want.scores);
    return found.map(({ certificate }) => certificate);
  }

  test('the best rows are found in whatever part, tile and strip they are, by each kind of scan', async () => {
    await makeParts(items);
    const ranker = new Ranker({ metric, dimensions: D, parts, now: () => 0 });
    for (const isBoosted of [false, true]) {
      // All rows in place, a fifth gathered, and so few that each is scored.
      expect(await rank(ranker, 1, 12, isBoosted)).not.toContain(0);
      expect(await rank(ranker, 0.2, 12, isBoosted)).not.toContain(0);
      expect(await rank(ranker, 0.01, 12, isBoosted)).toEqual(new Array(12).fill(2));
    }
    for (const part of parts) while (!part.quantised.isReady) await part.quantised.advance(async () => undefined);
    for (const isBoosted of [false, true]) {
      expect(await rank(ranker, 1, 5, isBoosted)).toContain(0);
      expect(await rank(ranker, 0.5, 5, isBoosted)).toContain(0);
      expect(await rank(ranker, 0.05, 5, isBoosted)).not.toContain(0);
    }
  });

  test('a device that scans whole tiles gives the same answers', async () => {
    await makeParts(items, DEVICE_SCANS);
    const ranker = new Ranker({ metric, dimensions: D, parts, now: () => 0 });
    for (const isBoosted of [false, true]) {
      for (const share of [1, 0.5, 0.2]) {
        for (const count of [1, 12]) {
          expect(await rank(ranker, share, count, isBoosted)).toEqual(new Array(count).fill(CERTIFICATES.device));
        }
      }
    }
  });
});

test('vectors are those of the rows that were asked for, in their order, also twice', async () => {
  await makeParts(ITEMS);
  const random = randomFrom(4);
  for (const part of parts) {
    const rows = Int32Array.from({ length: 700 }, () => Math.floor(random() * part.rows));
    const want = Float32Array.from(rows).length * D;
    const found = await part.vectors(rows);
    expect(found).toHaveLength(want);
    rows.forEach((row, place) => {
      const at = (part.firstRow + row) * D;
      expect(found.subarray(place * D, (place + 1) * D)).toEqual(ITEMS.subarray(at, at + D));
    });
  }
  expect(await parts[0]?.vectors(new Int32Array(0))).toEqual(new Float32Array(0));
});

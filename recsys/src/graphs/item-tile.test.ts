import fc from 'fast-check';
import { MAX_CANDIDATES as MOST_PLANNED } from '../kernels/index.js';
import { type ItemTile, MAX_CANDIDATES, sessionTiles, stripsOf } from './item-tile.js';

const rows = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  fc.integer({ min: 1, max: 3_000_000 }),
  fc.integer({ min: -2, max: 2 }).chain(off => fc.integer({ min: 1, max: 100 }).map(times => times * 32_768 + off)),
  fc.integer({ min: -2, max: 2 }).chain(off => fc.integer({ min: 1, max: 20 }).map(times => times * 260_096 + off))
);
const dimensions = fc.oneof(fc.constantFrom(1, 32, 64, 128, 768, 1024, 4096, 8192), fc.integer({ min: 1, max: 8192 }));

/** Each begins where the one before ends. */
function expectToCover(parts: readonly ItemTile[], firstRow: number, count: number): void {
  expect(parts[0]?.firstRow).toBe(firstRow);
  parts.forEach((part, index) =>
    expect(part.firstRow + part.rows).toBe(parts[index + 1]?.firstRow ?? firstRow + count)
  );
  expect(parts.every(part => part.rows > 0)).toBe(true);
}

describe('sessionTiles', () => {
  test('cover all rows once, in order, at boundaries of pages', () => {
    fc.assert(
      fc.property(rows, dimensions, (count, d) => {
        // 2^31 rows of 8192 are a hundred thousand tiles: that many need not be looked at.
        const some = Math.min(count, 2 ** 36 / d);
        const tiles = sessionTiles('items.f32', Math.ceil(some), d);
        expectToCover(tiles, 0, Math.ceil(some));
        expect(tiles.every(({ firstRow }) => firstRow % 1024 === 0)).toBe(true);
        expect(tiles.every(tile => tile.file === 'items.f32' && tile.dimensions === d)).toBe(true);
      })
    );
  });

  test('take a bounded time: at most 2^27 products a query, but for those that have to hold all candidates', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000 }), dimensions, (count, d) => {
        for (const tile of sessionTiles('x', count, d)) {
          expect(tile.rows).toBeLessThanOrEqual(Math.max(2 * MAX_CANDIDATES, 2 ** 27 / d));
        }
      })
    );
  });

  test('a million rows of 128 are one tile, and a strip is a quarter of it', () => {
    const tiles = sessionTiles('x', 1_000_000, 128);
    expect(tiles).toHaveLength(1);
    expect(tiles.flatMap(tile => stripsOf(tile)).map(strip => strip.rows)).toEqual([
      250_880, 250_880, 250_880, 247_360
    ]);
  });
});

describe('stripsOf', () => {
  const tile = fc
    .tuple(fc.integer({ min: 1, max: 8_000_000 }), dimensions)
    .chain(([count, d]) => fc.constantFrom(...sessionTiles('items.f32', count, d)));

  test('cover the tile once, counted in the file, at boundaries of pages', () => {
    fc.assert(
      fc.property(tile, each => {
        const strips = stripsOf(each);
        expectToCover(strips, each.firstRow, each.rows);
        expect(strips.every(({ firstRow }) => firstRow % 1024 === 0)).toBe(true);
      })
    );
  });

  test('a scan is never asked for more candidates than the shortest strip has rows', () => {
    // TopK of a strip fails beyond its rows; a tile is asked for at most its own.
    fc.assert(
      fc.property(tile, each => {
        const shortest = Math.min(...stripsOf(each).map(strip => strip.rows));
        expect(Math.min(MAX_CANDIDATES, each.rows)).toBeLessThanOrEqual(shortest);
      }),
      { numRuns: 1000 }
    );
  });

  test('graphs and plans mean the same by the most candidates', () => {
    expect(MAX_CANDIDATES).toBe(MOST_PLANNED);
  });
});

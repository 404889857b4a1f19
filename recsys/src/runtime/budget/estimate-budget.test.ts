import { readCreateBudget } from './create-budget.js';
import { estimateBudget, promisedBudgetBytes } from './estimate-budget.js';

const LARGE = readCreateBudget({
  people: 10_000_000,
  candidates: 100_000_000,
  options: 10,
  limits: 20,
  incidences: 40,
  personCap: 1
});
const ROOM = { mostTileBytes: Infinity, availableBytes: 2 ** 40 };

describe('estimateBudget', () => {
  test('counts the files, the tiles and what a solve takes', () => {
    const { memoryBytes, fileBytes, tileBytes, isResident, diskBytes } = estimateBudget(LARGE, ROOM);
    expect(fileBytes).toBeGreaterThanOrEqual(8 * 1e8 + 4 * 1e7);
    expect(tileBytes).toBeGreaterThanOrEqual(12 * 1e8);
    expect(memoryBytes).toBeGreaterThan(fileBytes + tileBytes);
    expect(memoryBytes).toBeLessThan(4 * 2 ** 30);
    expect([isResident, diskBytes]).toEqual([true, 0]);
  });

  test('is smaller where everybody has all options', () => {
    const dense = estimateBudget({ ...LARGE, isDense: true }, ROOM);
    expect(dense.memoryBytes).toBeLessThan(estimateBudget(LARGE, ROOM).memoryBytes / 1.7);
  });

  test.each([
    ['there is not as much memory', { ...ROOM, availableBytes: 1.5 * 2 ** 30 }],
    ['no more may be taken', { ...ROOM, mostTileBytes: 2 ** 30 }]
  ])('leaves the tiles on the disk where %s', (_name, room) => {
    const { memoryBytes, isResident, diskBytes, fileBytes, tileBytes } = estimateBudget(LARGE, room);
    expect(isResident).toBe(false);
    expect(diskBytes).toBeGreaterThanOrEqual(fileBytes + tileBytes);
    expect(memoryBytes).toBeLessThan(1.5 * 2 ** 30);
  });

  test('counts caps that differ from person to person, also where tiles lie on the disk', () => {
    const channels = Array.from({ length: 100 }, () => ({ cap: 'column' as const, counted: true }));
    const own = estimateBudget({ ...LARGE, channels }, { ...ROOM, mostTileBytes: 0 });
    expect(own.memoryBytes).toBeGreaterThan(100 * 2 * LARGE.people);
  });

  test('counts columns that stay empty where channels have columns of their own', () => {
    // Measured: 4.4 cells of a candidate with four such channels, 12 with forty.
    const tileBytes = (count: number, cap: number | null): number => {
      const channels = Array.from({ length: count }, () => ({ cap, counted: true }));
      return estimateBudget({ ...LARGE, personCap: 3, channels }, ROOM).tileBytes;
    };
    expect(tileBytes(4, 1)).toBeGreaterThan(12 * 4.4e8);
    expect(tileBytes(40, 1)).toBeGreaterThan(12 * 12e8);
    for (const cap of [null, 3]) expect(tileBytes(40, cap)).toBe(tileBytes(1, 1));
  });

  test('counts a session for each shape of tiles', () => {
    const [ragged, dense] = [LARGE, { ...LARGE, isDense: true }].map(create => {
      const { memoryBytes, fileBytes, tileBytes } = estimateBudget(create, { ...ROOM, mostTileBytes: Infinity });
      return memoryBytes - fileBytes - tileBytes * 1.2;
    });
    expect((ragged ?? NaN) - (dense ?? NaN)).toBeCloseTo(127 * 3 * 2 ** 20, -1);
  });

  test('of the largest and the smallest is a number', () => {
    const none = readCreateBudget({ people: 0, candidates: 0, options: 0, limits: 0, incidences: 0 });
    const most = {
      people: 2 ** 31 - 1,
      candidates: 480_000_000,
      options: 2 ** 24,
      limits: 150_000,
      incidences: 2 ** 27
    };
    for (const create of [none, readCreateBudget(most)]) {
      const { memoryBytes, diskBytes, tileBytes } = estimateBudget(create, { ...ROOM, mostTileBytes: 0 });
      expect([memoryBytes, diskBytes, tileBytes].every(Number.isSafeInteger)).toBe(true);
    }
  });

  test('promises what a solve takes, once the tiles are laid', () => {
    const estimate = estimateBudget(LARGE, ROOM);
    expect(promisedBudgetBytes(estimate, false)).toBe(estimate.memoryBytes);
    expect(promisedBudgetBytes(estimate, true)).toBeLessThan(2 ** 30);
  });
});

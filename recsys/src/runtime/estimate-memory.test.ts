import { columnBytes, estimateMemory, mostResidentBytes } from './estimate-memory.js';

describe('estimateMemory', () => {
  test('counts items, their 8-bit copy, ids and columns, an index, scores and the process', () => {
    const rows = 1_000_000;
    const { memoryBytes, fileBytes } = estimateMemory({ rows, dimensions: 128, columnBytes: 12 });
    expect(fileBytes).toBe(rows * (512 + 8 + 12));
    expect(memoryBytes).toBeGreaterThan(rows * (512 + 128 + 8 + 12 + 7));
    expect(memoryBytes).toBeLessThan(rows * (512 + 128 + 8 + 12 + 7) + 2 ** 28);
  });

  test('grows with all of them, and is at least what a process takes', () => {
    const { memoryBytes } = estimateMemory({ rows: 1, dimensions: 1, columnBytes: 0 });
    expect(memoryBytes).toBeGreaterThan(100 * 2 ** 20);
    for (const more of [{ rows: 100_000 }, { dimensions: 4096 }, { columnBytes: 100_000 }]) {
      const size = { rows: 1, dimensions: 1, columnBytes: 0, ...more };
      expect(estimateMemory(size).memoryBytes).toBeGreaterThan(memoryBytes);
    }
  });

  test('of the largest corpus is a number', () => {
    const { memoryBytes, fileBytes } = estimateMemory({ rows: 2 ** 31 - 1, dimensions: 8192, columnBytes: 8000 });
    expect(Number.isSafeInteger(memoryBytes) && Number.isSafeInteger(fileBytes)).toBe(true);
  });
});

describe('mostResidentBytes', () => {
  test('leaves room above the estimate, and grows with a corpus that is appended to', () => {
    // Symptom: a corpus made small and appended to was above its first limit for ever, and its process began anew after each call.
    const [small, large] = [1000, 20_000_000].map(rows => ({ rows, dimensions: 64, columnBytes: 0 }));
    for (const size of [small, large]) {
      if (size !== undefined) expect(mostResidentBytes(size)).toBeGreaterThan(estimateMemory(size).memoryBytes * 1.2);
    }
    expect(mostResidentBytes(large ?? { rows: 0, dimensions: 0, columnBytes: 0 })).toBeGreaterThan(6 * 2 ** 30);
  });
});

describe('columnBytes', () => {
  test('adds up the columns of a row', () => {
    expect(columnBytes([])).toBe(0);
    expect(columnBytes([{ kind: 'number' }, { kind: 'category' }, { kind: 'flag' }, { kind: 'flag' }])).toBe(14);
  });
});

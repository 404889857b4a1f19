import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readProcessTable, readPsLine, readStat } from './process-table.js';
import { coresOf, familyOf, memoryOf, treeOf } from './process-tree.js';
import type { ProcessTable, TableEntry } from './process-tree.js';

function table(...entries: [pid: number, parent: number, cpuSeconds?: number, startedAt?: string][]): ProcessTable {
  const rows = entries.map(([pid, parent, cpuSeconds = 0, startedAt = 'then']): [number, TableEntry] => {
    return [pid, { pid, parent, cpuSeconds, startedAt, memoryBytes: 100 }];
  });
  return new Map(rows);
}

describe('the processes of one holder', () => {
  test('grandchildren do not count, or strangers do', () => {
    const all = table([1, 0], [10, 1], [11, 10], [12, 11], [20, 1]);
    expect(
      treeOf(all, [10])
        .map(entry => entry.pid)
        .sort()
    ).toEqual([10, 11, 12]);
    expect(memoryOf(all, [10, 11])).toBe(300);
    expect(familyOf(all, 12)).toEqual([12, 11, 10, 1]);
  });

  test('processes that are each other’s parents are followed for ever', () => {
    const circle = table([10, 11], [11, 10]);
    expect(treeOf(circle, [10])).toHaveLength(2);
    expect(familyOf(circle, 10)).toEqual([10, 11]);
  });

  test('who is gone uses nothing, instead of nobody knows what', () => {
    expect(memoryOf(table([1, 0]), [10])).toBeNull();
    expect(familyOf(table([1, 0]), 10)).toBeUndefined();
  });
});

describe('cores', () => {
  const before = { atS: 100, table: table([10, 1, 5], [11, 10, 7]) };

  test.each<{ name: string; now: ProcessTable; atS?: number; want: number | null }>([
    { name: 'what was used before the first look counts', now: table([10, 1, 6], [11, 10, 8]), want: 1 },
    { name: 'a new process does not count', now: table([10, 1, 5], [12, 10, 3]), want: 1.5 },
    {
      name: 'a number that was given again counts from the old one',
      now: table([10, 1, 5], [11, 10, 2, 'now']),
      want: 1
    },
    { name: 'a time that went back counts against others', now: table([10, 1, 6], [11, 10, 1]), want: 0.5 },
    { name: 'two looks at the same time divide by nothing', now: table([10, 1, 9]), atS: 100, want: null },
    { name: 'the root is gone', now: table([11, 1, 9]), want: null }
  ])('$name', ({ now, atS = 102, want }) => {
    expect(coresOf(before, { atS, table: now }, [10])).toBe(want);
  });

  test('the first look knows a rate', () => {
    expect(coresOf(undefined, before, [10])).toBeNull();
  });
});

describe('reading processes', () => {
  test('a name with brackets and spaces shifts the fields', () => {
    const stat = '42 (a) b (c) S 7 42 42 0 -1 4194304 1 2 3 4 250 150 0 0 20 0 3 0 9876 1000 5 18446744073709551615';
    expect(readStat(stat, 4096)).toEqual({ pid: 42, parent: 7, startedAt: '9876', cpuSeconds: 4, memoryBytes: 20_480 });
    expect(readStat('', 4096)).toBeUndefined();
  });

  test('a long time is misread on a Mac', () => {
    expect(readPsLine('  42     7  2048   1-02:03:04.50 Mon Jan  1 10:00:00 2024')).toEqual({
      pid: 42,
      parent: 7,
      startedAt: 'Mon Jan  1 10:00:00 2024',
      cpuSeconds: 93_784.5,
      memoryBytes: 2_097_152
    });
    expect(readPsLine('  42     7  2048   0:01.25 Mon Jan  1 10:00:00 2024')?.cpuSeconds).toBe(1.25);
    expect(readPsLine('PID PPID')).toBeUndefined();
  });

  test('a child of ours is not seen', async () => {
    const child = spawn('sleep', ['600']);
    try {
      await once(child, 'spawn');
      const all = await readProcessTable();
      expect(treeOf(all, [process.pid]).map(entry => entry.pid)).toContain(child.pid);
      expect(memoryOf(all, [process.pid])).toBeGreaterThan(10_000_000);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

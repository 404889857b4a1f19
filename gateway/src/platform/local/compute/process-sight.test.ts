import { holder } from './claims.testkit.js';
import type { Gpu, GpuProcess, Inventory } from './inventory.js';
import { NO_PROCESSES, processSight } from './process-sight.js';
import type { ProcessSight } from './process-sight.js';
import type { ProcessTable } from './process-tree.js';

const NOBODY: ProcessTable = new Map();

function computing(pid: number, gpuInstance: number | null = null): GpuProcess {
  return { pid, computes: true, name: 'python', memoryBytes: null, gpuInstance, computeInstance: null };
}

function inventoryOf(processes: readonly GpuProcess[], more: Partial<Gpu> = {}): Inventory {
  const unknown = { memoryBytes: null, memoryUsedBytes: null, utilisation: null, problem: null };
  const gpu = { index: 0, id: 'GPU-0', product: 'T4', isMig: false, instances: [], isExclusive: false, ...unknown };
  return { driver: '', cuda: '', gpus: [{ ...gpu, ...more, processes }] };
}

function table(...pairs: readonly (readonly [pid: number, parent: number])[]): ProcessTable {
  const rest = { startedAt: '', cpuSeconds: 0, memoryBytes: 0 };
  return new Map(pairs.map(([pid, parent]) => [pid, { pid, parent, ...rest }]));
}

const run = holder('a', 'gpu-t4', ['GPU-0'], { pids: [10] });
const other = holder('b', 'gpu-t4', ['GPU-1'], { pids: [11] });
const known = (...pids: number[]): ProcessSight => ({ ...NO_PROCESSES, strangers: new Set(pids) });

test.each([
  { name: 'is unseen on a device that nobody has', claims: [other], want: [70] },
  { name: 'is unseen on a device that somebody has', claims: [run], want: [] },
  { name: 'was there before somebody got its device', claims: [run], before: known(70), want: [70] },
  { name: 'is met before anybody has said who has what', claims: undefined, want: [] }
])('a process is taken for the wrong party when it $name', ({ claims, before, want }) => {
  const sight = processSight(inventoryOf([computing(70)]), NOBODY, claims, before ?? NO_PROCESSES);
  expect([...sight.strangers]).toEqual(want);
});

test('a stranger is remembered when it has gone, and its number means another', () => {
  expect(processSight(inventoryOf([]), NOBODY, [run], known(70)).strangers.size).toBe(0);
});

test('one that can be seen is judged by its number instead of by who started it', () => {
  const sight = processSight(
    inventoryOf([computing(70), computing(80)]),
    table([70, 10], [10, 1], [80, 1]),
    [run],
    known(70)
  );
  expect(sight.families.get(70)).toEqual([70, 10]);
  expect([[...sight.ours], [...sight.strangers]]).toEqual([[70], []]);
});

test('a stranger on one part of a divided GPU is taken for one on the other', () => {
  const part = {
    index: 0,
    computeInstance: 0,
    profile: '1g',
    memoryBytes: 1,
    memoryUsedBytes: null,
    multiprocessors: 1
  };
  const instances = [1, 2].map(gpuInstance => ({ ...part, gpuInstance, id: `MIG-${gpuInstance}` }));
  const divided = inventoryOf([computing(70, 1), computing(80, 2)], { isMig: true, instances });
  const sight = processSight(divided, NOBODY, [holder('a', 'mig', ['MIG-1'])], NO_PROCESSES);
  expect([...sight.strangers]).toEqual([80]);
});

import type { UsageSample } from '@berth/gateway/contract';
import { courseOf, deviceOf, holderOf, withSamples } from './usage-history.js';

const sample = (atMs: number, cores: number | null = 1): UsageSample => ({
  atMs,
  machine: { cores, coresTotal: 8, memoryBytes: 1, memoryTotalBytes: 2 },
  devices: [{ id: 'MIG-1', utilisation: null, memoryBytes: 5, memoryTotalBytes: 9 }],
  holders: []
});

test('a sample that comes twice counts once', () => {
  const history = withSamples([], [sample(1), sample(2)]);
  expect(withSamples(history, [sample(2), sample(3)]).map(({ atMs }) => atMs)).toEqual([1, 2, 3]);
  expect(withSamples(history, [sample(2)])).toBe(history);
});

test('it does not grow for ever', () => {
  const history = withSamples([sample(0), sample(100_000)], [sample(600_001)]);
  expect(history.map(({ atMs }) => atMs)).toEqual([100_000, 600_001]);
});

test('what is not known is no zero, neither now nor in the course', () => {
  const history = [sample(1, 2), sample(2, null), sample(3, 0)];
  expect(courseOf(history, it => it.machine.cores)).toEqual({ points: [[1, 2], [3, 0]], last: 0 }); // prettier-ignore
  expect(courseOf(history.slice(0, 2), it => it.machine.cores).last).toBeNull();
  expect(courseOf(history, it => deviceOf(it, 'MIG-1')?.utilisation)).toEqual({ points: [], last: null });
  expect(courseOf(history, it => holderOf(it, 'gone')?.cores)).toEqual({ points: [], last: null });
});

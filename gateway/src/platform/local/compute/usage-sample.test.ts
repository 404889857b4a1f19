import { UsageSample } from '../../../contract/index.js';
import { claim, holder } from './claims.testkit.js';
import { busyCores } from './machine-reading.js';
import { usageSample, withSample } from './usage-sample.js';
import type { UsageReading } from './usage-sample.js';

const MACHINE = { cores: 4, memoryBytes: 1000 };
const DEVICE = {
  id: 'GPU-1',
  title: 'T4 (0)',
  memoryBytes: 800,
  memoryUsedBytes: 200,
  utilisation: 0.5,
  processes: [],
  problem: null
};

function reading(atS: number, more: Partial<UsageReading> = {}): UsageReading {
  const process = { pid: 10, parent: 1, startedAt: 'then', cpuSeconds: atS * 2, memoryBytes: 300 };
  const machine = { busySeconds: atS * 3, memoryBytes: 700 };
  return { atS, atMs: atS * 1000, table: new Map([[10, process]]), machine, devices: [DEVICE], ...more };
}

test('rates are levels, or levels rates', () => {
  const claims = [
    holder('a', 'gpu-t4', ['GPU-1'], { pids: [10] }),
    holder('k', 'cpu', [], { kind: 'kernel' }),
    claim('w', 'cpu')
  ];
  const sample = usageSample(reading(100), reading(102), MACHINE, [DEVICE], claims);
  expect(UsageSample.parse(sample)).toEqual({
    atMs: 102_000,
    machine: { cores: 3, coresTotal: 4, memoryBytes: 700, memoryTotalBytes: 1000 },
    devices: [{ id: 'GPU-1', utilisation: 0.5, memoryBytes: 200, memoryTotalBytes: 800 }],
    holders: [
      { kind: 'run', id: 'a', cores: 2, memoryBytes: 300 },
      { kind: 'kernel', id: 'k', cores: null, memoryBytes: null }
    ]
  });
});

test('what is not known is zero', () => {
  const dark = reading(1, { devices: undefined, machine: { busySeconds: null, memoryBytes: null } });
  expect(UsageSample.parse(usageSample(undefined, dark, MACHINE, [DEVICE], []))).toMatchObject({
    machine: { cores: null, memoryBytes: null },
    devices: [{ utilisation: null, memoryBytes: null, memoryTotalBytes: 800 }]
  });
  expect(busyCores({ busySeconds: 5, memoryBytes: 0 }, { busySeconds: 9, memoryBytes: 0 }, 0)).toBeNull();
  expect(busyCores({ busySeconds: 9, memoryBytes: 0 }, { busySeconds: 5, memoryBytes: 0 }, 2)).toBe(0);
});

test('samples are kept for ever, or a clock that was set back hides the new ones', () => {
  const at = (atMs: number): UsageSample => usageSample(undefined, reading(1, { atMs }), MACHINE, [], []);
  const times = (samples: readonly UsageSample[]): number[] => samples.map(sample => sample.atMs);
  expect(times(withSample([at(0), at(2_000)], at(600_000)))).toEqual([2_000, 600_000]);
  expect(times(withSample([at(5_000), at(7_000)], at(6_000)))).toEqual([6_000]);
});

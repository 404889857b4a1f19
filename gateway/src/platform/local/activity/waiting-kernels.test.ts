/** Symptoms: a kernel is released for nobody; somebody waits for ever for what idle kernels hold. */
import type { ComputeClaim } from '../ports.js';
import { claim, holder } from '../compute/claims.testkit.js';
import { waitingKernels } from './waiting-kernels.js';

const GPU = 'gpu-a';
const CAPACITIES = [
  { offer: GPU, slots: 2 },
  { offer: 'gpu-b', slots: 2 },
  { offer: 'cpu', slots: 4 }
];

const kernel = (id: string, devices: readonly string[], more: Partial<ComputeClaim> = {}): ComputeClaim =>
  holder(id, GPU, devices, { kind: 'kernel', kernelId: `jupyter-${id}`, ...more });
const waits = (id: string, more: Partial<ComputeClaim> = {}): ComputeClaim => claim(id, GPU, more);

test.each<{ name: string; claims: ComputeClaim[]; want: string[] }>([
  {
    name: 'a run waits for the two GPUs that two kernels hold: the end of both helps',
    claims: [kernel('a', ['0']), kernel('b', ['1']), waits('run', { slots: 2 })],
    want: ['jupyter-a', 'jupyter-b']
  },
  {
    name: 'nobody waits',
    claims: [kernel('a', ['0'])],
    want: []
  },
  {
    name: 'somebody waits for another offer',
    claims: [kernel('a', ['0']), holder('run', 'gpu-b', ['2', '3']), claim('next', 'gpu-b')],
    want: []
  },
  {
    name: 'who waits starts at once, for there is a free one',
    claims: [kernel('a', ['0']), waits('run')],
    want: []
  },
  {
    name: 'a run holds the rest of what is waited for: a kernel would go for nothing',
    claims: [kernel('a', ['0']), holder('run', GPU, ['1']), waits('next', { slots: 2 })],
    want: []
  },
  {
    name: 'more is wanted than there is at all',
    claims: [kernel('a', ['0', '1']), waits('run', { slots: 3 })],
    want: []
  },
  {
    name: 'only the first in line counts: the second, who would fit, does not overtake',
    claims: [
      kernel('a', ['0']),
      holder('run', GPU, ['1']),
      waits('first', { slots: 2 }),
      waits('second', { submittedAtMs: 1 })
    ],
    want: []
  },
  {
    name: 'a kernel waits for more than its former one has: that one goes by itself',
    claims: [kernel('a', ['0']), kernel('b', ['1']), waits('heir', { kind: 'kernel', heirOf: 'a' })],
    want: ['jupyter-b']
  },
  {
    name: 'a kernel on the processors holds nothing of which there is too little',
    claims: [holder('a', 'cpu', [], { kind: 'kernel', kernelId: 'jupyter-a' }), claim('run', 'cpu', { slots: 5 })],
    want: []
  },
  {
    name: 'what is kept for a kernel that was not started yet has no kernel to release',
    claims: [kernel('a', ['0', '1'], { kernelId: null }), waits('run')],
    want: []
  }
])('$name', ({ claims, want }) => {
  expect([...waitingKernels(claims, CAPACITIES)]).toEqual(want);
});

test('what a stranger keeps busy is not to be had: a kernel would go for nothing', () => {
  const blocked = [{ offer: GPU, slots: 2, blocked: ['python (pid 7)'] }];
  expect([...waitingKernels([kernel('a', ['0']), waits('run')], blocked)]).toEqual(['jupyter-a']);
  expect([...waitingKernels([kernel('a', ['0']), waits('run', { slots: 2 })], blocked)]).toEqual([]);
});

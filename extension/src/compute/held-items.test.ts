import { makeKernel, makeOffer, makeRun } from '../testing/gateway.testkit.js';
import { NOTHING_YET } from '../shared/gateway-state.js';
import { heldItems } from './held-items.js';

test('kernels and live runs are held, by the names of their GPUs; queued and ended runs are not', () => {
  const device = { id: 'GPU-1', title: 'NVIDIA H200 (0)', memoryBytes: 1, holders: [], strangers: [], problem: null };
  const state = {
    ...NOTHING_YET,
    offers: [makeOffer('gpu', { devices: [device] })],
    kernels: [makeKernel('k', { devices: ['GPU-1'], offer: 'gpu' })],
    runs: [
      makeRun('r-abc12', { devices: ['GPU-2'] }),
      makeRun('q', { phase: 'Queued' }),
      makeRun('e', { phase: 'Failed' })
    ]
  };
  expect(heldItems(state).map(({ id, devices }) => [id, devices])).toEqual([
    ['k', ['NVIDIA H200 (0)']],
    ['r-abc12', ['GPU-2']]
  ]);
});

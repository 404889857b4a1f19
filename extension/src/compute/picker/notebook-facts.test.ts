import { makeKernel } from '../../testing/gateway.testkit.js';
import { heldAmount, notebookFacts, type IKernelFacts } from './notebook-facts.js';

const KERNEL: IKernelFacts = { id: 'k-1', spec: 'berth-vision', title: 'vision', isBusy: false };
const mine = (changes: { ours?: string[]; taken?: string[] } = {}) => ({
  notebook: 'a/train.ipynb',
  ours: new Set(changes.ours ?? []),
  taken: new Set(changes.taken ?? [])
});
const waiting = (id: string, changes = {}) =>
  makeKernel(id, { notebook: 'a/train.ipynb', phase: 'Waiting', kernelId: null, ...changes });

test('what another notebook waits for, or holds, is not this one’s', () => {
  const kernels = [waiting('x', { notebook: 'train.ipynb' }), makeKernel('y', { kernelId: 'k-2' })];
  const facts = notebookFacts(KERNEL, null, kernels, mine());
  expect(facts).toMatchObject({ claim: null, held: null, environment: 'vision' });
  expect(heldAmount(facts)).toEqual({ offer: 'cpu', count: 1 });
});

test('of two claims the newer one counts, one that was taken never', () => {
  const kernels = [waiting('old', { claimedAtMs: 1 }), waiting('new', { claimedAtMs: 2 })];
  expect(notebookFacts(KERNEL, null, kernels, mine()).claim?.id).toBe('new');
  expect(notebookFacts(KERNEL, null, kernels, mine({ taken: ['new'] })).claim?.id).toBe('old');
});

test('a claim stays the notebook’s after it was renamed', () => {
  const kernels = [waiting('x', { notebook: 'before.ipynb' })];
  expect(notebookFacts(KERNEL, null, kernels, mine({ ours: ['x'] })).claim?.id).toBe('x');
});

test('what the kernel holds is found by the kernel, wherever the notebook lies now', () => {
  const kernels = [makeKernel('x', { notebook: 'elsewhere.ipynb', kernelId: 'k-1', offer: 'gpu', count: 2 })];
  expect(heldAmount(notebookFacts(KERNEL, null, kernels, mine()))).toMatchObject({ offer: 'gpu', count: 2 });
});

test('of a kernel that Berth did not start nothing is claimed to be known', () => {
  expect(heldAmount(notebookFacts({ ...KERNEL, spec: 'python3' }, null, [], mine()))).toBeNull();
});

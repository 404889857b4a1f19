import type { KernelRequest } from '@berth/gateway/contract';
import { makeEnvironment, makeKernel, makeOffer } from '../../testing/gateway.testkit.js';
import {
  applyEffect,
  initialChoice,
  readyFirst,
  releaseRequest,
  toRequest,
  withOffer,
  type IComputeChoice
} from './compute-choice.js';
import type { INotebookFacts } from './notebook-facts.js';

const GPU = 'gpu-nvidia-h200';
const OFFERS = [makeOffer('cpu', { mostSlots: 8 }), makeOffer(GPU, { kind: 'gpu', mostSlots: 4 })];
const ENVIRONMENTS = [makeEnvironment('vision', { state: 'absent' }), makeEnvironment('default')];
const KERNEL = { id: 'k', spec: 'berth-default', title: 'default', isBusy: false };
const facts = (changes: Partial<INotebookFacts> = {}): INotebookFacts => ({
  kernel: KERNEL,
  environment: 'default',
  held: null,
  claim: null,
  wish: null,
  ...changes
});
const PLAIN: Partial<INotebookFacts> = { kernel: { ...KERNEL, spec: 'python3' }, environment: null };

test.each<{ name: string; seen?: Partial<INotebookFacts>; pinned?: string; want: IComputeChoice }>([
  { name: 'what it has', want: { environment: 'default', offer: 'cpu', count: '8' } },
  {
    name: 'threads that it has',
    seen: { held: makeKernel('a', { count: 2 }) },
    want: { environment: 'default', offer: 'cpu', count: '2' }
  },
  {
    name: 'its wish',
    seen: { wish: { offer: GPU, count: 2 } },
    want: { environment: 'default', offer: GPU, count: '2' }
  },
  {
    name: 'not a wish that this machine can never give',
    seen: { wish: { offer: GPU, count: 9 }, held: makeKernel('a', { offer: GPU }) },
    want: { environment: 'default', offer: GPU, count: '1' }
  },
  {
    name: 'what it waits for, before all else',
    seen: { claim: makeKernel('a', { environment: 'vision', offer: GPU, count: 3 }), wish: { offer: 'cpu', count: 1 } },
    want: { environment: 'vision', offer: GPU, count: '3' }
  },
  {
    name: 'its pin, where its kernel is not one of ours',
    seen: PLAIN,
    pinned: 'vision',
    want: { environment: 'vision', offer: 'cpu', count: '8' }
  },
  {
    name: 'no pin to an environment that is not here',
    seen: PLAIN,
    pinned: 'gone',
    want: { environment: 'default', offer: 'cpu', count: '8' }
  }
])('the dialog opens with $name', ({ seen, pinned, want }) => {
  expect(initialChoice(facts(seen), OFFERS, ENVIRONMENTS, pinned ?? null)).toEqual(want);
});

test('a number of cores is no number of GPUs', () => {
  const choice = { environment: 'default', offer: 'cpu', count: '8' };
  expect(withOffer(choice, OFFERS, GPU)).toEqual({ ...choice, offer: GPU, count: '1' });
  expect(withOffer({ ...choice, count: '3' }, OFFERS, 'cpu').count).toBe('3');
});

test('environments that can be used at once come first', () => {
  expect(readyFirst(ENVIRONMENTS).map(({ name }) => name)).toEqual(['default', 'vision']);
});

test.each(['', '0', '-1', '1.5', '1e3', '99999'])('%j is no number of anything', count => {
  expect(toRequest({ environment: 'default', offer: 'cpu', count }, 'a.ipynb', undefined)).toBeNull();
});

test('the request names the kernel whose compute is given back', () => {
  const choice = { environment: 'default', offer: GPU, count: '2' };
  expect(toRequest(choice, 'a.ipynb', 'k')).toEqual({
    notebook: 'a.ipynb',
    environment: 'default',
    offer: GPU,
    count: 2,
    kernelId: 'k'
  });
  expect(toRequest(choice, 'a.ipynb', undefined)).not.toHaveProperty('kernelId');
});

test('to release is to ask for the processors in the same environment', () => {
  expect(releaseRequest(facts({ environment: 'vision' }), 'a.ipynb', OFFERS)).toEqual({
    notebook: 'a.ipynb',
    environment: 'vision',
    offer: 'cpu',
    count: 8,
    kernelId: 'k'
  });
});

const request = (changes: Partial<KernelRequest> = {}): KernelRequest => ({
  notebook: 'a.ipynb',
  environment: 'default',
  offer: 'cpu',
  count: 8,
  ...changes
});

test.each<{ name: string; seen?: Partial<INotebookFacts>; asked?: Partial<KernelRequest>; want: string }>([
  { name: 'there is no kernel', seen: { kernel: null, environment: null }, want: 'start' },
  { name: 'it has just this', want: 'record' },
  { name: 'it has just this, threads included', seen: { held: makeKernel('a', { count: 8 }) }, want: 'record' },
  {
    name: 'it never asked for threads, which is all of them',
    seen: { held: makeKernel('a', { count: 1 }) },
    want: 'record'
  },
  {
    name: 'it asked for one thread',
    seen: { held: makeKernel('a', { count: 1 }), wish: { offer: 'cpu', count: 1 } },
    want: 'restart'
  },
  { name: 'it has other threads', seen: { held: makeKernel('a', { count: 2 }) }, want: 'restart' },
  { name: 'another environment', asked: { environment: 'vision' }, want: 'restart' },
  { name: 'another offer', asked: { offer: GPU, count: 1 }, want: 'restart' },
  { name: 'a kernel that is not ours', seen: PLAIN, want: 'restart' }
])('Apply would $want the kernel: $name', ({ seen, asked, want }) => {
  expect(applyEffect(facts(seen), request(asked), OFFERS)).toBe(want);
});

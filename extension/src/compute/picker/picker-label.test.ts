import { nullTranslator } from '@jupyterlab/translation';
import { makeKernel, makeOffer } from '../../testing/gateway.testkit.js';
import { notebookFacts, type IKernelFacts, type INotebookFacts } from './notebook-facts.js';
import { pickerLabel, wishText, type Step } from './picker-label.js';

const trans = nullTranslator.load('jupyterlab_berth');
const H200 = 'gpu-nvidia-h200';
const OFFERS = [
  makeOffer('cpu', { title: 'CPU · 8 cores · 31 GiB' }),
  makeOffer(H200, { kind: 'gpu', title: 'NVIDIA H200 · 141 GiB', mostSlots: 8 })
];
const KERNEL: IKernelFacts = { id: 'k', spec: 'berth-default', title: 'default (Berth)', isBusy: false };
const PYTHON: IKernelFacts = { ...KERNEL, spec: 'python3', title: 'Python 3 (ipykernel)' };
const IDLE: Step = { kind: 'idle' };

const facts = (changes: Partial<INotebookFacts> = {}): INotebookFacts => ({
  ...notebookFacts(KERNEL, null, [], { notebook: 'a.ipynb', ours: new Set(), taken: new Set() }),
  ...changes
});

test.each<{ name: string; seen: Partial<INotebookFacts>; step?: Step; want: string }>([
  { name: 'a kernel of ours that holds nothing', seen: {}, want: 'CPU' },
  {
    name: 'a kernel with a GPU',
    seen: { held: makeKernel('a', { offer: H200, count: 1 }) },
    want: '1 × NVIDIA H200'
  },
  { name: 'a wish that is not fulfilled', seen: { wish: { offer: H200, count: 1 } }, want: 'CPU · wants H200' },
  { name: 'a wish for several', seen: { wish: { offer: H200, count: 2 } }, want: 'CPU · wants 2 × H200' },
  {
    name: 'a wish for what this machine does not have',
    seen: { wish: { offer: 'gpu-nvidia-b300', count: 1 } },
    want: 'CPU · wants gpu-nvidia-b300'
  },
  { name: 'a wish that is fulfilled', seen: { wish: { offer: 'cpu', count: 2 } }, want: 'CPU' },
  {
    name: 'waiting',
    seen: { claim: makeKernel('a', { phase: 'Waiting', position: 2, offer: H200 }), wish: { offer: H200, count: 1 } },
    want: 'Waiting · place 2'
  },
  { name: 'waiting at no place yet', seen: { claim: makeKernel('a', { phase: 'Waiting' }) }, want: 'Waiting' },
  { name: 'ready', seen: { claim: makeKernel('a', { phase: 'Ready' }) }, want: 'Ready' },
  { name: 'no kernel', seen: { kernel: null, environment: null }, want: 'No kernel' },
  {
    name: 'no kernel but a wish',
    seen: { kernel: null, environment: null, wish: { offer: H200, count: 1 } },
    want: 'No kernel · wants H200'
  },
  {
    name: 'no kernel, and a wish for what any kernel has',
    seen: { kernel: null, environment: null, wish: { offer: 'cpu', count: 2 } },
    want: 'No kernel'
  },
  {
    name: 'a kernel of somebody else, whatever the notebook wishes',
    seen: { kernel: PYTHON, environment: null, wish: { offer: H200, count: 1 } },
    want: 'Python 3 (ipykernel) · not managed by Berth'
  },
  {
    name: 'the environment is being made',
    seen: { claim: makeKernel('a', { phase: 'Waiting' }) },
    step: { kind: 'making', environment: 'vision', progress: 0.407 },
    want: 'Making vision · 40 %'
  },
  {
    name: 'the environment is being made, nobody knows how far',
    seen: {},
    step: { kind: 'making', environment: 'vision', progress: null },
    want: 'Making vision'
  },
  { name: 'starting', seen: {}, step: { kind: 'starting' }, want: 'Starting the kernel…' }
])('the toolbar says "$want": $name', ({ seen, step = IDLE, want }) => {
  expect(pickerLabel(facts(seen), step, OFFERS, trans).text).toBe(want);
});

test.each<{ seen: Partial<INotebookFacts>; want: RegExp | null }>([
  { seen: {}, want: null },
  { seen: { wish: { offer: H200, count: 1 } }, want: /wants 1 × NVIDIA H200\. Nothing is taken/ },
  { seen: { wish: { offer: H200, count: 9 } }, want: /more than one kernel can have/ },
  { seen: { wish: { offer: 'tpu', count: 1 } }, want: /wants 1 × tpu, which this machine does not have/ },
  {
    seen: { wish: { offer: H200, count: 1 }, claim: makeKernel('a', { phase: 'Waiting', offer: H200 }) },
    want: null
  }
])('a wish that is not fulfilled is explained: $seen', ({ seen, want }) => {
  const text = wishText(facts(seen), OFFERS, trans);
  if (want === null) expect(text).toBeNull();
  else expect(text).toMatch(want);
});

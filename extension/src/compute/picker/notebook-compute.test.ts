import type { Environment, KernelRequest, KernelView } from '@berth/gateway/contract';
import { GatewayError } from '../../shared/gateway-error.js';
import { FakeModel } from '../../testing/fake-model.testkit.js';
import { makeEnvironment, makeKernel, makeOffer } from '../../testing/gateway.testkit.js';
import { FakeNotebook } from './fake-notebook.testkit.js';
import { NotebookCompute } from './notebook-compute.js';

const GPU = 'gpu-nvidia-h200';
const REQUEST: KernelRequest = {
  notebook: 'a/train.ipynb',
  environment: 'default',
  offer: GPU,
  count: 1,
  kernelId: 'k-1'
};
const claim = (phase: KernelView['phase'], changes: Partial<KernelView> = {}): KernelView =>
  makeKernel('c-1', { notebook: 'a/train.ipynb', phase, offer: GPU, kernelId: null, ...changes });

function setUp(answer: KernelView = claim('Ready'), environments: Environment[] = [makeEnvironment('default')]) {
  const notebook = new FakeNotebook();
  const model = new FakeModel({ environments, offers: [makeOffer('cpu'), makeOffer(GPU, { kind: 'gpu' })] });
  const client = {
    claimKernel: jest.fn(async () => {
      model.show({ kernels: [answer] });
      return answer;
    }),
    kernels: jest.fn(() => Promise.resolve({ kernels: [...model.state.kernels] })),
    releaseKernel: jest.fn(async () => model.show({ kernels: [] })),
    makeEnvironment: jest.fn(async (name: string) => makeEnvironment(name, { state: 'creating' })),
    cancelEnvironment: jest.fn(async (name: string) => makeEnvironment(name, { state: 'absent' }))
  };
  const compute = new NotebookCompute({ notebook, client, model });
  return { notebook, model, client, compute };
}

/** After everything that is on its way has come. */
const settled = () => new Promise(resolve => setTimeout(resolve));

test('compute that is free is taken at once: wish noted, claimed, kernel restarted, nothing asked again', async () => {
  const { notebook, client, compute } = setUp();
  expect(await compute.apply(REQUEST)).toBe(true);
  await settled();
  expect(client.claimKernel).toHaveBeenCalledWith(REQUEST);
  expect(notebook.started).toEqual(['berth-default']);
  expect(notebook.berth).toEqual({ compute: { offer: GPU, count: 1 } });
  expect(compute.view).toMatchObject({ asking: null, error: null, step: { kind: 'idle' } });
});

test('what the notebook has already is only noted; nothing is restarted, and a place in line is left', async () => {
  const { notebook, model, client, compute } = setUp();
  model.show({ kernels: [claim('Waiting')] });
  await compute.apply({ ...REQUEST, offer: 'cpu', count: 8 });
  expect(client.claimKernel).not.toHaveBeenCalled();
  expect(client.releaseKernel).toHaveBeenCalledWith('c-1');
  expect(notebook.started).toEqual([]);
});

test('while it waits the notebook keeps its kernel; a fresh one is switched when it is its turn', async () => {
  const { notebook, model, compute } = setUp(claim('Waiting', { position: 2 }));
  await compute.apply(REQUEST);
  expect(notebook.started).toEqual([]);
  expect(compute.view.facts.claim?.position).toBe(2);
  model.show({ kernels: [claim('Ready')] });
  await settled();
  expect(notebook.started).toEqual(['berth-default']);
});

test('a kernel with variables is not restarted behind the person’s back', async () => {
  const { notebook, model, compute } = setUp(claim('Waiting'));
  notebook.fresh = false;
  await compute.apply(REQUEST);
  model.show({ kernels: [claim('Ready')] });
  await settled();
  expect(notebook.started).toEqual([]);
  expect(compute.view.asking?.id).toBe('c-1');
  expect(await compute.switchNow()).toBe(true);
  expect(notebook.started).toEqual(['berth-default']);
  expect(compute.view.asking).toBeNull();
});

test('another tab, or this one after a reload, shows the claim but does not act on it by itself', async () => {
  const { notebook, model, compute } = setUp();
  model.show({ kernels: [claim('Waiting', { position: 1 })] });
  expect(compute.view.facts.claim?.id).toBe('c-1');
  model.show({ kernels: [claim('Ready')] });
  await settled();
  expect(notebook.started).toEqual([]);
  expect(compute.view.asking?.id).toBe('c-1');
});

test('what another tab has taken in the meantime is not taken twice', async () => {
  const { notebook, model, compute } = setUp();
  model.show({ kernels: [claim('Ready')] });
  await settled();
  const before = compute.view.facts.claim;
  model.state = { ...model.state, kernels: [claim('Starting')] }; // its event is on the way
  expect(before?.phase).toBe('Ready');
  await compute.switchNow();
  expect(notebook.started).toEqual([]);
});

test('a kernel that did not start is told, and its compute can be taken once more', async () => {
  const { notebook, compute } = setUp();
  notebook.failure = new GatewayError('conflict', 'The environment was deleted.');
  expect(await compute.apply(REQUEST)).toBe(false);
  await settled();
  expect(compute.view.error?.message).toBe('The environment was deleted.');
  expect(compute.view.asking?.id).toBe('c-1');
  notebook.failure = null;
  expect(await compute.switchNow()).toBe(true);
  expect(compute.view.error).toBeNull();
});

test('the first kernel of a notebook gets the compute, although it was started without a name', async () => {
  const { notebook, client, compute } = setUp();
  notebook.kernel = null;
  await compute.apply({ ...REQUEST, kernelId: undefined });
  expect(client.claimKernel).toHaveBeenLastCalledWith({ ...REQUEST, kernelId: 'k-new' });
  expect(notebook.started).toEqual(['berth-default', 'berth-default']);
});

test('a first kernel that has got it at once is not started twice', async () => {
  const { notebook, model, client, compute } = setUp();
  notebook.kernel = null;
  client.kernels.mockImplementation(() => Promise.resolve({ kernels: [claim('Starting')] }));
  await compute.apply({ ...REQUEST, kernelId: undefined });
  expect(model.state.kernels).toHaveLength(1);
  expect(notebook.started).toEqual(['berth-default']);
});

test('a claim that is refused keeps kernel and says why', async () => {
  const { notebook, client, compute } = setUp();
  client.claimKernel.mockRejectedValueOnce(new GatewayError('never-fits', 'There are only 8.'));
  expect(await compute.apply(REQUEST)).toBe(false);
  expect(compute.view.error?.code).toBe('never-fits');
  expect(notebook.started).toEqual([]);
});

test('a second press while the first is under way does nothing', async () => {
  const { client, compute } = setUp();
  const first = compute.apply(REQUEST);
  expect(await compute.apply(REQUEST)).toBe(false);
  await first;
  expect(client.claimKernel).toHaveBeenCalledTimes(1);
});

test('an environment that is missing is made first, with its progress', async () => {
  const { notebook, model, client, compute } = setUp(claim('Ready'), [makeEnvironment('default', { state: 'absent' })]);
  const applied = compute.apply(REQUEST);
  expect(client.makeEnvironment).toHaveBeenCalledWith('default');
  model.show({ environments: [makeEnvironment('default', { state: 'creating', progress: 0.5 })] });
  expect(compute.view.step).toEqual({ kind: 'making', environment: 'default', progress: 0.5 });
  expect(client.claimKernel).not.toHaveBeenCalled();
  model.show({ environments: [makeEnvironment('default')] });
  expect(await applied).toBe(true);
  await settled();
  expect(notebook.started).toEqual(['berth-default']);
});

test('what the person did while the environment was made is not lost without a word', async () => {
  const { notebook, model, compute } = setUp(claim('Ready'), [makeEnvironment('default', { state: 'absent' })]);
  const applied = compute.apply(REQUEST);
  notebook.fresh = false;
  model.show({ environments: [makeEnvironment('default')] });
  expect(await applied).toBe(true);
  await settled();
  expect(notebook.started).toEqual([]);
  expect(compute.view.asking?.id).toBe('c-1');
});

test('an environment that cannot be made is told with its reason; an old failure is not the new one', async () => {
  const old = makeEnvironment('default', { state: 'failed', message: 'Old.' });
  const { model, client, compute } = setUp(claim('Ready'), [old]);
  const applied = compute.apply(REQUEST);
  model.show({ offers: [] }); // something else has changed
  expect(compute.view.step.kind).toBe('making');
  model.show({ environments: [makeEnvironment('default', { state: 'failed', message: 'No space left.' })] });
  expect(await applied).toBe(false);
  expect(compute.view.error?.message).toContain('No space left.');
  expect(client.claimKernel).not.toHaveBeenCalled();
});

test('making an environment can be given up, which is no error', async () => {
  const { client, compute } = setUp(claim('Ready'), [makeEnvironment('default', { state: 'absent' })]);
  const applied = compute.apply(REQUEST);
  await compute.giveUp();
  expect(await applied).toBe(false);
  expect(client.cancelEnvironment).toHaveBeenCalledWith('default');
  expect(compute.view).toMatchObject({ error: null, step: { kind: 'idle' } });
  expect(client.claimKernel).not.toHaveBeenCalled();
});

test('a wait that ended without the person is told to them; one that they ended is not', () => {
  const { model, compute } = setUp();
  const lost: string[] = [];
  compute.lost.connect((_, { reason }) => void lost.push(reason));
  model.kernelEnded.emit({ kernel: claim('Ready'), reason: 'Nobody took it for 2 min.' });
  model.kernelEnded.emit({ kernel: claim('Ready'), reason: '' });
  model.kernelEnded.emit({ kernel: makeKernel('other', { offer: GPU }), reason: 'Not ours.' });
  model.kernelEnded.emit({ kernel: { ...claim('Running'), offer: 'cpu' }, reason: 'Its process ended.' });
  expect(lost).toEqual(['Nobody took it for 2 min.']);
});

test('a notebook that was closed does nothing any more', async () => {
  const { notebook, model, compute } = setUp(claim('Waiting'));
  await compute.apply(REQUEST);
  compute.dispose();
  model.show({ kernels: [claim('Ready')] });
  await settled();
  expect(notebook.started).toEqual([]);
});

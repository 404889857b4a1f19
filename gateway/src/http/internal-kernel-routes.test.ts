import { type ErrorBody, type KernelLaunchPlan, PlatformError } from '../contract/index.js';
import type { Platform } from '../platform/platform.js';
import { scriptedPlatform } from './testing/scripted-platform.js';
import { serve, type Served } from './testing/served.js';

const PLAN: KernelLaunchPlan = {
  id: 'a-12345',
  python: '/e/bin/python',
  argv: ['/e/bin/python', '-f', '{connection_file}'],
  variables: { CUDA_VISIBLE_DEVICES: '' },
  removed: ['PYTHONPATH']
};
const LAUNCH = { kernelId: 'k-1', environment: 'default', notebook: '/home/ada/a.ipynb' };
const BASE = '/internal/kernels';

let served: Served;
afterEach(() => served.close());

function post(path: string, body?: unknown, headers = {}): ReturnType<Served['send']> {
  return served.send({ method: 'POST', path: BASE + path, body, headers });
}

async function refusalOf(path: string, body?: unknown): Promise<unknown[]> {
  const answer = await post(path, body);
  const { code, problems } = answer.json<ErrorBody>();
  return [answer.status, code, problems?.map(({ field }) => field)];
}

test('what the Jupyter server asks and tells reaches the platform, with the person who asks', async () => {
  const calls: unknown[] = [];
  const note = (...call: unknown[]): void => void calls.push(call);
  const script: Partial<Platform> = {
    launchKernel: async (actor, launch) => (note(actor, launch), PLAN),
    kernelStarted: async (_actor, id, pid) => note('started', id, pid),
    kernelEnded: async (_actor, id) => note('ended', id)
  };
  served = await serve(scriptedPlatform(script));
  expect((await post('/launch', LAUNCH)).json()).toEqual(PLAN);
  expect((await post('/a-12345/started', { pid: 7 })).status).toBe(204);
  expect((await post('/a-12345/ended')).status).toBe(204);
  expect(calls).toEqual([
    [
      { name: 'ada', rootFolder: '/home/ada' },
      { ...LAUNCH, restart: false }
    ],
    ['started', 'a-12345', 7],
    ['ended', 'a-12345']
  ]);
});

test('what makes no sense is refused before it reaches the platform', async () => {
  served = await serve(scriptedPlatform());
  expect(await refusalOf('/launch', { ...LAUNCH, kernelId: '../x' })).toEqual([400, 'invalid-input', ['kernelId']]);
  expect(await refusalOf('/launch', { ...LAUNCH, argv: [] })).toEqual([400, 'invalid-input', ['argv']]);
  expect(await refusalOf('/a-12345/started', { pid: 0 })).toEqual([400, 'invalid-input', ['pid']]);
  expect(await refusalOf('/UPPER/ended')).toEqual([400, 'invalid-input', ['id']]);
  expect(await refusalOf('/a-12345/else')).toEqual([404, 'not-found', undefined]);
  expect((await post('/launch', LAUNCH, { authorization: 'Bearer wrong' })).status).toBe(401);
});

test('why a kernel must not start is said', async () => {
  const launchKernel = (): Promise<never> => Promise.reject(new PlatformError('conflict', 'It is not there.'));
  served = await serve(scriptedPlatform({ launchKernel }));
  const answer = await post('/launch', LAUNCH);
  expect([answer.status, answer.json<ErrorBody>().message]).toEqual([409, 'It is not there.']);
});

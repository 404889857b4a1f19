/** Every route of the contract against the real local platform: each answer fits its schema, each documented failure occurs. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import type { WebSocket } from 'ws';
import {
  ErrorBody,
  GatewayEvent,
  type EnvironmentDetail,
  type KernelLaunchPlan,
  type KernelView,
  type LogPage,
  type Route,
  ROUTES,
  type RouteName,
  type RunView
} from '../contract/index.js';
import { openApiDocument } from '../contract/openapi.js';
import { LocalActivity } from '../platform/local/activity/index.js';
import { LocalCompute } from '../platform/local/compute/index.js';
import { EnvironmentsWorld } from '../platform/local/environments/environments.testkit.js';
import { LocalPlatform } from '../platform/local/index.js';
import { LocalKernels } from '../platform/local/kernels/index.js';
import { serve, type Served } from './testing/served.js';
import type { Received, Sent } from './testing/unix-client.js';

/** Runs are processes; they start slowly on a machine that has much to do. */
jest.setTimeout(60_000);

const FINAL = new Set(['Succeeded', 'Failed', 'Cancelled', 'Lost']);
/**
 * They need a bug, a full disk, and a deletion that is under way; `app.test.ts` shows how such are answered.
 */
const NOT_HERE = /(500|507|^(make|repair)Environment 409)$/;
const NAMES = Object.keys(ROUTES) as RouteName[];
const SOMETHING: Record<string, string> = { id: 'nobody-00000', name: 'nothing' };

let folder = '';
let world: EnvironmentsWorld;
let closePlatform: () => Promise<void>;
let served: Served;
let socket: WebSocket;
const runs = new Map<string, RunView>();
const environmentStates = new Map<string, string>();
const occurred = new Set<string>();
let wake = (): void => undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-api-'));
  const root = join(folder, 'home');
  for (const name of ['small', 'large']) await mkdir(join(root, name), { recursive: true });
  await writeFile(join(root, 'small', 'quick.ipynb'), notebook('print("hello from the notebook")'));
  await writeFile(join(root, 'small', 'slow.ipynb'), notebook('import time\nprint("up", flush=True)\ntime.sleep(600)'));
  await writeFile(join(root, 'large', 'train.py'), 'pass');
  await writeFile(join(root, 'large', 'data.bin'), new Uint8Array(2 * 1024 * 1024));
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  const log = { error: ignore, warn: ignore, info: ignore };
  const clock = (): Date => new Date();
  world = await EnvironmentsWorld.make();
  const environments = await world.made();
  const compute = await LocalCompute.open({ log, clock, variables: {}, machine: { cores: 2, memoryBytes: 1024 ** 3 } });
  const kernels = await LocalKernels.open({ folder: join(folder, 'kernels'), environments, compute, log, clock });
  const judge = { folder: join(folder, 'activity'), policyFile: join(folder, 'idle-policy.json') };
  const activity = await LocalActivity.open({ ...judge, log, clock });
  const platform = await LocalPlatform.open({
    dataFolder: join(folder, 'data'),
    launcherFolder: fileURLToPath(new URL('../../launcher/berth_launcher', import.meta.url)),
    pythonPath: python,
    ...{ environments, compute, kernels, activity, log, clock },
    variables: process.env,
    bundleLimits: { maxBytes: 1024 * 1024, maxFiles: 100 }
  });
  closePlatform = async () => {
    await platform.close();
    await kernels.close();
    await compute.close();
    await world.remove();
  };
  served = await serve(platform, { rootFolder: root });
  socket = served.connect('/api/v1/events');
  socket.on('message', data => {
    const event = GatewayEvent.parse(JSON.parse((data as Buffer).toString()));
    if (event.type === 'run') runs.set(event.run.id, event.run);
    if (event.type === 'environment') environmentStates.set(event.environment.name, event.environment.state);
    wake();
  });
});

afterAll(async () => {
  socket.terminate();
  await served.close();
  await closePlatform();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

function ignore(): void {
  return;
}

function notebook(source: string): string {
  const cell = { cell_type: 'code', id: 'a', metadata: {}, source, outputs: [], execution_count: null };
  const kernelspec = { name: 'python3', language: 'python', display_name: 'Python' };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: [cell] });
}

/** Calls a route, holds the answer against the contract and notes what occurred. */
async function call(name: RouteName, params: Record<string, string> = {}, more: Partial<Sent> = {}): Promise<Received> {
  const route: Route = ROUTES[name];
  const path = `/api/v1${route.path.replace(/\{(\w+)\}/g, (_all, key: string) => params[key] ?? SOMETHING[key] ?? '')}`;
  const query = params['query'] ?? '';
  const body = route.body && { notebook: 'small/quick.ipynb' };
  const answer = await served.send({ method: route.method.toUpperCase(), path: path + query, body, ...more });
  occurred.add(`${name} ${answer.status}`);
  const { status, schema, mediaType } = route.answer;
  if (answer.status !== status) ErrorBody.parse(answer.json());
  else if (schema === null) expect(answer.text).toBe('');
  else schema.parse(mediaType === undefined ? answer.json() : answer.text);
  return answer;
}

async function submit(fields: object): Promise<RunView> {
  const answer = await call('submitRun', {}, { body: { framework: 'process', ...fields } });
  expect(answer.status).toBe(201);
  return answer.json<RunView>();
}

/** What the event stream says of the run, as soon as it is so. */
async function until(id: string, isSo: (run: RunView) => boolean): Promise<RunView> {
  for (;;) {
    const run = runs.get(id);
    if (run !== undefined && isSo(run)) return run;
    await new Promise<void>(resolve => (wake = resolve));
  }
}

async function untilEnvironment(name: string, want: string): Promise<void> {
  while (environmentStates.get(name) !== want) await new Promise<void>(resolve => (wake = resolve));
}

function claim(fields: object = {}): Promise<Received> {
  return call('claimKernel', {}, { body: { notebook: 'small/quick.ipynb', environment: 'default', ...fields } });
}

const isFinal = ({ phase }: RunView): boolean => FINAL.has(phase);
const codeOf = (answer: Received): [number, string] => [answer.status, answer.json<ErrorBody>().code];

test.each(NAMES)('%s: no token, nobody who asks, and a body that is too large are refused', async name => {
  expect(codeOf(await call(name, {}, { headers: { authorization: 'Bearer wrong' } }))).toEqual([
    401,
    'unauthenticated'
  ]);
  expect(codeOf(await call(name, {}, { headers: { 'x-berth-root': 'relative' } }))).toEqual([400, 'invalid-input']);
  const route: Route = ROUTES[name];
  if (route.body === undefined) return;
  expect(codeOf(await call(name, {}, { body: { text: 'x'.repeat(17_000_000) } }))).toEqual([413, 'too-large']);
});

test.each(NAMES.filter(name => 'params' in ROUTES[name]))('%s: what is not there is not found', async name => {
  expect(codeOf(await call(name))).toEqual([404, 'not-found']);
});

test('offers, usage and verdicts', async () => {
  expect((await call('listOffers')).json()).toMatchObject({ offers: [{ id: 'cpu', used: 0 }] });
  expect((await call('getUsage')).json()).toMatchObject({ intervalMs: expect.any(Number) as number });
  const body = { notebook: 'small/quick.ipynb', framework: 'process' };
  expect((await call('getVerdict', {}, { body })).json()).toMatchObject({ verdict: 'now', problems: [] });
  const never = await call('getVerdict', {}, { body: { ...body, notebook: 'missing.ipynb' } });
  expect(never.json()).toMatchObject({ verdict: 'never', problems: [{ field: 'notebook' }] });
});

test('an environment from its lock to its deletion', async () => {
  expect((await call('listEnvironments')).json()).toMatchObject({
    environments: [{ name: 'default', state: 'ready' }]
  });
  const detail = (await call('getEnvironment', { name: 'default' })).json<EnvironmentDetail>();
  expect((await call('inspectLock', {}, { body: { text: detail.lock } })).json()).toMatchObject({
    lockHash: detail.environment.lockHash,
    environments: ['default']
  });
  const body = { name: 'mine', source: { kind: 'uv-lock', text: detail.lock } };
  expect((await call('createEnvironment', {}, { body })).json()).toMatchObject({ name: 'mine' });
  await untilEnvironment('mine', 'ready');
  const missing = { name: 'other', source: { kind: 'notebook', path: 'small/missing.ipynb' } };
  expect(codeOf(await call('createEnvironment', {}, { body: missing }))).toEqual([404, 'not-found']);
  const taken = { ...body, source: { kind: 'requirements', text: 'tiny_a==0.5' } };
  expect(codeOf(await call('createEnvironment', {}, { body: taken }))).toEqual([409, 'conflict']);
  expect((await call('makeEnvironment', { name: 'mine' })).status).toBe(202);
  expect((await call('cancelEnvironment', { name: 'mine' })).status).toBe(202);

  const made = (await world.folders()).find(name => name.startsWith('mine-')) ?? '';
  // The files are being looked over: whatever is written meanwhile makes it try again, as a person would.
  await rm(world.at('cache', 'environments', made), { recursive: true, maxRetries: 5 });
  expect(codeOf(await claim({ environment: 'mine' }))).toEqual([409, 'conflict']);
  environmentStates.delete('mine');
  expect((await call('repairEnvironment', { name: 'mine' })).status).toBe(202);
  await untilEnvironment('mine', 'ready');

  const { id } = (await claim({ environment: 'mine' })).json<KernelView>();
  expect(codeOf(await call('deleteEnvironment', { name: 'mine' }))).toEqual([409, 'conflict']);
  await call('releaseKernel', { id });
  expect((await call('deleteEnvironment', { name: 'mine' })).status).toBe(204);
  expect((await call('listGarbage')).json()).toMatchObject({ folders: [] });
  expect((await call('collectGarbage')).json()).toMatchObject({ folders: [] });
});

test('a kernel from its claim to its release', async () => {
  const request = { notebook: 'small/quick.ipynb', environment: 'default' };
  expect((await call('getKernelVerdict', {}, { body: request })).json()).toMatchObject({ verdict: 'now' });
  const kernel = (await claim()).json<KernelView>();
  expect(kernel).toMatchObject({ name: 'quick', phase: 'Ready', offer: 'cpu' });
  expect((await call('listKernels')).json()).toEqual({ kernels: [kernel] });
  expect((await call('releaseKernel', { id: kernel.id })).status).toBe(204);
  expect(codeOf(await claim({ environment: 'other' }))).toEqual([404, 'not-found']);
  expect(codeOf(await claim({ offer: 'gpu' }))).toEqual([422, 'never-fits']);

  const notebook = join(folder, 'home', request.notebook);
  const body = { kernelId: 'k-1', environment: 'default', notebook };
  const plan = (await served.send({ method: 'POST', path: '/internal/kernels/launch', body })).json<KernelLaunchPlan>();
  expect(codeOf(await call('releaseKernel', { id: plan.id }))).toEqual([409, 'conflict']);
  await served.send({ method: 'POST', path: `/internal/kernels/${plan.id}/ended` });
  expect((await call('listKernels')).json()).toEqual({ kernels: [] });
});

test('a run from submission to deletion', async () => {
  const submission = { notebook: 'small/quick.ipynb', submissionId: 'press-0001' };
  const { id } = await submit(submission);
  expect((await submit(submission)).id).toBe(id);
  expect((await until(id, isFinal)).phase).toBe('Succeeded');
  expect((await call('getRun', { id })).json()).toMatchObject({ id, phase: 'Succeeded' });
  expect((await call('listRuns')).json()).toMatchObject({ runs: [{ id }] });

  const page = (await call('getLogs', { id, query: '?rank=0&1727000000000' })).json<LogPage>();
  expect(page.lines.map(line => line.text)).toContain('hello from the notebook');
  const download = await call('downloadLogs', { id, query: '?rank=0' });
  expect(download.text).toContain('hello from the notebook');
  expect(download.headers['content-disposition']).toBe(`attachment; filename="${id}-rank-0.log"`);

  expect(codeOf(await call('cancelRun', { id }))).toEqual([409, 'conflict']);
  expect(codeOf(await call('retryRun', { id }))).toEqual([409, 'conflict']);
  expect((await call('deleteRun', { id })).status).toBe(204);
  expect(codeOf(await call('getRun', { id }))).toEqual([404, 'not-found']);
});

test('a run that is cancelled, retried and cancelled again', async () => {
  const { id } = await submit({ notebook: 'small/slow.ipynb', graceMs: 1000 });
  await until(id, run => run.phase === 'Running');
  expect(codeOf(await call('deleteRun', { id }))).toEqual([409, 'conflict']);
  expect((await call('cancelRun', { id })).status).toBe(202);
  expect((await until(id, isFinal)).phase).toBe('Cancelled');
  expect((await call('retryRun', { id })).status).toBe(202);
  await until(id, run => run.attempts.length === 2 && run.phase === 'Running');
  await call('cancelRun', { id });
  expect((await until(id, run => isFinal(run) && run.attempts.length === 2)).phase).toBe('Cancelled');
});

test.each([
  { name: 'bad fields', body: { notebook: 'small/quick.ipynb', offer: 3 }, want: [400, 'invalid-input'] },
  { name: 'a notebook that is not there', body: { notebook: 'missing.ipynb' }, want: [404, 'not-found'] },
  { name: 'a folder that is too large', body: { notebook: 'large/train.py' }, want: [413, 'too-large'] },
  {
    name: 'more processes than fit',
    body: { notebook: 'small/quick.ipynb', processes: 4096 },
    want: [422, 'never-fits']
  }
])('submitting $name is refused, and nothing is made', async ({ body, want }) => {
  const before = (await call('listRuns')).text;
  const answer = await call('submitRun', {}, { body });
  expect(codeOf(answer)).toEqual(want);
  expect(answer.json<ErrorBody>().problems?.length).toBeGreaterThan(0);
  expect((await call('listRuns')).text).toBe(before);
});

test('when the gateway ends, every route says so; and all that is documented has occurred', async () => {
  served.closing.abort();
  for (const name of NAMES) expect(codeOf(await call(name))).toEqual([503, 'shutting-down']);
  const { paths } = openApiDocument() as {
    paths: Record<string, Record<string, { operationId: string; responses: object }>>;
  };
  const documented = Object.values(paths)
    .flatMap(methods => Object.values(methods))
    .flatMap(({ operationId, responses }) => Object.keys(responses).map(status => `${operationId} ${status}`))
    .filter(outcome => !NOT_HERE.test(outcome));
  expect([...occurred].sort()).toEqual(documented.sort());
  expect(served.logged).toEqual([]);
});

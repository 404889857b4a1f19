/** Watches of the client, its connections, and the credentials that it is given anew while it runs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { ApiClient } from './api-client.js';
import { FakeClock, settled } from './fake-clock.testkit.js';
import { type HttpServer, json, startHttpServer } from './http-server.testkit.js';
import type { Resource } from './resource.js';

const PODS: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };

let server: HttpServer;
let clock: FakeClock;
let client: ApiClient;
let given: AbortController;

function configFor(user: object): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'c', server: server.url, skipTLSVerify: true }, { name: 'u', ...user });
  return config;
}

const watch = () => client.watch(PODS, { resourceVersion: '5', timeoutS: 240, signal: given.signal });
const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const podAt = (resourceVersion: string) => ({ metadata: { name: 'a', namespace: 'x', resourceVersion } });

async function eventsOf<T>(watching: AsyncIterable<T>): Promise<T[]> {
  const events: T[] = [];
  for await (const each of watching) events.push(each);
  return events;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await settled();
}

beforeEach(async () => {
  server = await startHttpServer();
  clock = new FakeClock();
  given = new AbortController();
  client = ApiClient.fromKubeConfig(configFor({ token: 't' }), { fieldManager: 'berth', clock });
});

afterEach(async () => {
  given.abort();
  await client.close();
  await server.close();
});

describe('a watch', () => {
  test('asks for bookmarks and an end, and yields what comes until the server ends it', async () => {
    server.otherwise = response =>
      response.end(event('ADDED', podAt('6')) + event('BOOKMARK', { metadata: { resourceVersion: '9' } }));
    const events = client.watch(PODS, {
      resourceVersion: '5',
      timeoutS: 240,
      signal: given.signal,
      labelSelector: 'a=b'
    });
    expect(await eventsOf(events)).toEqual([
      { type: 'ADDED', object: podAt('6') },
      { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } }
    ]);
    expect(server.asked[0]?.url).toBe(
      '/api/v1/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=240&resourceVersion=5&labelSelector=a%3Db'
    );
    expect(clock.pending).toBe(0);
  });

  test.each([
    { name: 'as its answer', answer: json({ kind: 'Status', code: 410, reason: 'Gone', message: 'old' }, 410) },
    {
      name: 'in the stream',
      answer: (response: ServerResponse) => response.end(event('ERROR', { kind: 'Status', code: 410, message: 'old' }))
    }
  ])('throws what the server says $name', async ({ answer }) => {
    server.otherwise = answer;
    await expect(eventsOf(watch())).rejects.toMatchObject({ name: 'ApiError', status: 410, message: 'old' });
  });

  test('that is left is ended at the server', async () => {
    let isClosed = false;
    server.otherwise = response => {
      response.once('close', () => (isClosed = true)).write(event('ADDED', podAt('6')));
    };
    for await (const _ of watch()) break;
    await until(() => isClosed);
    expect(clock.pending).toBe(0);
  });

  test('ends with the reason of the caller', async () => {
    server.otherwise = response => response.writeHead(200).flushHeaders();
    const ended = expect(eventsOf(watch())).rejects.toThrow('enough');
    await until(() => server.asked.length === 1);
    given.abort(new Error('enough'));
    await ended;
  });

  test('that the server has forgotten ends ten seconds after its time', async () => {
    server.otherwise = response => response.writeHead(200).flushHeaders();
    const ended = expect(eventsOf(watch())).rejects.toThrow('GET /api/v1/pods: not done within 250 s');
    await until(() => server.asked.length === 1);
    await clock.advance(250_000);
    await ended;
  });

  test('takes no connection from requests, however many there are', async () => {
    server.otherwise = (response, asked) => {
      if (asked.url.includes('watch')) response.writeHead(200).flushHeaders();
      else json(podAt('7'))(response, asked);
    };
    const watches = Array.from({ length: 50 }, () => eventsOf(watch()).catch(() => 'ended'));
    await until(() => server.asked.length === 50);
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.get(PODS, 'x/a')));
    expect(answers).toHaveLength(100);
    given.abort();
    expect(new Set(await Promise.all(watches))).toEqual(new Set(['ended']));
  });
});

describe('requests', () => {
  test('share 32 connections', async () => {
    const waiting: ServerResponse[] = [];
    server.otherwise = response => void waiting.push(response);
    const work = Promise.all(Array.from({ length: 40 }, () => client.get(PODS, 'x/a')));
    await until(() => waiting.length === 32);
    for (let turn = 0; turn < 50; turn += 1) await settled();
    expect(waiting).toHaveLength(32);
    server.otherwise = json(podAt('7'));
    for (const response of waiting) response.end(JSON.stringify(podAt('7')));
    expect(await work).toHaveLength(40);
  });
});

describe('a token in a file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'berth-token-'));
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval', 'queueMicrotask', 'performance']
    });
  });

  afterEach(async () => {
    jest.useRealTimers();
    await rm(folder, { recursive: true });
  });

  test('is read again, for it is replaced while we run', async () => {
    const tokenFile = path.join(folder, 'token');
    await writeFile(tokenFile, 'first\n');
    const config = configFor({ authProvider: { name: 'tokenFile', config: { tokenFile } } });
    const inPod = ApiClient.fromKubeConfig(config, { fieldManager: 'berth', clock });
    await inPod.get(PODS, 'x/a');
    await writeFile(tokenFile, 'second\n');
    await inPod.get(PODS, 'x/a');
    await clock.advance(61_000);
    jest.setSystemTime(Date.now() + 61_000);
    await inPod.get(PODS, 'x/a');
    await inPod.close();
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer first',
      'Bearer second'
    ]);
  });

  test('is read again for the next request when the server does not accept it', async () => {
    const tokenFile = path.join(folder, 'token');
    await writeFile(tokenFile, 'first');
    const config = configFor({ authProvider: { name: 'tokenFile', config: { tokenFile } } });
    const inPod = ApiClient.fromKubeConfig(config, { fieldManager: 'berth', clock });
    await inPod.get(PODS, 'x/a');
    await writeFile(tokenFile, 'second');
    jest.setSystemTime(Date.now() + 61_000);
    server.answers.push(json({ kind: 'Status', code: 401, reason: 'Unauthorized', message: 'Unauthorized' }, 401));
    await expect(inPod.get(PODS, 'x/a')).rejects.toMatchObject({ status: 401 });
    await inPod.get(PODS, 'x/a');
    await inPod.close();
    expect(server.asked.at(-1)?.headers.authorization).toBe('Bearer second');
  });

  test('that cannot be read fails the request, not the ones after it', async () => {
    const tokenFile = path.join(folder, 'token');
    const config = configFor({ authProvider: { name: 'tokenFile', config: { tokenFile } } });
    const inPod = ApiClient.fromKubeConfig(config, { fieldManager: 'berth', clock });
    await expect(inPod.get(PODS, 'x/a')).rejects.toThrow('ENOENT');
    await writeFile(tokenFile, 'there');
    await expect(inPod.get(PODS, 'x/a')).resolves.toBeDefined();
    await inPod.close();
  });
});

test('certificates that were replaced are used for what is new, and end nothing that is under way', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-ca-'));
  const caFile = path.join(folder, 'ca.crt');
  await writeFile(caFile, 'first');
  const config = configFor({});
  Object.assign(config.getCurrentCluster() ?? {}, { caFile });
  const own = ApiClient.fromKubeConfig(config, { fieldManager: 'berth', clock });
  let watched: ServerResponse | undefined;
  server.answers.push(response => {
    watched = response.writeHead(200);
    watched.flushHeaders();
  });
  const events = eventsOf(own.watch(PODS, { resourceVersion: '5', timeoutS: 240, signal: given.signal }));
  await until(() => watched !== undefined);
  await writeFile(caFile, 'second');
  await clock.advance(61_000);
  await own.get(PODS, 'x/a');
  watched?.end(event('ADDED', podAt('6')));
  expect(await events).toEqual([{ type: 'ADDED', object: podAt('6') }]);
  await own.close();
  await rm(folder, { recursive: true });
});

test.each([
  { name: 'without a cluster', config: () => new KubeConfig(), want: 'the kubeconfig has no current cluster' },
  {
    name: 'with a proxy',
    config: () => {
      const config = configFor({});
      Object.assign(config.getCurrentCluster()!, { proxyUrl: 'http://proxy:3128' });
      return config;
    },
    want: 'a proxy-url in the kubeconfig is not supported'
  }
])('a kubeconfig $name is refused', ({ config, want }) => {
  expect(() => ApiClient.fromKubeConfig(config(), { fieldManager: 'berth' })).toThrow(want);
});

import { KubeConfig } from '@kubernetes/client-node';
import { ApiClient, type ApiClientOptions } from './api-client.js';
import type { ApiError } from './api-error.js';
import { FakeClock, settled } from './fake-clock.testkit.js';
import { type HttpServer, json, startHttpServer } from './http-server.testkit.js';
import type { Resource } from './resource.js';

const PODS: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
const WORKSPACES = {
  group: 'berth.dev',
  version: 'v1alpha1',
  plural: 'workspaces',
  kind: 'Workspace',
  namespaced: true
};
const CLASSES = { ...WORKSPACES, plural: 'computeclasses', kind: 'ComputeClass', namespaced: false };
const TOKEN = 'a-secret-token';
const pod = { metadata: { name: 'a', namespace: 'x' } };

let server: HttpServer;
let clock: FakeClock;
let client: ApiClient;

function configFor(url: string, user: object = { token: TOKEN }): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'c', server: url, skipTLSVerify: true }, { name: 'u', ...user });
  return config;
}

function clientWith(options: Partial<ApiClientOptions> = {}, config = configFor(server.url)): ApiClient {
  return ApiClient.fromKubeConfig(config, { fieldManager: 'berth', clock, ...options });
}

/** What came of it: the error. */
async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error
  );
}

beforeEach(async () => {
  server = await startHttpServer();
  clock = new FakeClock();
  client = clientWith();
});

afterEach(async () => {
  await client.close();
  await server.close();
});

describe('a request', () => {
  test.each<{ name: string; send: () => Promise<unknown>; want: object }>([
    {
      name: 'list',
      send: () => client.list(PODS, { labelSelector: 'berth.dev/workspace,app!=x', limit: 5, continueToken: 'c/1' }),
      want: {
        method: 'GET',
        url: '/api/v1/pods?labelSelector=berth.dev%2Fworkspace%2Capp!%3Dx&limit=5&continue=c%2F1'
      }
    },
    {
      name: 'list at a version',
      send: () => client.list(WORKSPACES, { resourceVersion: '3' }),
      want: {
        url: '/apis/berth.dev/v1alpha1/workspaces?resourceVersion=3&resourceVersionMatch=NotOlderThan'
      }
    },
    {
      name: 'get',
      send: () => client.get(PODS, 'x/a'),
      want: { method: 'GET', url: '/api/v1/namespaces/x/pods/a', body: undefined }
    },
    {
      name: 'get of the cluster',
      send: () => client.get(CLASSES, 'a/../b'),
      want: { url: '/apis/berth.dev/v1alpha1/computeclasses/..%2Fb' }
    },
    {
      name: 'create',
      send: () => client.create(PODS, pod),
      want: {
        method: 'POST',
        url: '/api/v1/namespaces/x/pods?fieldManager=berth',
        body: { apiVersion: 'v1', kind: 'Pod', ...pod }
      }
    },
    {
      name: 'apply',
      send: () => client.apply(PODS, { metadata: { ...pod.metadata, managedFields: [] } }),
      want: {
        method: 'PATCH',
        url: '/api/v1/namespaces/x/pods/a?force=true&fieldManager=berth',
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: { apiVersion: 'v1', kind: 'Pod', ...pod }
      }
    },
    {
      name: 'apply of a status',
      send: () => client.apply(WORKSPACES, pod, { subresource: 'status' }),
      want: {
        url: '/apis/berth.dev/v1alpha1/namespaces/x/workspaces/a/status?force=true&fieldManager=berth',
        body: { apiVersion: 'berth.dev/v1alpha1', kind: 'Workspace', ...pod }
      }
    },
    {
      name: 'replace',
      send: () => client.replace(PODS, { metadata: { ...pod.metadata, resourceVersion: '6' } }),
      want: {
        method: 'PUT',
        url: '/api/v1/namespaces/x/pods/a?fieldManager=berth',
        body: { metadata: { resourceVersion: '6' } }
      }
    },
    {
      name: 'merge',
      send: () => client.merge(PODS, { ...pod.metadata, uid: 'u', resourceVersion: '6', labels: {} }, { spec: {} }),
      want: {
        method: 'PATCH',
        url: '/api/v1/namespaces/x/pods/a?fieldManager=berth',
        headers: { 'content-type': 'application/merge-patch+json' },
        body: { spec: {}, metadata: { uid: 'u', resourceVersion: '6' } }
      }
    },
    {
      name: 'delete',
      send: () => client.delete(PODS, 'x/a', { uid: 'u', resourceVersion: '6' }),
      want: {
        method: 'DELETE',
        url: '/api/v1/namespaces/x/pods/a',
        body: { kind: 'DeleteOptions', preconditions: { uid: 'u', resourceVersion: '6' } }
      }
    }
  ])('$name is what the API server understands', async ({ send, want }) => {
    await send();
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]).toMatchObject(want);
    expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  test('says who asks', async () => {
    await client.get(PODS, 'x/a');
    expect(server.asked[0]?.headers).toMatchObject({
      'user-agent': 'berth-operator',
      accept: 'application/json'
    });
  });

  test('reaches an API server behind a path', async () => {
    await clientWith({}, configFor(`${server.url}/k8s/clusters/c-1/`)).get(PODS, 'x/a');
    expect(server.asked[0]?.url).toBe('/k8s/clusters/c-1/api/v1/namespaces/x/pods/a');
  });

  test('for an object of a namespace without one is a mistake, not a 404', async () => {
    await expect(client.get(PODS, 'a')).rejects.toThrow('pods a: no namespace');
    expect(server.asked).toEqual([]);
  });

  test('that writes asks first whether it may', async () => {
    const guarded = clientWith({
      guard: () => {
        throw new Error('we do not lead');
      }
    });
    const writes = [
      guarded.create(PODS, pod),
      guarded.apply(PODS, pod),
      guarded.replace(PODS, pod),
      guarded.merge(PODS, pod.metadata, {}),
      guarded.delete(PODS, 'x/a')
    ];
    for (const write of writes) expect(await errorOf(write)).toEqual(new Error('we do not lead'));
    expect(server.asked).toEqual([]);
    await guarded.get(PODS, 'x/a');
    expect(server.asked).toHaveLength(1);
  });
});

describe('an answer', () => {
  test('of a list is a page, and says whether there is another', async () => {
    server.answers.push(
      json({ metadata: { resourceVersion: '5', continue: 'next' }, items: [pod] }),
      json({ metadata: { resourceVersion: '5', continue: '' }, items: null })
    );
    expect(await client.list(PODS)).toEqual({ items: [pod], resourceVersion: '5', continueToken: 'next' });
    expect(await client.list(PODS)).toEqual({ items: [], resourceVersion: '5', continueToken: undefined });
  });

  test('of what is not there is no error where that is an answer', async () => {
    server.otherwise = json({ kind: 'Status', code: 404, reason: 'NotFound', message: 'pods "a" not found' }, 404);
    expect(await client.get(PODS, 'x/a')).toBeUndefined();
    expect(await client.delete(PODS, 'x/a')).toBe('absent');
    await expect(client.apply(PODS, pod)).rejects.toThrow('pods "a" not found');
  });

  test.each([
    { who: 'an API server that does not serve the resource yet', answer: '404 page not found\n' },
    { who: 'a proxy on the way', answer: '<html>' }
  ])('with 404 of $who does not say that an object is gone', async ({ answer }) => {
    server.otherwise = response => response.writeHead(404).end(answer);
    await expect(client.get(PODS, 'x/a')).rejects.toMatchObject({ status: 404 });
    await expect(client.delete(PODS, 'x/a')).rejects.toMatchObject({ status: 404 });
  });

  test('that refuses is an error with what the server says, and with nothing else', async () => {
    const details = { retryAfterSeconds: 2, causes: [{ reason: 'FieldManagerConflict' }] };
    server.otherwise = json({ kind: 'Status', code: 409, reason: 'Conflict', message: 'in use', details }, 409, {
      'set-cookie': 'hunter2'
    });
    const error = (await errorOf(client.delete(PODS, 'x/a', { uid: 'u' }))) as ApiError;
    expect(error).toMatchObject({ status: 409, reason: 'Conflict', message: 'in use', retryAfterMs: 2_000 });
    expect(JSON.stringify([error, error.stack, error.cause])).not.toMatch(/hunter2|a-secret-token/);
  });

  test.each([
    { name: 'no JSON', answer: '<html>', want: '6 characters are no JSON' },
    { name: 'half of it', answer: '{"data": "hunter2', want: '17 characters are no JSON' }
  ])('that is $name is an error that does not quote it', async ({ answer, want }) => {
    server.otherwise = response => response.end(answer);
    expect(await errorOf(client.get(PODS, 'x/a'))).toEqual(new Error(want));
  });
});

describe('a server that is busy', () => {
  const busy = (status: number) =>
    json({ kind: 'Status', code: status, message: 'busy' }, status, { 'retry-after': '2' });

  test.each([429, 503])('with %d is read from again, not before it asks for that', async status => {
    server.answers.push(busy(status), busy(status));
    const work = client.get(PODS, 'x/a');
    await clockUntilAsked(2);
    expect(clock.now()).toBeGreaterThanOrEqual(2_000);
    await clockUntilAsked(3);
    expect(clock.now()).toBeGreaterThanOrEqual(4_000);
    expect(await work).toMatchObject({ metadata: { name: 'a' } });
  });

  test('for ever is given up', async () => {
    server.otherwise = busy(429);
    const work = errorOf(client.get(PODS, 'x/a'));
    await clockUntilAsked(4);
    expect(await work).toMatchObject({ status: 429, retryAfterMs: 2_000 });
    expect(clock.pending).toBe(0);
  });

  test('is not written to again: that is for the author of the write to say', async () => {
    server.otherwise = busy(429);
    expect(await errorOf(client.create(PODS, pod))).toMatchObject({ status: 429 });
    expect(server.asked).toHaveLength(1);
  });

  test('is not waited for when the caller gives up', async () => {
    server.otherwise = busy(429);
    const given = new AbortController();
    const work = errorOf(client.get(PODS, 'x/a', given.signal));
    await untilAsked(1);
    given.abort(new Error('enough'));
    expect(await work).toEqual(new Error('enough'));
    expect(clock.pending).toBe(0);
  });
});

test('credentials that never come are given up in time', async () => {
  const config = configFor(server.url);
  config.addAuthenticator({ isAuthProvider: () => true, applyAuthentication: () => new Promise(() => undefined) });
  const work = errorOf(clientWith({}, config).create(PODS, pod));
  await clock.advance(30_000);
  expect(await work).toEqual(new Error('POST /api/v1/namespaces/x/pods: not done within 30 s'));
  expect(server.asked).toEqual([]);
});

describe('a server that does not answer', () => {
  test('is given up in time, in its headers and in its body', async () => {
    for (const answer of [() => undefined, (response: { write(text: string): void }) => response.write('{')]) {
      server.answers.push(answer);
      const before = server.asked.length;
      const work = errorOf(client.get(PODS, 'x/a'));
      await untilAsked(before + 1);
      await clock.advance(30_000);
      expect(await work).toEqual(new Error('GET /api/v1/namespaces/x/pods/a: not done within 30 s'));
    }
    expect(clock.pending).toBe(0);
  });

  test('is given up when the caller does', async () => {
    server.otherwise = () => undefined;
    const given = new AbortController();
    const work = errorOf(client.create(PODS, pod, given.signal));
    await untilAsked(1);
    given.abort(new Error('enough'));
    expect(await work).toEqual(new Error('enough'));
    expect(await errorOf(client.create(PODS, pod, given.signal))).toEqual(new Error('enough'));
    expect(server.asked).toHaveLength(1);
  });
});

async function untilAsked(times: number): Promise<void> {
  while (server.asked.length < times) await settled();
}

/** Moves the clock as long as nothing comes. */
async function clockUntilAsked(times: number): Promise<void> {
  while (server.asked.length < times) await clock.advance(10);
}

/** The operator's client and list-watch against the real API server. */
import { isDeepStrictEqual } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { ApiClient } from '../../src/runtime/api-client.js';
import { isAheadOfServer, isApiError, isExpired } from '../../src/runtime/api-error.js';
import { machineClock } from '../../src/runtime/clock.js';
import { keptLog } from '../../src/runtime/kept.testkit.js';
import { ListWatch } from '../../src/runtime/list-watch.js';
import { ObjectCache } from '../../src/runtime/object-cache.js';
import { type ApiObject, type Resource, keyOf } from '../../src/runtime/resource.js';
import { withCluster } from '../testkit/with-cluster.js';
import { podSpec } from './objects.testkit.js';

const CONFIG_MAPS: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true
};
const PODS: Resource = { ...CONFIG_MAPS, plural: 'pods', kind: 'Pod' };

interface ConfigMap extends ApiObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface Pod extends ApiObject {
  readonly spec?: object;
  readonly status?: { readonly conditions?: readonly object[] };
}

const cluster = withCluster({ profile: 'node' });
const clients: ApiClient[] = [];
const stopped = new AbortController();
const running: Promise<void>[] = [];

/** As the administrator, or as whoever the token is of. */
function clientOf(token?: string): ApiClient {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubectl.kubeconfig);
  const server = config.getCurrentCluster();
  if (server !== null && token !== undefined) config.loadFromClusterAndUser(server, { name: 'token', token });
  const client = ApiClient.fromKubeConfig(config, { fieldManager: 'berth-test' });
  clients.push(client);
  return client;
}

function configMap(name: string, labels: Readonly<Record<string, string>> = {}, value = '1'): ConfigMap {
  return { metadata: { name, namespace: cluster.namespace, labels }, data: { value } };
}

afterAll(async () => {
  stopped.abort();
  await Promise.all(running);
  await Promise.all(clients.map(client => client.close()));
});

cluster.test('an object is made, read, listed in pages and deleted', async () => {
  const client = clientOf();
  for (let each = 0; each < 5; each += 1) await client.create(CONFIG_MAPS, configMap(`page-${each}`, { paged: 'yes' }));
  expect(await client.get<ConfigMap>(CONFIG_MAPS, `${cluster.namespace}/page-3`)).toMatchObject({
    data: { value: '1' }
  });
  const names: string[] = [];
  let continueToken: string | undefined;
  do {
    const page = await client.list<ConfigMap>(CONFIG_MAPS, { labelSelector: 'paged=yes', limit: 2, continueToken });
    expect(page.items.length).toBeLessThanOrEqual(2);
    names.push(...page.items.map(({ metadata }) => metadata.name));
    continueToken = page.continueToken;
  } while (continueToken !== undefined);
  expect(names).toEqual(['page-0', 'page-1', 'page-2', 'page-3', 'page-4']);
  const key = `${cluster.namespace}/page-0`;
  expect(await client.delete(CONFIG_MAPS, key)).toBe('deleted');
  expect(await client.delete(CONFIG_MAPS, key)).toBe('absent');
  expect(await client.get(CONFIG_MAPS, key)).toBeUndefined();
  await expect(client.create(CONFIG_MAPS, configMap('page-1'))).rejects.toMatchObject({
    status: 409,
    reason: 'AlreadyExists'
  });
});

cluster.test('what is applied twice is written once', async () => {
  const client = clientOf();
  const first = await client.apply(CONFIG_MAPS, configMap('applied'));
  const again = await client.apply(CONFIG_MAPS, configMap('applied'));
  expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  const other = await client.apply(CONFIG_MAPS, configMap('applied', {}, '2'));
  expect(other.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
  await expect(client.replace(CONFIG_MAPS, { ...other, metadata: first.metadata })).rejects.toMatchObject({
    status: 409,
    reason: 'Conflict'
  });
});

cluster.test('a status is applied beside what it is the status of', async () => {
  const client = clientOf();
  const metadata = { name: 'waits', namespace: cluster.namespace };
  await client.create<Pod>(PODS, { metadata, spec: podSpec({ spec: { schedulerName: 'nobody' } }) });
  const conditions = [{ type: 'berth.dev/Seen', status: 'True' }];
  await client.apply<Pod>(PODS, { metadata, status: { conditions } }, { subresource: 'status' });
  const seen = await client.get<Pod>(PODS, keyOf({ metadata }));
  expect(seen?.status?.conditions).toEqual([expect.objectContaining(conditions[0])]);
});

cluster.test('an object is deleted only if it is the one that was meant', async () => {
  const client = clientOf();
  const { metadata } = await client.create(CONFIG_MAPS, configMap('meant'));
  const key = keyOf({ metadata });
  const wrong = '00000000-0000-0000-0000-000000000000';
  await expect(client.delete(CONFIG_MAPS, key, { uid: wrong })).rejects.toMatchObject({ status: 409 });
  await expect(client.delete(CONFIG_MAPS, key, { resourceVersion: '1' })).rejects.toMatchObject({ status: 409 });
  expect(await client.delete(CONFIG_MAPS, key, { uid: metadata.uid ?? '' })).toBe('deleted');
});

cluster.test('an account without rights is refused in a sentence that holds no secret', async () => {
  const token = (await cluster.kubectl.run(['create', 'token', 'default'])).trim();
  const failure: unknown = await clientOf(token)
    .list(PODS)
    .catch((error: unknown) => error);
  if (!isApiError(failure, 403)) throw failure;
  expect(failure.message).toContain(`system:serviceaccount:${cluster.namespace}:default`);
  expect(JSON.stringify([failure, failure.stack])).not.toContain(token);
});

cluster.test('a watch says what happens after its version', async () => {
  const client = clientOf();
  const { resourceVersion } = await client.list(CONFIG_MAPS, { limit: 1 });
  await client.create(CONFIG_MAPS, configMap('watched', { watched: 'yes' }));
  await client.delete(CONFIG_MAPS, `${cluster.namespace}/watched`);
  const seen: string[] = [];
  const options = { labelSelector: 'watched=yes', resourceVersion, timeoutS: 60, signal: stopped.signal };
  for await (const { type, object } of client.watch(CONFIG_MAPS, options)) {
    seen.push(`${type} ${object.metadata.name}`);
    if (type === 'DELETED') break;
  }
  expect(seen).toEqual(['ADDED watched', 'DELETED watched']);
});

cluster.test('a version that the server has not reached is told from every other failure', async () => {
  const client = clientOf();
  const { resourceVersion } = await client.list(CONFIG_MAPS, { limit: 1 });
  const ahead = client.list(CONFIG_MAPS, { limit: 1, resourceVersion: `${resourceVersion}000` });
  expect(isAheadOfServer(await ahead.catch((error: unknown) => error))).toBe(true);
});

cluster.test('a list-watch outlives the API server, and a list agrees with what it has', async () => {
  const client = clientOf();
  const labels = { followed: cluster.namespace };
  const labelSelector = `followed=${cluster.namespace}`;
  const cache = new ObjectCache<ConfigMap>({ resource: CONFIG_MAPS, labelSelector });
  const kept = keptLog();
  const metrics = { listed: () => undefined, watchEnded: () => undefined };
  const listWatch = new ListWatch(client, cache, { clock: machineClock, random: Math.random, log: kept.log, metrics });
  running.push(listWatch.run(stopped.signal));
  const values = () => [...cache.keys()].map(key => `${key} ${cache.get(key)?.data?.['value']}`).sort();
  const has = async (...names: string[]) =>
    isDeepStrictEqual(
      values(),
      names.map(name => `${cluster.namespace}/${name}`)
    );

  await client.create(CONFIG_MAPS, configMap('a', labels));
  await client.create(CONFIG_MAPS, configMap('b', labels));
  await cluster.until('both are there', () => has('a 1', 'b 1'));
  await cluster.faults.kill('apiserver');
  await cluster.until('the watch is interrupted', async () => kept.messages('warn').length > 0);
  expect(await has('a 1', 'b 1')).toBe(true);
  await cluster.faults.start('apiserver');
  await cluster.until('the server answers', () =>
    client.list(CONFIG_MAPS, { limit: 1 }).then(
      () => true,
      () => false
    )
  );
  await client.apply(CONFIG_MAPS, configMap('a', labels, '2'));
  await client.delete(CONFIG_MAPS, `${cluster.namespace}/b`);
  await cluster.until('it has caught up', () => has('a 2'));
  await client.create(CONFIG_MAPS, configMap('c', labels));
  await cluster.until('it follows', () => has('a 2', 'c 1'));
  expect(kept.messages('warn')).toEqual(['a watch is interrupted']);

  const announced: string[] = [];
  cache.onChange(({ key }) => announced.push(key));
  const list = await client.list<ConfigMap>(CONFIG_MAPS, { labelSelector });
  cache.replaceAll(cache.pack(list.items), list.resourceVersion);
  expect(announced).toEqual([]);
  const tooOld = client.watch(CONFIG_MAPS, { resourceVersion: '1', timeoutS: 60, signal: stopped.signal }).next();
  expect(isExpired(await tooOld.catch((error: unknown) => error))).toBe(true);
});

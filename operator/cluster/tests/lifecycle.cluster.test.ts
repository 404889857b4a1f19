/** A cluster beside another: it is mended when it is damaged, does not disturb the other, and leaves nothing. */
import { ensureBinaries } from '../binaries/build.js';
import { down, kubectlOf, running, status, up } from '../cluster.js';
import { clusterNames } from '../state.js';
import { TEST_CLUSTER, withCluster } from '../testkit/with-cluster.js';
import { leftBehind, traces } from '../traces.js';
import { isReady, pod } from './objects.testkit.js';

const BESIDE = 'beside';
const LONGEST_MS = 400_000;
const silent = (): void => undefined;
const cluster = withCluster({ profile: 'node' });

afterAll(() => down(BESIDE, silent), LONGEST_MS);

cluster.test(
  'a second cluster comes, is mended after kill -9, and goes without a trace',
  async () => {
    await down(BESIDE, silent);
    const outside = await traces(BESIDE, 0);
    await up({ name: BESIDE, profile: 'node' }, silent);
    const kubectl = kubectlOf(BESIDE, await ensureBinaries(silent)).in('default');
    await kubectl.apply([pod('one')]);
    await kubectl.until('a pod runs in it', ['pod', 'one'], isReady);

    const { machine, spec } = await running(BESIDE);
    for (const component of ['apiserver', 'containerd', 'kubelet']) await machine.kill(component);
    expect((await status(BESIDE)).phase).toBe('damaged');
    expect((await up({ name: BESIDE, profile: 'node' }, silent)).phase).toBe('up');
    await kubectl.apply([pod('two')]);
    await kubectl.until('another pod runs in it', ['pod', 'two'], isReady);

    expect((await status(TEST_CLUSTER)).phase).toBe('up');
    expect((await cluster.kubectl.try(['get', 'pod', 'one'])).stderr).toMatch(/NotFound/);
    const { block = 0 } = spec;
    const before = await traces(BESIDE, block);
    expect(before['processes']).not.toEqual([]);
    await down(BESIDE, silent);
    const after = await traces(BESIDE, block);
    expect(after['processes']).toEqual([]);
    expect(after['cgroups']).toEqual([]);
    expect(after['links']).not.toContain(`berth${block}`);
    expect(leftBehind(before, after)).toEqual([]);
    for (const kind of ['mounts', 'rules', 'folders', 'namespaces']) expect(after[kind]).toEqual(outside[kind]);
    expect(await clusterNames()).not.toContain(BESIDE);
  },
  LONGEST_MS
);

cluster.test('a control plane by itself needs no namespaces, and cannot become a node', async () => {
  await up({ name: BESIDE, profile: 'api' }, silent);
  const kubectl = kubectlOf(BESIDE, await ensureBinaries(silent));
  await kubectl.run(['create', 'namespace', 'made']);
  await expect(up({ name: BESIDE, profile: 'node' }, silent)).rejects.toThrow(/has profile api and cannot become node/);
  expect((await kubectl.try(['get', 'namespace', 'made'])).code).toBe(0);
  await down(BESIDE, silent);
  expect((await status(BESIDE)).phase).toBe('down');
});

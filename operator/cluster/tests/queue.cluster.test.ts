/** Kueue does here what it does in production: admits whole gangs, says why others wait and where they stand, makes room by priority. */
import { type Conditioned, condition, jobSet, pod, priorityClass, queue } from './objects.testkit.js';
import { withCluster } from '../testkit/with-cluster.js';

const cluster = withCluster({ profile: 'queue' });
const GPU = 'nvidia.com/gpu';

interface Workload extends Conditioned {
  readonly metadata: { readonly name: string; readonly ownerReferences?: readonly { readonly name: string }[] };
}

async function workloadOf(owner: string): Promise<Workload | undefined> {
  const { items } = JSON.parse(await cluster.kubectl.run(['get', 'workloads', '-o', 'json'])) as { items: Workload[] };
  return items.find(({ metadata }) => metadata.ownerReferences?.some(({ name }) => name === owner));
}

function untilWorkload(what: string, owner: string, isSo: (workload: Workload) => boolean): Promise<void> {
  return cluster.until(what, async () => {
    const workload = await workloadOf(owner);
    return workload !== undefined && isSo(workload);
  });
}

interface Pending {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly positionInLocalQueue: number;
    readonly priority: number;
  }[];
}

async function pending(): Promise<Pending['items']> {
  const api = `/apis/visibility.kueue.x-k8s.io/v1beta2/namespaces/${cluster.namespace}/localqueues/${cluster.namespace}`;
  return (JSON.parse(await cluster.kubectl.run(['get', '--raw', `${api}/pendingworkloads`])) as Pending).items;
}

const phases = async (selector: string): Promise<string[]> => {
  const text = await cluster.kubectl.run(['get', 'pods', '-l', selector, '-o', 'jsonpath={.items[*].status.phase}']);
  return text.split(' ').filter(phase => phase !== '');
};
const runs = (name: string, pods: number) => async () =>
  (await phases(`jobset.sigs.k8s.io/jobset-name=${name}`)).filter(phase => phase === 'Running').length === pods;
const gang = (name: string, pods: number, priority: string) =>
  jobSet(name, { queue: cluster.namespace, priority, pods, limits: { [GPU]: '1' } });

beforeAll(async () => {
  await cluster.kubectl.apply([
    ...queue(cluster.namespace, 4),
    priorityClass('test-low', 100),
    priorityClass('test-high', 1000)
  ]);
}, 60_000);

afterAll(async () => {
  await cluster.kubectl.run(['delete', 'jobset', '--all', '--wait=false']);
  await cluster.kubectl.run(['delete', 'clusterqueue,resourceflavor', cluster.namespace, '--wait=false']);
}, 60_000);

cluster.test('a gang that fits is admitted whole', async () => {
  await cluster.kubectl.apply([gang('first', 4, 'test-low')]);
  await untilWorkload('it is admitted', 'first', seen => condition(seen, 'Admitted').status === 'True');
  await cluster.until('its four pods run', runs('first', 4));
});

cluster.test('one that does not fit is held, with the reason and its position', async () => {
  await cluster.kubectl.apply([gang('second', 2, 'test-low')]);
  await untilWorkload('it is told how many GPUs are missing', 'second', seen =>
    /insufficient unused quota for nvidia.com\/gpu.*2 more needed/.test(condition(seen, 'QuotaReserved').message ?? '')
  );
  const workload = await workloadOf('second');
  await cluster.until('the visibility API has its position', async () =>
    (await pending()).some(
      ({ metadata, positionInLocalQueue }) => metadata.name === workload?.metadata.name && positionInLocalQueue === 0
    )
  );
  expect(await phases('jobset.sigs.k8s.io/jobset-name=second')).toEqual([]);
});

cluster.test('one of a higher priority takes the place of one that runs, which is told so', async () => {
  await cluster.kubectl.apply([gang('urgent', 4, 'test-high')]);
  await untilWorkload('the first is evicted', 'first', seen => condition(seen, 'Evicted').reason === 'Preempted');
  expect(condition((await workloadOf('first')) ?? {}, 'Preempted').reason).toBe('InClusterQueue');
  await cluster.until('the urgent pods run', runs('urgent', 4));
});

cluster.test('a plain pod with a queue is gated until there is room', async () => {
  const labels = { 'kueue.x-k8s.io/queue-name': cluster.namespace };
  await cluster.kubectl.apply([pod('plain', { labels, command: ['/bin/sh', '-c', 'exit 0'], limits: { [GPU]: '1' } })]);
  const gates = await cluster.kubectl.run(['get', 'pod', 'plain', '-o', 'jsonpath={.spec.schedulingGates[*].name}']);
  expect(gates).toContain('kueue.x-k8s.io/admission');
  await cluster.kubectl.run(['delete', 'jobset', '--all', '--wait=false']);
  await cluster.kubectl.until<Conditioned>(
    'it has run',
    ['pod', 'plain'],
    ({ status }) => status?.phase === 'Succeeded'
  );
});

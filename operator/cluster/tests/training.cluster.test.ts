/** Distributed training on pods: ranks find each other by name, Trainer sets torchrun up, Ray runs its own way; Kueue admits them all. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Conditioned, condition, jobSet, queue } from './objects.testkit.js';
import { withCluster } from '../testkit/with-cluster.js';

const cluster = withCluster({ profile: 'queue' });
const TRAINING = 'localhost/berth/training:1';
const RAY = 'localhost/berth/ray:1';
const CODE = '/code';
const TORCHRUN = ['python3', '-m', 'torch.distributed.run'];
/** Torch's own memory, and what one rank may take of the machine's cores. */
const RANK = { requests: { cpu: '20m', memory: '256Mi' }, limits: { memory: '3Gi' } };
const ENVIRONMENT = [
  { name: 'OMP_NUM_THREADS', value: '1' },
  { name: 'GLOO_SOCKET_IFNAME', value: 'eth0' }
];
const mounts = { volumeMounts: [{ name: 'code', mountPath: CODE }] };
const volumes = [{ name: 'code', configMap: { name: 'code' } }];

beforeAll(async () => {
  const read = (name: string) => readFile(path.join(__dirname, name), 'utf8');
  const data = { 'train.py': await read('train.py'), 'ray_sum.py': await read('ray_sum.py') };
  await cluster.kubectl.apply([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'code' }, data },
    ...queue(cluster.namespace, 4)
  ]);
}, 60_000);

afterAll(async () => {
  await cluster.kubectl.run(['delete', 'jobset,trainjob,rayjob', '--all', '--wait=false']);
  await cluster.kubectl.run(['delete', 'clusterqueue,resourceflavor', cluster.namespace, '--wait=false']);
}, 60_000);

const logsOf = (selector: string) => cluster.kubectl.run(['logs', '-l', selector, '--tail=-1', '--all-containers']);

cluster.test('two pods under torchrun meet by the name of the first and end with equal weights', async () => {
  const meeting = ['--rdzv-backend=c10d', '--rdzv-id=ddp', '--rdzv-endpoint=ddp-w-0-0.ddp:29500'];
  const command = [...TORCHRUN, '--nnodes=2', '--nproc-per-node=1', ...meeting, `${CODE}/train.py`];
  const container = { resources: RANK, env: ENVIRONMENT, ...mounts };
  const options = { queue: cluster.namespace, pods: 2, backoffLimit: 1, image: TRAINING, command };
  await cluster.kubectl.apply([jobSet('ddp', { ...options, container, spec: { volumes } })]);
  await cluster.kubectl.until<Conditioned>(
    'it completes',
    ['jobset', 'ddp'],
    seen => condition(seen, 'Completed').status === 'True',
    150_000
  );
  const logs = await logsOf('jobset.sigs.k8s.io/jobset-name=ddp');
  expect(logs).toMatch(/rank 0 of 2: equal weights True/);
  expect(logs).toMatch(/rank 1 of 2: equal weights True/);
});

cluster.test('a TrainJob needs no word about ranks or addresses', async () => {
  const runtime = `torch-${cluster.namespace}`;
  const node = { name: 'node', image: TRAINING, imagePullPolicy: 'Never', env: ENVIRONMENT, ...mounts };
  const template = {
    metadata: { labels: { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' } },
    spec: {
      backoffLimit: 1,
      template: { spec: { terminationGracePeriodSeconds: 1, restartPolicy: 'Never', containers: [node], volumes } }
    }
  };
  await cluster.kubectl.apply([
    {
      apiVersion: 'trainer.kubeflow.org/v1alpha1',
      kind: 'ClusterTrainingRuntime',
      metadata: { name: runtime, labels: { 'trainer.kubeflow.org/framework': 'torch' } },
      spec: {
        mlPolicy: { numNodes: 2, torch: {} },
        template: { spec: { replicatedJobs: [{ name: 'node', template }] } }
      }
    }
  ]);
  const job = {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name: 'fit', labels: { 'kueue.x-k8s.io/queue-name': cluster.namespace } },
    spec: {
      runtimeRef: { name: runtime, kind: 'ClusterTrainingRuntime', apiGroup: 'trainer.kubeflow.org' },
      trainer: {
        numNodes: 2,
        numProcPerNode: 1,
        image: TRAINING,
        command: [...TORCHRUN, `${CODE}/train.py`],
        resourcesPerNode: RANK
      }
    }
  };
  // Kueue and Trainer refuse a job until they have seen its runtime.
  await cluster.until(
    'the job is accepted',
    async () => (await cluster.kubectl.try(['apply', '-f', '-'], JSON.stringify(job))).code === 0
  );
  await cluster.kubectl.until<Conditioned>(
    'it completes',
    ['trainjob', 'fit'],
    seen => condition(seen, 'Complete').status === 'True',
    150_000
  );
  expect(await logsOf('jobset.sigs.k8s.io/jobset-name=fit')).toMatch(/rank 1 of 2: equal weights True/);
  await cluster.kubectl.run(['delete', 'clustertrainingruntime', runtime, '--wait=false']);
});

cluster.test(
  'a RayJob runs on a head and a worker and is gone afterwards',
  async () => {
    const group = (name: string) => ({
      spec: {
        terminationGracePeriodSeconds: 1,
        volumes,
        containers: [
          {
            name,
            image: RAY,
            imagePullPolicy: 'Never',
            resources: { requests: { cpu: '20m', memory: '512Mi' }, limits: { memory: '3Gi', cpu: '2' } },
            ...mounts
          }
        ]
      }
    });
    await cluster.kubectl.apply([
      {
        apiVersion: 'ray.io/v1',
        kind: 'RayJob',
        metadata: { name: 'sum', labels: { 'kueue.x-k8s.io/queue-name': cluster.namespace } },
        spec: {
          entrypoint: `python3 ${CODE}/ray_sum.py`,
          submissionMode: 'HTTPMode',
          shutdownAfterJobFinishes: true,
          rayClusterSpec: {
            headGroupSpec: {
              rayStartParams: { 'num-cpus': '1', 'dashboard-host': '0.0.0.0' },
              template: group('head')
            },
            workerGroupSpecs: [
              {
                groupName: 'workers',
                replicas: 1,
                minReplicas: 1,
                maxReplicas: 1,
                rayStartParams: { 'num-cpus': '1' },
                template: group('worker')
              }
            ]
          }
        }
      }
    ]);
    await cluster.kubectl.until<{ status?: { jobStatus?: string; message?: string } }>(
      'it succeeds',
      ['rayjob', 'sum'],
      ({ status }) => status?.jobStatus === 'SUCCEEDED',
      170_000
    );
    await cluster.until(
      'its pods are gone',
      async () => (await cluster.kubectl.run(['get', 'pods', '-l', 'ray.io/is-ray-node=yes', '-o', 'name'])) === ''
    );
  },
  240_000
);

/** A node is a node: what a kubelet, a network and a disk are relied on for, and what breaks when they do. */
import { type Conditioned, condition, isReady, pod } from './objects.testkit.js';
import { withCluster } from '../testkit/with-cluster.js';

const cluster = withCluster({ profile: 'node' });

async function runningPod(name: string, options: Parameters<typeof pod>[1] = {}): Promise<string> {
  await cluster.kubectl.apply([pod(name, options)]);
  const { status } = await cluster.kubectl.until<Conditioned>(`pod ${name} is ready`, ['pod', name], isReady);
  return status?.podIP ?? '';
}

const serve = (text: string) => [
  '/bin/sh',
  '-c',
  `busybox mkdir -p /tmp/www && echo '${text}' > /tmp/www/index.html && busybox httpd -f -p 8080 -h /tmp/www`
];

/** What the server said, or `shut` if there was no answer in three seconds; a pod that could not even ask is an error. */
async function ask(from: string, url: string): Promise<string> {
  const command = `busybox timeout 3 busybox wget -qO- ${url} 2>/dev/null || echo shut`;
  return (await cluster.kubectl.run(['exec', from, '--', '/bin/sh', '-c', command])).trim();
}

cluster.test('logs and exec reach a pod', async () => {
  await runningPod('talker', { command: ['/bin/sh', '-c', 'echo told; busybox sleep 600'] });
  await cluster.until(
    'what it said is in its log',
    async () => (await cluster.kubectl.run(['logs', 'talker'])) === 'told\n'
  );
  expect(await cluster.kubectl.run(['exec', 'talker', '--', '/bin/sh', '-c', 'echo $((6 * 7))'])).toBe('42\n');
});

cluster.test('a pod finds another by the name of its Service and by its own', async () => {
  await runningPod('web', {
    command: serve('found'),
    labels: { app: 'web' },
    spec: { hostname: 'web', subdomain: 'webs' }
  });
  const spec = (more: object) => ({ selector: { app: 'web' }, ports: [{ port: 8080 }], ...more });
  await cluster.kubectl.apply([
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: spec({}) },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'webs' }, spec: spec({ clusterIP: 'None' }) }
  ]);
  await runningPod('client');
  for (const name of ['web', 'web.webs']) {
    await cluster.until(
      `http://${name}:8080 answers`,
      async () => (await ask('client', `http://${name}:8080`)) === 'found'
    );
  }
});

cluster.test('a pod that a NetworkPolicy shuts off is shut off, and one that it lets in is let in', async () => {
  const address = await runningPod('shut', { command: serve('open'), labels: { app: 'shut' } });
  await runningPod('friend', { labels: { role: 'friend' } });
  await runningPod('stranger');
  const url = `http://${address}:8080`;
  await cluster.until('it is open at first', async () => (await ask('stranger', url)) === 'open');
  await cluster.kubectl.apply([
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'friends-only' },
      spec: {
        podSelector: { matchLabels: { app: 'shut' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { role: 'friend' } } }], ports: [{ port: 8080 }] }]
      }
    }
  ]);
  await cluster.until('a stranger is shut out', async () => (await ask('stranger', url)) === 'shut');
  await cluster.until('a friend is let in', async () => (await ask('friend', url)) === 'open');
  await cluster.kubectl.run(['delete', 'networkpolicy', 'friends-only']);
  await cluster.until('it is open again', async () => (await ask('stranger', url)) === 'open');
});

cluster.test('a GPU is handed to a pod, and one that falls ill is no longer offered', async () => {
  const resource = 'nvidia.com/gpu';
  const allocatable = async () => {
    const node = await cluster.kubectl.get<{ status: { allocatable: Record<string, string> } }>('node', 'node1');
    return Number(node?.status.allocatable[resource]);
  };
  await cluster.until('four GPUs are offered', async () => (await allocatable()) === 4);
  await runningPod('trainer', { limits: { [resource]: '2' } });
  const visible = await cluster.kubectl.run(['exec', 'trainer', '--', '/bin/sh', '-c', 'echo $NVIDIA_VISIBLE_DEVICES']);
  expect(visible.trim().split(',')).toHaveLength(2);
  await cluster.kubectl.apply([pod('greedy', { limits: { [resource]: '3' } })]);
  await cluster.kubectl.until<Conditioned>('the third pod is told why it waits', ['pod', 'greedy'], seen =>
    /Insufficient nvidia.com\/gpu/.test(condition(seen, 'PodScheduled').message ?? '')
  );
  await cluster.faults.setDevice(resource, 'GPU-00000003', 'Unhealthy');
  await cluster.until('three GPUs are offered', async () => (await allocatable()) === 3);
  await cluster.faults.setDevice(resource, 'GPU-00000003', 'Healthy');
  await cluster.until('four GPUs are offered again', async () => (await allocatable()) === 4);
});

cluster.test('a device is claimed by DRA, and its environment reaches the pod', async () => {
  await cluster.kubectl.apply([
    {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaimTemplate',
      metadata: { name: 'one' },
      spec: { spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.example.com' } }] } } }
    }
  ]);
  await runningPod('claimant', {
    spec: { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'one' }] },
    container: { resources: { claims: [{ name: 'gpu' }], requests: { cpu: '10m' } } }
  });
  const env = await cluster.kubectl.run(['exec', 'claimant', '--', '/bin/busybox', 'env']);
  expect(env).toMatch(/^GPU_DEVICE_/m);
});

cluster.test('what one pod writes to a claim, another reads at the same time', async () => {
  await cluster.kubectl.apply([
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'shared' },
      spec: {
        accessModes: ['ReadWriteMany'],
        storageClassName: 'local-path-rwx',
        resources: { requests: { storage: '1Mi' } }
      }
    }
  ]);
  const mounted = {
    spec: { volumes: [{ name: 'shared', persistentVolumeClaim: { claimName: 'shared' } }] },
    container: { volumeMounts: [{ name: 'shared', mountPath: '/shared' }] }
  };
  await runningPod('writer', mounted);
  await runningPod('reader', mounted);
  await cluster.kubectl.run(['exec', 'writer', '--', '/bin/sh', '-c', 'echo kept > /shared/file']);
  expect(await cluster.kubectl.run(['exec', 'reader', '--', '/bin/busybox', 'cat', '/shared/file'])).toBe('kept\n');
});

cluster.test('a pod that is cut off from the API server reaches it again afterwards', async () => {
  const address = await runningPod('cut');
  // It tells whoever speaks plain HTTP to it that it expects TLS.
  const speak = String.raw`printf 'GET / HTTP/1.0\r\n\r\n' | busybox timeout 3 busybox nc kubernetes.default 443`;
  const reaches = async () =>
    (await cluster.kubectl.run(['exec', 'cut', '--', '/bin/sh', '-c', `${speak} || true`])).includes('400 Bad Request');
  await cluster.until('it reaches the API server', reaches);
  await cluster.faults.cutFromApiServer(address);
  await cluster.until('it does not', async () => !(await reaches()));
  await cluster.faults.connectToApiServer();
  await cluster.until('it does again', reaches);
});

cluster.test('what a pod and the API server say to each other can be delayed', async () => {
  const address = await runningPod('slow');
  // It tells whoever speaks plain HTTP to it that it expects TLS; here it has two seconds for that.
  const speak = String.raw`printf 'GET / HTTP/1.0\r\n\r\n' | busybox timeout 2 busybox nc kubernetes.default 443 || true`;
  const isInTime = async () =>
    (await cluster.kubectl.run(['exec', 'slow', '--', '/bin/sh', '-c', speak])).includes('400 Bad Request');
  await cluster.until('it answers in time', isInTime);
  await cluster.faults.delayToApiServer(address, 1_500);
  await cluster.until('it answers too late', async () => !(await isInTime()));
  await cluster.faults.endDelay();
  await cluster.until('it answers in time again', isInTime);
});

cluster.test('a killed API server comes back with everything that it knew', async () => {
  await cluster.kubectl.run(['create', 'configmap', 'memory', '--from-literal=it=stays']);
  await cluster.faults.kill('apiserver');
  expect((await cluster.kubectl.try(['get', 'configmap', 'memory'])).code).not.toBe(0);
  await cluster.faults.start('apiserver');
  await cluster.until('it answers', async () => (await cluster.kubectl.try(['get', 'configmap', 'memory'])).code === 0);
  await runningPod('later');
});

cluster.test('a node without its kubelet is said to be not ready, and ready again with it', async () => {
  const ready = async () => condition((await cluster.kubectl.get<Conditioned>('node', 'node1')) ?? {}, 'Ready').status;
  await cluster.faults.kill('kubelet');
  await cluster.until('the node is not ready', async () => (await ready()) === 'Unknown');
  await cluster.faults.start('kubelet');
  await cluster.until('the node is ready', async () => (await ready()) === 'True');
});

cluster.test('a full disk is said of the node, and is over when it is over', async () => {
  const pressure = async () =>
    condition((await cluster.kubectl.get<Conditioned>('node', 'node1')) ?? {}, 'DiskPressure').status;
  await cluster.faults.setDiskFull(true);
  await cluster.until('the node has disk pressure', async () => (await pressure()) === 'True');
  await cluster.faults.setDiskFull(false);
  await cluster.until('it has none', async () => (await pressure()) === 'False');
});

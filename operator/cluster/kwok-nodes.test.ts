import fc from 'fast-check';
import { type KwokNode, kwokNodes } from './kwok-nodes.ts';

const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_NAME = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** The fleet repeats after this many. */
const PERIOD = 12;

const labels = (node: KwokNode): Record<string, string | undefined> => node.metadata.labels;
const label = (node: KwokNode, name: string): string | undefined => labels(node)[name];
const offered = (node: KwokNode, resource: string): number =>
  Number((node.status.allocatable as Record<string, string | undefined>)[resource] ?? 0);
const cloud = (node: KwokNode): string => (label(node, 'karpenter.sh/nodepool') === undefined ? 'gke' : 'karpenter');

/** `h100`, `a100-mig-single`, …: what is between `kwok-` and the number. */
const kind = (node: KwokNode): string => node.metadata.name.replace(/^kwok-(.*)-\d+$/, '$1');

function tally(count: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const node of kwokNodes(count)) counts[kind(node)] = (counts[kind(node)] ?? 0) + 1;
  return counts;
}

describe('kwokNodes', () => {
  const rounds = kwokNodes(3 * PERIOD);

  it.each([
    [0, {}],
    [1, { h100: 1 }],
    [4, { h100: 1, l4: 1, a100: 1, 'a100-mig-mixed': 1 }],
    [7, { h100: 1, l4: 1, a100: 1, 'a100-mig-mixed': 1, 'a100-mig-single': 1, 'l4-shared': 2 }],
    [12, { h100: 3, l4: 2, a100: 2, 'a100-mig-mixed': 1, 'a100-mig-single': 2, 'l4-shared': 2 }]
  ])('mixes a fleet of %i', (count, want) => {
    expect(tally(count)).toEqual(want);
  });

  it('keeps the proportions, alternates the clouds, and is a smaller fleet with more nodes', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(100), (count, more) => {
        const nodes = kwokNodes(count + more);
        expect(nodes.slice(0, count)).toEqual(kwokNodes(count));
        expect(nodes.map(kind)).toEqual(nodes.map((_, index) => kind(rounds[index % PERIOD] ?? fail())));
        expect(nodes.map(cloud)).toEqual(nodes.map((_, index) => (index % 2 === 0 ? 'gke' : 'karpenter')));
      }),
      { numRuns: 30 }
    );
  });

  it('gives every node a name of its own that is a DNS label, and the host name label says it', () => {
    const nodes = kwokNodes(5_000);
    expect(new Set(nodes.map(node => node.metadata.name)).size).toBe(5_000);
    for (const node of nodes) {
      expect(node.metadata.name).toMatch(DNS_LABEL);
      expect(label(node, 'kubernetes.io/hostname')).toBe(node.metadata.name);
    }
  });

  it('writes labels that the API server takes', () => {
    for (const [name, value] of rounds.flatMap(node => Object.entries(labels(node)))) {
      expect(name).toMatch(LABEL_NAME);
      expect(value).toMatch(LABEL_VALUE);
    }
  });

  it('marks every node as one that kwok simulates and that real pods keep off', () => {
    for (const node of rounds) {
      expect(node.metadata.annotations['kwok.x-k8s.io/node']).toBe('fake');
      expect(label(node, 'type')).toBe('kwok');
      expect(node.spec.taints).toEqual([{ key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' }]);
    }
  });

  it('offers as many GPUs as the labels say, times the replicas of each', () => {
    for (const node of rounds) {
      const count = Number(label(node, 'nvidia.com/gpu.count'));
      expect(offered(node, 'nvidia.com/gpu')).toBe(count * Number(label(node, 'nvidia.com/gpu.replicas')));
      for (const profile of ['1g.10gb', '3g.40gb']) {
        const slices = Number(label(node, `nvidia.com/mig-${profile}.count`) ?? 0);
        expect(offered(node, `nvidia.com/mig-${profile}`)).toBe(slices);
      }
    }
  });

  it('offers CPU, memory and pods, and all that it has', () => {
    for (const { status } of rounds) {
      expect(status.allocatable).toEqual(status.capacity);
      expect(status.capacity).toMatchObject({ cpu: expect.stringMatching(/^\d+$/), pods: '110' });
      expect(status.capacity['memory']).toMatch(/^\d+Gi$/);
    }
  });

  it.each([
    ['h100', 8, { product: 'NVIDIA-H100-80GB-HBM3', memory: '81559', family: 'hopper', 'sharing-strategy': 'none' }],
    ['a100', 4, { product: 'NVIDIA-A100-SXM4-80GB', memory: '81920', family: 'ampere' }],
    ['l4', 1, { product: 'NVIDIA-L4', memory: '23034', family: 'ada-lovelace' }],
    ['l4-shared', 4, { product: 'NVIDIA-L4-SHARED', count: '1', replicas: '4', 'sharing-strategy': 'time-slicing' }],
    ['a100-mig-single', 7, { product: 'NVIDIA-A100-SXM4-80GB-MIG-1g.10gb', memory: '9728', 'slices.gi': '1' }],
    ['a100-mig-mixed', 0, { product: 'NVIDIA-A100-SXM4-80GB', memory: '81920', count: '8', replicas: '0' }]
  ])('describes %s as GPU Feature Discovery does', (wanted, wantGpus, want) => {
    const node = rounds.find(candidate => kind(candidate) === wanted) ?? fail();
    expect(offered(node, 'nvidia.com/gpu')).toBe(wantGpus);
    for (const [name, value] of Object.entries(want)) expect(label(node, `nvidia.com/gpu.${name}`)).toBe(value);
  });

  it('names the MIG strategy where there is one, and the slices of a mixed node', () => {
    for (const node of rounds) {
      const want = { 'a100-mig-single': 'single', 'a100-mig-mixed': 'mixed' }[kind(node)];
      expect(label(node, 'nvidia.com/mig.strategy')).toBe(want);
    }
    const mixed = rounds.find(node => kind(node) === 'a100-mig-mixed') ?? fail();
    expect(mixed.status.allocatable).toMatchObject({ 'nvidia.com/mig-1g.10gb': '32', 'nvidia.com/mig-3g.40gb': '8' });
    expect(label(mixed, 'nvidia.com/mig-3g.40gb.product')).toBe('NVIDIA-A100-SXM4-80GB-MIG-3g.40gb');
    expect(label(mixed, 'nvidia.com/mig-3g.40gb.memory')).toBe('40192');
  });

  it('labels a node as its cloud does, with the number of its GPUs rather than of slices or shares', () => {
    const gke = rounds.filter(node => cloud(node) === 'gke');
    const single = gke.find(node => kind(node) === 'a100-mig-single') ?? fail();
    expect(labels(single)).toMatchObject({
      'cloud.google.com/gke-nodepool': 'a100-mig-single',
      'cloud.google.com/gke-accelerator': 'nvidia-a100-80gb',
      'cloud.google.com/gke-accelerator-count': '1',
      'cloud.google.com/gke-gpu-partition-size': '1g.10gb'
    });
    const shared = gke.find(node => kind(node) === 'l4-shared') ?? fail();
    expect(labels(shared)).toMatchObject({
      'cloud.google.com/gke-gpu-sharing-strategy': 'time-sharing',
      'cloud.google.com/gke-max-shared-clients-per-gpu': '4',
      'cloud.google.com/gke-accelerator-count': '1'
    });
    const aws = rounds.find(node => cloud(node) === 'karpenter' && kind(node) === 'h100') ?? fail();
    expect(labels(aws)).toMatchObject({
      'karpenter.sh/nodepool': 'h100',
      'karpenter.sh/capacity-type': 'on-demand',
      'node.kubernetes.io/instance-type': 'p5.48xlarge',
      'karpenter.k8s.aws/instance-gpu-name': 'h100',
      'karpenter.k8s.aws/instance-gpu-count': '8',
      'karpenter.k8s.aws/instance-gpu-memory': '81920',
      'topology.kubernetes.io/zone': 'us-east-1a'
    });
    for (const node of rounds) {
      const names = Object.keys(labels(node)).join(' ');
      expect(names.includes('cloud.google.com/')).toBe(cloud(node) === 'gke');
      expect(names.includes('karpenter')).toBe(cloud(node) === 'karpenter');
    }
  });

  it.each([-1, 1.5, Number.NaN])('refuses %p nodes', count => {
    expect(() => kwokNodes(count)).toThrow(RangeError);
  });
});

function fail(): never {
  throw new Error('there is no such node');
}

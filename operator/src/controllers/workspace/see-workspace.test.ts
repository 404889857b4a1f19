/** What is seen of objects as an API server returns them. A child that is taken for changed when it is not would be written for ever. */
import { describe, expect, test } from '@jest/globals';
import type { IdleStop, Workspace } from '../../api/index.js';
import { planWorkspace, type SeenWorkspace } from '../../plan/workspace/index.js';
import type { Claim, PlainObject, Pod } from '../core-objects.js';
import type { WorkspaceCaches } from './caches.js';
import {
  CHOICES_ANNOTATION,
  homeOf,
  type Manifest,
  networkPolicyOf,
  podOf,
  serviceAccountOf,
  serviceOf
} from './children.js';
import { choicesDigest } from './choices-digest.js';
import { seeWorkspace } from './see-workspace.js';
import {
  cachesOf,
  IMAGE,
  makeClass,
  makeEnvironment,
  makeNode,
  makeWorkspace,
  NOW,
  served,
  SETTINGS
} from './served.testkit.js';

const CHOICES = { image: IMAGE, compute: { cpu: '1', memory: '2Gi', extended: {}, problems: [] } };
const workspace = makeWorkspace();

/** All that the operator makes for a workspace, changed as the caller likes. */
function everything(of: Workspace, change: (manifest: Manifest) => Manifest = one => one): WorkspaceCaches {
  const as = <T extends PlainObject | Claim | Pod>(manifest: Manifest): T => served<T>(change(manifest));
  return cachesOf({
    environments: [makeEnvironment('berth-system')],
    nodes: [makeNode('node-1', 'True')],
    serviceAccounts: [as(serviceAccountOf(of))],
    networkPolicies: [as(networkPolicyOf(of, SETTINGS))],
    services: [as(serviceOf(of))],
    claims: [as<Claim>(homeOf(of))],
    pods: [as<Pod>(podOf(of, CHOICES, choicesDigest(CHOICES), SETTINGS))]
  });
}

const see = (of: Workspace, caches: WorkspaceCaches): SeenWorkspace => seeWorkspace(of, caches, SETTINGS).seen;
const CHILDREN = ['serviceAccount', 'networkPolicy', 'service', 'home', 'pod'] as const;
type Child = (typeof CHILDREN)[number];
const wantedOf = (seen: SeenWorkspace): (boolean | undefined)[] => CHILDREN.map(child => seen[child]?.asWanted);

/** Sees the workspace with one of its objects, by kind, changed at a path; an undefined value removes what is there. */
function seeChanged(kind: string, path: readonly string[], value: unknown): SeenWorkspace {
  const caches = everything(workspace, manifest =>
    manifest.kind === kind ? changed(manifest, path, value) : manifest
  );
  return see(workspace, caches);
}

function changed(manifest: Manifest, path: readonly string[], value: unknown): Manifest {
  const copy = structuredClone(manifest) as unknown as Record<string, unknown>;
  const names = [...path];
  const last = names.pop() ?? '';
  const parent = names.reduce((at, name) => at[name] as Record<string, unknown>, copy);
  parent[last] = value;
  return JSON.parse(JSON.stringify(copy)) as Manifest;
}

describe('a workspace as the API server returns it', () => {
  test('everything is as wanted, and there is nothing to do', () => {
    const seen = see(workspace, everything(workspace));
    expect(wantedOf(seen)).toEqual([true, true, true, true, true]);
    expect(seen).toMatchObject({ home: { phase: 'Bound', owner: 'ada' }, pod: { node: 'node-1', nodeReports: true } });
    expect(planWorkspace(seen, NOW)).toMatchObject({ actions: [], report: { phase: 'Running' } });
  });

  test('10Gi of storage are the 10240Mi that are asked for', () => {
    const other = makeWorkspace({ home: { ...workspace.spec.home, size: '10240Mi' } });
    expect(see(other, everything(workspace)).home?.asWanted).toBe(true);
  });

  test.each<[string, string, string[], unknown, Child]>([
    [
      'an account with a token of the cluster',
      'ServiceAccount',
      ['automountServiceAccountToken'],
      true,
      'serviceAccount'
    ],
    [
      'an account that says nothing of tokens',
      'ServiceAccount',
      ['automountServiceAccountToken'],
      undefined,
      'serviceAccount'
    ],
    [
      'one more address that may be reached',
      'NetworkPolicy',
      ['spec', 'egress', '1', 'to', '0', 'ipBlock', 'cidr'],
      '169.254.0.0/16',
      'networkPolicy'
    ],
    [
      'a policy that does not hold for what comes in',
      'NetworkPolicy',
      ['spec', 'policyTypes'],
      ['Egress'],
      'networkPolicy'
    ],
    ['a policy for other pods', 'NetworkPolicy', ['spec', 'podSelector', 'matchLabels', 'app'], 'x', 'networkPolicy'],
    ['a service that leads to another port', 'Service', ['spec', 'ports', '0', 'targetPort'], 22, 'service'],
    ['a service for other pods', 'Service', ['spec', 'selector', 'app'], 'x', 'service'],
    ['a service that the world reaches', 'Service', ['spec', 'type'], 'LoadBalancer', 'service'],
    ['a lost label', 'Service', ['metadata', 'labels', 'app.kubernetes.io/managed-by'], undefined, 'service'],
    ['a home that is too small', 'PersistentVolumeClaim', ['spec', 'resources', 'requests', 'storage'], '5Gi', 'home'],
    ['a pod of another image', 'Pod', ['metadata', 'annotations', CHOICES_ANNOTATION], 'x', 'pod']
  ])('%s is put right, and nothing else', (_, kind, path, value, child) => {
    const seen = seeChanged(kind, path, value);
    expect(CHILDREN.filter(one => seen[one]?.asWanted !== true)).toEqual([child]);
  });

  test.each<[string, string[], unknown]>([
    ['a larger home', ['spec', 'resources', 'requests', 'storage'], '20Gi'],
    ['a volume of another class', ['spec', 'storageClassName'], 'fast'],
    ['a label that somebody added', ['metadata', 'labels', 'team'], 'blue']
  ])('%s is left as it is', (_, path, value) => {
    expect(seeChanged('PersistentVolumeClaim', path, value).home?.asWanted).toBe(true);
  });

  test('a home is given to the workspace, and taken from it, as the person wants it to end', () => {
    const deleted = makeWorkspace({ home: { ...workspace.spec.home, whenDeleted: 'Delete' } });
    expect(see(deleted, everything(deleted)).home).toMatchObject({ belongs: 'ours', asWanted: true });
    expect(see(deleted, everything(workspace)).home).toMatchObject({ belongs: 'ours', asWanted: false });
    expect(see(workspace, everything(deleted)).home).toMatchObject({ belongs: 'ours', asWanted: false });
  });
});

describe('the choices of a pod', () => {
  const catalogue = makeEnvironment('berth-system');
  const classed = makeWorkspace({ compute: { class: 'gpu', cpu: '8', memory: '2Gi' } });
  const gpu = makeClass('gpu', {
    resources: { memory: '64Gi', extended: { 'nvidia.com/gpu': 1 } },
    limits: { cpu: '4' },
    nodeSelector: { gpu: 'h200' }
  });

  test('an environment of the namespace is not one of the catalogue', () => {
    const own = makeWorkspace({ environment: { name: 'python', from: 'namespace' } });
    expect(see(own, cachesOf({ environments: [catalogue] })).image).toBeUndefined();
    expect(see(own, cachesOf({ environments: [makeEnvironment('team')] })).image).toBe(IMAGE);
    expect(see(workspace, cachesOf({ environments: [makeEnvironment('team')] })).image).toBeUndefined();
  });

  test('what the class gives and allows is seen', () => {
    const { seen, choices } = seeWorkspace(classed, cachesOf({ environments: [catalogue], classes: [gpu] }), SETTINGS);
    expect(seen).toMatchObject({ className: 'gpu', classProblems: [expect.stringContaining('8 cpu')] });
    expect(choices).toMatchObject({ compute: { memory: '64Gi' }, nodeSelector: { gpu: 'h200' } });
  });

  test('without its class nobody knows what its pod should be: it has no choices, and its pod is as good as any', () => {
    const { seen, choices } = seeWorkspace(classed, everything(workspace), SETTINGS);
    expect([choices, seen.classProblems, seen.pod?.asWanted]).toEqual([undefined, undefined, true]);
  });
});

describe('whose a child is', () => {
  const owned = (uid: string): ((manifest: Manifest) => Manifest) => {
    const other = makeWorkspace();
    return manifest => ({
      ...manifest,
      metadata: {
        ...manifest.metadata,
        ownerReferences: [{ apiVersion: 'berth.dev/v1alpha1', kind: 'Workspace', name: 'a', uid, controller: true }],
        namespace: other.metadata.namespace ?? ''
      }
    });
  };

  test('what an earlier workspace of this name had is not ours, and not as wanted', () => {
    const seen = see(workspace, everything(workspace, owned('another-uid')));
    for (const child of CHILDREN) expect(seen[child]).toMatchObject({ belongs: 'previous', asWanted: false });
  });

  test('a home that was kept says whose files are on it', () => {
    const grace = makeWorkspace({ owner: 'grace' });
    expect(see(workspace, everything(grace)).home).toMatchObject({ belongs: 'ours', owner: 'grace' });
  });

  test('an adopted workspace has the pod that it names if that pod has its label, and no children', () => {
    const adopted = makeWorkspace({ adopt: { pod: 'jupyter-ada' } });
    const pod = served<Pod>(podOf(workspace, CHOICES, '', SETTINGS));
    const theirs = (labels: Record<string, string>): Pod => ({
      ...pod,
      metadata: { name: 'jupyter-ada', namespace: 'team', uid: 'p', resourceVersion: '1', labels }
    });
    const seen = see(adopted, cachesOf({ pods: [theirs({ 'berth.dev/workspace': 'a' })] }));
    expect(seen).toMatchObject({ adoptedPod: 'jupyter-ada', pod: { ready: true } });
    expect(see(adopted, cachesOf({ pods: [theirs({ 'berth.dev/workspace': 'b' })] })).pod).toBeUndefined();
  });
});

test('one that was stopped for being idle is known by it, until somebody resumes it or stops it themselves', () => {
  const at = '2030-01-01T03:00:00Z';
  const how = { limit: 'hard', policyOf: 'team', podUid: 'p', gpus: 0 } as const;
  const lastStop: IdleStop = { ...how, measured: [], at, why: 'It was idle.' };
  const seenWith = (running: boolean, stop: object): SeenWorkspace['stoppedIdle'] => {
    return see(makeWorkspace({ running }, { activity: { lastStop: { ...lastStop, ...stop } } }), cachesOf({}))
      .stoppedIdle;
  };
  expect(seenWith(false, {})).toEqual({ at, why: 'It was idle.' });
  expect(seenWith(true, {})).toBeUndefined();
  expect(seenWith(false, { resumedAt: at })).toBeUndefined();
});

test('a node whose kubelet does not report, and one that is gone, do not report', () => {
  const reports = (status?: 'True' | 'False' | 'Unknown'): boolean | undefined => {
    const caches = everything(workspace);
    const nodes = status === undefined ? [] : [makeNode('node-1', status)];
    caches.nodes.replaceAll(caches.nodes.pack(nodes), '301');
    return see(workspace, caches).pod?.nodeReports;
  };
  expect([reports('True'), reports('False'), reports('Unknown'), reports()]).toEqual([true, true, false, false]);
});

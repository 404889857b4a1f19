/**
 * Objects as the API server returns them: our manifests with everything that it fills in, and what kubelet and controllers write.
 * The defaults were read off Kubernetes 1.36.
 */
import type { ComputeClass, Environment, Workspace } from '../../api/index.js';
import type { ApiObject } from '../../runtime/resource.js';
import type { Claim, ContainerStatus, Node, PlainObject, Pod } from '../core-objects.js';
import { createWorkspaceCaches, type WorkspaceCaches } from './caches.js';
import type { Manifest, WorkspaceSettings } from './children.js';

export const NOW = new Date('2030-01-01T00:00:00.750Z');
export const IMAGE = `registry.example/lab@sha256:${'a'.repeat(64)}`;
export const SETTINGS: WorkspaceSettings = {
  platformNamespace: 'berth-system',
  catalogueNamespace: 'berth-system',
  agentKey: 'k'.repeat(64)
};
export const WORKSPACE_UID = '0b6f0a6e-0000-4000-8000-00000000000a';

type Json = Readonly<Record<string, unknown>>;

/** What the API server adds to the spec and the status of each kind. */
const FILLED_IN: Readonly<Record<string, { readonly spec?: Json; readonly status?: Json }>> = {
  Service: {
    spec: {
      clusterIP: '10.128.129.130',
      clusterIPs: ['10.128.129.130'],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None'
    },
    status: { loadBalancer: {} }
  },
  PersistentVolumeClaim: {
    spec: { volumeMode: 'Filesystem', storageClassName: 'standard', volumeName: 'pvc-1f0f53ea' },
    status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '10Gi' } }
  },
  Pod: {
    spec: { dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler', priority: 0, nodeName: 'node-1' },
    status: {
      phase: 'Running',
      podIP: '10.128.0.7',
      qosClass: 'Burstable',
      conditions: [
        { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: '2029-12-31T23:50:00Z' },
        { type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: '2029-12-31T23:50:09Z' }
      ],
      containerStatuses: [
        {
          name: 'lab',
          restartCount: 0,
          ready: true,
          state: { running: { startedAt: '2029-12-31T23:50:05Z' } },
          lastState: {}
        }
      ]
    }
  }
};

/** As the API server returns what was applied. */
export function served<T extends ApiObject = PlainObject>(manifest: Manifest): T {
  const { spec, status } = FILLED_IN[manifest.kind ?? ''] ?? {};
  return {
    ...manifest,
    metadata: {
      uid: `uid-of-${manifest.kind}`,
      resourceVersion: '263',
      creationTimestamp: '2029-12-31T23:50:00Z',
      managedFields: [{ manager: 'berth', operation: 'Apply' }],
      ...manifest.metadata
    },
    ...((spec ?? manifest['spec']) !== undefined && { spec: { ...spec, ...(manifest['spec'] as Json) } }),
    ...(status !== undefined && { status })
  } as unknown as T;
}

export function makeWorkspace(change: Partial<Workspace['spec']> = {}, status?: Workspace['status']): Workspace {
  return {
    metadata: { name: 'a', namespace: 'team', uid: WORKSPACE_UID, resourceVersion: '12', generation: 3 },
    spec: {
      owner: 'ada',
      environment: { name: 'python', from: 'catalogue' },
      compute: { cpu: '1', memory: '2Gi' },
      home: { size: '10Gi', accessMode: 'ReadWriteOnce', whenDeleted: 'Keep' },
      running: true,
      ...change
    },
    ...(status !== undefined && { status })
  };
}

export function makeEnvironment(namespace: string, image = IMAGE): Environment {
  return { metadata: { name: 'python', namespace, uid: 'e', resourceVersion: '1' }, spec: { image } };
}

export function makeClass(name: string, spec: ComputeClass['spec']): ComputeClass {
  return { metadata: { name, uid: 'c', resourceVersion: '1' }, spec };
}

/** `Unknown` is what the node controller writes when the kubelet does not report. */
export function makeNode(name: string, ready: 'True' | 'False' | 'Unknown'): Node {
  const conditions = [
    { type: 'MemoryPressure', status: 'False' },
    { type: 'Ready', status: ready }
  ];
  return { metadata: { name, uid: 'n', resourceVersion: '1' }, status: { conditions } };
}

/** A pod whose container `lab` has this to say for itself. */
export function withLab(pod: Pod, lab: Partial<ContainerStatus>, status: Partial<Pod['status']> = {}): Pod {
  const containerStatuses = [{ name: 'lab', restartCount: 0, ...lab }];
  return { ...pod, status: { ...pod.status, ...status, containerStatuses } };
}

interface Content {
  readonly environments?: readonly Environment[];
  readonly classes?: readonly ComputeClass[];
  readonly services?: readonly PlainObject[];
  readonly serviceAccounts?: readonly PlainObject[];
  readonly networkPolicies?: readonly PlainObject[];
  readonly claims?: readonly Claim[];
  readonly pods?: readonly Pod[];
  readonly nodes?: readonly Node[];
}

/** Real caches that the API server has filled with these. */
export function cachesOf(content: Content): WorkspaceCaches {
  const caches = createWorkspaceCaches(SETTINGS.catalogueNamespace);
  for (const [name, objects] of Object.entries(content)) {
    const cache = caches[name as keyof Content];
    cache.replaceAll(cache.pack(objects as never), '300');
  }
  return caches;
}

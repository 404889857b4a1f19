/** Caches that are full of workspaces that run, as the API server would have filled them, and a writer that counts what it is asked to write. */
import type { ComputeClass, Workspace } from '../../../lib/api/index.js';
import { type ActivityCaches, createNamespaceCache } from '../../../lib/controllers/activity/activity-caches.js';
import type { Pod } from '../../../lib/controllers/core-objects.js';
import { createWorkspaceCaches } from '../../../lib/controllers/workspace/caches.js';
import { labelsOf, LAB_CONTAINER, ownerReference } from '../../../lib/controllers/workspace/children.js';
import type { ApiObject, ObjectMeta } from '../../../lib/runtime/resource.js';
import { addressOf } from './addresses.ts';

/** Of those whose class stops them when they have been idle for what an agent remembers. */
const SHORT = 'short';
const SHORT_S = 6_600;

export interface ManyWorkspaces {
  readonly caches: ActivityCaches;
  readonly client: {
    readonly apply: (resource: unknown, object: ApiObject) => Promise<never>;
    readonly merge: (resource: unknown, metadata: ObjectMeta, change: object) => Promise<never>;
  };
  /** By what was written. */
  readonly writes: Map<string, number>;
}

/** The first `short` of them that have no kernel and answer are to be stopped soon. */
export function manyWorkspaces(count: number, short: number): ManyWorkspaces {
  const workspaces = createWorkspaceCaches('berth-system');
  const caches = { ...workspaces, namespaces: createNamespaceCache() };
  const all = Array.from({ length: count }, (_, index) => workspaceOf(index, index < short * 20 && index % 20 === 4));
  caches.workspaces.replaceAll(caches.workspaces.pack(all), '1');
  caches.pods.replaceAll(caches.pods.pack(all.map(podOf)), '1');
  caches.classes.replaceAll(caches.classes.pack([CLASS]), '1');
  caches.namespaces.replaceAll([], '1');
  const writes = new Map<string, number>();
  let version = 2;
  const write = (what: string, { metadata }: ApiObject, change: object): Promise<never> => {
    writes.set(what, (writes.get(what) ?? 0) + 1);
    const is = caches.workspaces.get(`${metadata.namespace}/${metadata.name}`);
    const resourceVersion = String((version += 1));
    const written = { ...is, ...change, metadata: { ...is?.metadata, resourceVersion } } as Workspace;
    caches.workspaces.apply('MODIFIED', written);
    return Promise.resolve(written as never);
  };
  return {
    caches,
    writes,
    client: {
      apply: (_, object) => {
        const { status = {} } = object as Workspace;
        const is = caches.workspaces.get(`${object.metadata.namespace}/${object.metadata.name}`);
        const { activity: _activity, conditions: _conditions, ...others } = is?.status ?? {};
        const reason = status.conditions?.[0]?.reason ?? 'nothing more to say';
        return write(`status: ${reason}`, object, { status: { ...others, ...status } });
      },
      merge: (_, metadata, change) => {
        const { spec } = change as Workspace;
        const is = caches.workspaces.get(`${metadata.namespace}/${metadata.name}`);
        return write('spec.running: false', { metadata }, { spec: { ...is?.spec, ...spec } });
      }
    }
  };
}

const CLASS: ComputeClass = {
  metadata: { name: SHORT, uid: SHORT, resourceVersion: '1' },
  spec: { resources: {}, idle: { workspace: { hardSeconds: SHORT_S, softSeconds: SHORT_S } } }
};

function workspaceOf(index: number, isShort: boolean): Workspace {
  const name = `w${index}`;
  return {
    metadata: { name, namespace: `n${index % 1_000}`, uid: `uid-${index}`, resourceVersion: '1', generation: 1 },
    spec: {
      owner: 'ada',
      environment: { name: 'base', from: 'catalogue' },
      compute: { cpu: '1', memory: '2Gi', ...(isShort && { class: SHORT }) },
      home: { size: '10Gi', accessMode: 'ReadWriteOnce', whenDeleted: 'Keep' },
      running: true
    },
    status: { phase: 'Running', podUid: `pod-${index}`, startedAt: '2030-01-01T00:00:00Z' }
  };
}

function podOf(workspace: Workspace, index: number): Pod {
  const { name, namespace = '' } = workspace.metadata;
  const owner = ownerReference(workspace);
  const metadata = { uid: `pod-${index}`, resourceVersion: '1', labels: labelsOf(name), ownerReferences: [owner] };
  return {
    metadata: { name: `ws-${name}`, namespace, ...metadata },
    spec: { nodeName: 'node1', containers: [{ name: LAB_CONTAINER, image: 'registry.example/lab' }] },
    status: { phase: 'Running', podIP: addressOf(index) }
  };
}

/** Makes workspaces by the thousand, on simulated nodes, with volumes that an administrator has made for them beforehand. */
import { childName, COMPUTE_CLASSES, ENVIRONMENTS, type WorkspaceStatus, WORKSPACES } from '../../../lib/api/index.js';
import type { ApiClient } from '../../../lib/runtime/api-client.js';
import { apiVersionOf, type ApiObject, type Resource } from '../../../lib/runtime/resource.js';
import { waitUntil } from '../../../../scripts/wait-until.ts';
import { PLATFORM_NAMESPACE } from '../../testkit/install-chart.ts';
import { concurrently } from './concurrently.ts';
import { mirror } from '../mirror.ts';

/** People to a namespace: teams. */
const PER_NAMESPACE = 100;
const AT_ONCE = 16;
const NAME = 'bench';
const SIZE = '1Gi';
const DIGEST = 'sha256:'.padEnd(71, '0');
/** The control plane binds volumes one after the other. */
const LONGEST_MS = 60 * 60_000;

type Body = ApiObject & Readonly<Record<string, unknown>>;
type Phased = ApiObject & { readonly status?: Pick<WorkspaceStatus, 'phase'> };

const cluster = (group: string, version: string, plural: string, kind: string): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced: false
});
const NAMESPACES = cluster('', 'v1', 'namespaces', 'Namespace');
const VOLUMES = cluster('', 'v1', 'persistentvolumes', 'PersistentVolume');
const STORAGE_CLASSES = cluster('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass');

export interface Place {
  readonly namespace: string;
  readonly name: string;
}

export function placesOf(count: number): Place[] {
  return Array.from({ length: count }, (_, index) => ({
    namespace: `bench-${Math.floor(index / PER_NAMESPACE)}`,
    name: `w${index}`
  }));
}

/** Namespaces, an environment, a class on the simulated nodes, and a volume for each home. */
export async function prepareWorkspaces(client: ApiClient, places: readonly Place[]): Promise<void> {
  const make = (resource: Resource, name: string, fields: object, namespace?: string): Promise<unknown> =>
    client.apply<Body>(resource, {
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: { name, ...(namespace !== undefined && { namespace }) },
      ...fields
    });
  await concurrently(new Set(places.map(({ namespace }) => namespace)), AT_ONCE, name => make(NAMESPACES, name, {}));
  const spec = { image: `localhost/berth/base@${DIGEST}` };
  await make(ENVIRONMENTS, NAME, { spec }, PLATFORM_NAMESPACE);
  await make(STORAGE_CLASSES, NAME, {
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'Immediate'
  });
  await make(COMPUTE_CLASSES, NAME, {
    spec: {
      resources: { cpu: '100m', memory: '128Mi' },
      nodeSelector: { type: 'kwok' },
      tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists', effect: 'NoSchedule' }]
    }
  });
  await concurrently(places, AT_ONCE, place => make(VOLUMES, `${place.namespace}-${place.name}`, volumeFor(place)));
}

/** Meant for one claim: the control plane's binder binds the two. */
function volumeFor({ namespace, name }: Place): object {
  return {
    spec: {
      capacity: { storage: SIZE },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: NAME,
      hostPath: { path: '/nowhere' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: childName(name) }
    }
  };
}

/** Seconds from the first that is made until all of them run. */
export async function runWorkspaces(
  client: ApiClient,
  places: readonly Place[],
  say: (line: string) => void
): Promise<number> {
  const end = new AbortController();
  const running = new Set<string>();
  try {
    const cache = await mirror<Phased>(client, { resource: WORKSPACES, keep: phaseAlone }, end.signal);
    cache.onChange(({ key, now }) => void (now?.status?.phase === 'Running' ? running.add(key) : running.delete(key)));
    const before = performance.now();
    const seconds = (): number => (performance.now() - before) / 1000;
    await concurrently(places, AT_ONCE, place => client.create<ApiObject>(WORKSPACES, workspaceAt(place)));
    say(`${places.length} workspaces made in ${seconds().toFixed(1)} s, ${running.size} of them run`);
    await waitUntil('all of them run', LONGEST_MS, () => running.size === places.length);
    return seconds();
  } finally {
    end.abort();
  }
}

function phaseAlone(workspace: Phased): Phased {
  const { name, namespace = '', resourceVersion = '' } = workspace.metadata;
  return { metadata: { name, namespace, resourceVersion }, status: { phase: workspace.status?.phase } };
}

function workspaceAt({ namespace, name }: Place): Body {
  const spec = { environment: { name: NAME }, compute: { class: NAME }, home: { size: SIZE, storageClass: NAME } };
  return { metadata: { namespace, name }, spec };
}

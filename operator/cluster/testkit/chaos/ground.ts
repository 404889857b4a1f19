/** Where chaos takes place: namespaces, environments, a class of simulated nodes, homes that need nobody to make them. */
import type { ApiServer } from '../api-server.ts';
import { PLATFORM_NAMESPACE } from '../install-chart.ts';

const LABEL = 'berth.dev/chaos';
const MERGE = 'application/apply-patch+yaml';
/** The longest that the API server may need until it serves what was just installed. */
const LONGEST_MS = 60_000;

export interface GroundOptions {
  /** As the administrator. */
  readonly server: ApiServer;
  /** Begins every name, so that nobody else's objects are touched. */
  readonly prefix: string;
  readonly namespaces: readonly string[];
  readonly environments: readonly string[];
  /** Volumes: one for each home that will ever be made. */
  readonly homes: number;
  /** Who may edit in the namespaces. */
  readonly person: string;
}

export interface Ground {
  /** The image of each environment. */
  readonly images: Readonly<Record<string, string>>;
  readonly computeClass: string;
  readonly storageClass: string;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Names that begin with the prefix, in their order. */
export function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/** The cluster has simulated nodes, and the chart. */
export async function prepareGround(options: GroundOptions): Promise<Ground> {
  const { server, prefix, namespaces, environments, person } = options;
  const make = async (collection: string, manifests: readonly Manifest[]): Promise<void> => {
    const query = 'fieldManager=chaos&force=true';
    const put = (body: Manifest) =>
      server.sooner('PATCH', `${collection}/${body.metadata.name}?${query}`, { body, contentType: MERGE }, LONGEST_MS);
    await Promise.all(manifests.map(put));
  };
  const images = Object.fromEntries(environments.map((name, index) => [name, imageOf(index)]));
  const of = (apiVersion: string, kind: string, name: string, fields: object = {}): Manifest => ({
    apiVersion,
    kind,
    metadata: { name, labels: { [LABEL]: prefix } } as Manifest['metadata'],
    ...fields
  });
  await make(
    '/api/v1/namespaces',
    namespaces.map(name => of('v1', 'Namespace', name))
  );
  const rbac = 'rbac.authorization.k8s.io';
  for (const namespace of namespaces) {
    await make(`/apis/${rbac}/v1/namespaces/${namespace}/rolebindings`, [
      of(`${rbac}/v1`, 'RoleBinding', 'person', {
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'edit' },
        subjects: [{ apiGroup: rbac, kind: 'User', name: person }]
      })
    ]);
  }
  await make(
    environmentsPath,
    environments.map(name => of('berth.dev/v1alpha1', 'Environment', name, { spec: { image: images[name] } }))
  );
  await make(classesPath, [of('berth.dev/v1alpha1', 'ComputeClass', prefix, { spec: SIMULATED })]);
  await make(storagePath, [of('storage.k8s.io/v1', 'StorageClass', prefix, STORAGE)]);
  const homes = names(prefix, options.homes);
  await make(
    volumesPath,
    homes.map(name => of('v1', 'PersistentVolume', name, { spec: volumeOf(prefix) }))
  );
  return { images, computeClass: prefix, storageClass: prefix };
}

const environmentsPath = `/apis/berth.dev/v1alpha1/namespaces/${PLATFORM_NAMESPACE}/environments`;
const classesPath = '/apis/berth.dev/v1alpha1/computeclasses';
const storagePath = '/apis/storage.k8s.io/v1/storageclasses';
const volumesPath = '/api/v1/persistentvolumes';

/** Waits for nothing. */
export async function clearGround({ server, prefix, namespaces }: GroundOptions): Promise<void> {
  for (const namespace of namespaces) await server.sooner('DELETE', `/api/v1/namespaces/${namespace}`);
  const chosen = `labelSelector=${encodeURIComponent(`${LABEL}=${prefix}`)}`;
  for (const collection of [environmentsPath, classesPath, storagePath, volumesPath])
    await server.sooner('DELETE', `${collection}?${chosen}`);
}

/** Nobody ever pulls it: the nodes are simulated. */
function imageOf(index: number): string {
  return `registry.example/lab@sha256:${String(index + 1).repeat(64)}`;
}

const SIMULATED = {
  resources: {},
  nodeSelector: { type: 'kwok' },
  tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }]
};

const STORAGE = { provisioner: 'kubernetes.io/no-provisioner', allowVolumeExpansion: true };

/** It is on no disk: nobody ever reads a home of a simulated node. */
function volumeOf(storageClassName: string): object {
  return {
    capacity: { storage: '100Gi' },
    accessModes: ['ReadWriteOnce'],
    storageClassName,
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: '/nowhere' }
  };
}

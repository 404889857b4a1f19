/** What the workspace controller keeps of the cluster, and which workspace a change is about. */
import {
  AUTHOR_ANNOTATION,
  AUTHOR_GROUPS_ANNOTATION,
  COMPUTE_CLASSES,
  type ComputeClass,
  type CustomObject,
  type Environment,
  ENVIRONMENTS,
  MANAGED_BY_LABEL,
  type Workspace,
  WORKSPACE_LABEL,
  workspaceOfChild,
  WORKSPACES
} from '../../api/index.js';
import { type Change, ObjectCache } from '../../runtime/object-cache.js';
import { type ApiObject, type Key, keyOf, type ObjectMeta, type Resource, splitKey } from '../../runtime/resource.js';
import {
  type Claim,
  CLAIMS,
  conditionOf,
  NETWORK_POLICIES,
  type Node,
  NODES,
  type PlainObject,
  type Pod,
  PODS,
  SERVICE_ACCOUNTS,
  SERVICES
} from '../core-objects.js';
import { withoutUndefined } from '../without-undefined.js';
import { CHOICES_ANNOTATION, OWNER_ANNOTATION } from './children.js';

export interface WorkspaceCaches {
  readonly workspaces: ObjectCache<Workspace>;
  readonly environments: ObjectCache<Environment>;
  readonly classes: ObjectCache<ComputeClass>;
  readonly pods: ObjectCache<Pod>;
  readonly services: ObjectCache<PlainObject>;
  readonly serviceAccounts: ObjectCache<PlainObject>;
  readonly networkPolicies: ObjectCache<PlainObject>;
  readonly claims: ObjectCache<Claim>;
  readonly nodes: ObjectCache<Node>;
}

/** The key of the environment that a workspace names. */
export function environmentKeyOf({ metadata, spec }: Workspace, catalogue: string): Key {
  const namespace = spec.environment.from === 'catalogue' ? catalogue : (metadata.namespace ?? '');
  return `${namespace}/${spec.environment.name}`;
}

export function createWorkspaceCaches(catalogue: string): WorkspaceCaches {
  const workspaces = new ObjectCache<Workspace>({
    resource: WORKSPACES,
    keep: keptResource,
    indexes: {
      environment: workspace => [environmentKeyOf(workspace, catalogue)],
      class: ({ spec }) => (spec.compute.class === undefined ? [] : [spec.compute.class]),
      'waits-for': workspace => [classWaitedFor(workspace)].filter(name => name !== undefined)
    }
  });
  const pods = new ObjectCache<Pod>({
    resource: PODS,
    labelSelector: WORKSPACE_LABEL,
    keep: keptPod,
    indexes: { node: ({ spec }) => (spec.nodeName === undefined ? [] : [spec.nodeName]) }
  });
  const children = (resource: Resource, fields: readonly string[]): ObjectCache<PlainObject> =>
    new ObjectCache({ resource, labelSelector: WORKSPACE_LABEL, keep: object => kept(object, fields) });
  return {
    workspaces,
    pods,
    environments: new ObjectCache<Environment>({ resource: ENVIRONMENTS, keep: keptResource }),
    classes: new ObjectCache<ComputeClass>({ resource: COMPUTE_CLASSES, keep: keptResource }),
    services: children(SERVICES, ['spec']),
    serviceAccounts: children(SERVICE_ACCOUNTS, ['automountServiceAccountToken']),
    networkPolicies: children(NETWORK_POLICIES, ['spec']),
    claims: new ObjectCache<Claim>({ resource: CLAIMS, labelSelector: WORKSPACE_LABEL, keep: keptClaim }),
    nodes: new ObjectCache<Node>({ resource: NODES, keep: keptNode })
  };
}

/** The class that a workspace would have if a node of it had room. */
export function classWaitedFor({ spec, status }: Workspace): string | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return spec.running && ready?.reason === 'Unschedulable' ? spec.compute.class : undefined;
}

/** Calls `add` with the key of every workspace that a change may be about. */
export function watchForWorkspaces(caches: WorkspaceCaches, add: (workspace: Key) => void): void {
  const { workspaces, environments, classes, nodes, pods } = caches;
  const addAll = (index: string, value: string): void => {
    for (const workspace of workspaces.by(index, value)) add(keyOf(workspace));
  };
  workspaces.onChange(({ key }) => add(key));
  environments.onChange(({ key }) => addAll('environment', key));
  classes.onChange(({ key }) => addAll('class', key));
  for (const child of [pods, caches.services, caches.serviceAccounts, caches.networkPolicies, caches.claims]) {
    child.onChange((change: Change<ApiObject>) => {
      for (const key of workspacesOf(change)) add(key);
    });
  }
  nodes.onChange(({ key, now, before }) => {
    if (reports(now) === reports(before)) return;
    for (const pod of pods.by('node', key)) for (const workspace of workspacesOf({ now: pod })) add(workspace);
  });
}

/** Of every workspace there is, and of those that only children are left of. */
export function workspaceKeys(caches: WorkspaceCaches): Set<Key> {
  const keys = new Set(caches.workspaces.keys());
  for (const children of [caches.pods, caches.services, caches.serviceAccounts, caches.networkPolicies]) {
    for (const key of children.keys()) {
      const { namespace = '', name } = splitKey(key);
      const workspace = workspaceOfChild(name);
      if (workspace !== undefined) keys.add(`${namespace}/${workspace}`);
    }
  }
  return keys;
}

/** The kubelet has told of itself in time. A node that is not there does not. */
export function reports(node: Node | undefined): boolean {
  return node !== undefined && conditionOf(node, 'Ready')?.status !== 'Unknown';
}

/** That of the label now, and that of the label before: somebody may have changed it. */
function workspacesOf({ now, before }: Partial<Pick<Change<ApiObject>, 'now' | 'before'>>): Set<Key> {
  const keys = new Set<Key>();
  for (const object of [now, before]) {
    const name = object?.metadata.labels?.[WORKSPACE_LABEL];
    if (name !== undefined) keys.add(`${object?.metadata.namespace ?? ''}/${name}`);
  }
  return keys;
}

const LABELS = [WORKSPACE_LABEL, MANAGED_BY_LABEL];
const ANNOTATIONS = [OWNER_ANNOTATION, CHOICES_ANNOTATION, AUTHOR_ANNOTATION, AUTHOR_GROUPS_ANNOTATION];

/** People may hang as much on an object as they like: what nobody reads takes no memory. */
function keptMeta({ metadata }: ApiObject): ObjectMeta {
  const { name, namespace, uid, resourceVersion, generation, ownerReferences, creationTimestamp, deletionTimestamp } =
    metadata;
  return withoutUndefined<ObjectMeta>({
    name,
    namespace,
    uid,
    resourceVersion,
    generation,
    labels: picked(metadata.labels, LABELS),
    annotations: picked(metadata.annotations, ANNOTATIONS),
    ownerReferences,
    creationTimestamp,
    deletionTimestamp
  });
}

function picked(from: Readonly<Record<string, string>> = {}, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}

function keptResource<T extends CustomObject<unknown>>(object: T): T {
  return { ...object, metadata: keptMeta(object) };
}

function kept(object: PlainObject, fields: readonly string[]): PlainObject {
  return { metadata: keptMeta(object), ...Object.fromEntries(fields.map(field => [field, object[field]])) };
}

function keptClaim(claim: Claim): Claim {
  const { spec, status } = claim;
  return withoutUndefined<Claim>({
    metadata: keptMeta(claim),
    spec: withoutUndefined<Claim['spec']>({
      accessModes: spec.accessModes,
      storageClassName: spec.storageClassName,
      resources: spec.resources
    }),
    status: status && withoutUndefined<NonNullable<Claim['status']>>({ phase: status.phase })
  });
}

function keptNode(node: Node): Node {
  const { name, resourceVersion, uid } = node.metadata;
  const ready = conditionOf(node, 'Ready');
  return {
    metadata: withoutUndefined<ObjectMeta>({ name, uid, resourceVersion }),
    status: { conditions: ready === undefined ? [] : [{ type: 'Ready', status: ready.status }] }
  };
}

function keptPod(pod: Pod): Pod {
  const { nodeName, containers } = pod.spec;
  const { phase, reason, message, podIP, conditions = [], containerStatuses = [] } = pod.status ?? {};
  const kept = {
    metadata: keptMeta(pod),
    spec: { nodeName, containers: containers.map(({ name, image }) => ({ name, image })) },
    status: {
      phase,
      reason,
      message,
      podIP,
      conditions: conditions
        .filter(({ type }) => type === 'Ready' || type === 'PodScheduled')
        .map(({ type, status, reason, message }) => ({ type, status, reason, message })),
      containerStatuses: containerStatuses.map(({ name, restartCount, state, lastState }) => ({
        name,
        restartCount,
        state,
        lastState
      }))
    }
  };
  return kept as Pod;
}

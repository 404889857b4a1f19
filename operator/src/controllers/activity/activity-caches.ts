/** What the activity controller reads of the cluster: what the workspace controller keeps, and what teams say in their namespaces. */
import { WORKSPACE_LABEL } from '../../api/index.js';
import { ObjectCache } from '../../runtime/object-cache.js';
import { type ApiObject, type Key, keyOf, type ObjectMeta, splitKey } from '../../runtime/resource.js';
import { NAMESPACES } from '../core-objects.js';
import { withoutUndefined } from '../without-undefined.js';
import type { WorkspaceCaches } from '../workspace/caches.js';

/** On a namespace: the idle policy of the team whose it is, as JSON. */
export const TEAM_POLICY_ANNOTATION = 'berth.dev/idle-policy';

export type ActivityCaches = Pick<WorkspaceCaches, 'workspaces' | 'pods' | 'classes'> & {
  readonly namespaces: ObjectCache<ApiObject>;
};

export function createNamespaceCache(): ObjectCache<ApiObject> {
  return new ObjectCache({ resource: NAMESPACES, keep: kept });
}

/** Calls `add` with the key of every workspace that a change may be about. */
export function watchForActivity(caches: ActivityCaches, add: (workspace: Key) => void): void {
  const { workspaces, pods, classes, namespaces } = caches;
  workspaces.onChange(({ key }) => add(key));
  pods.onChange(({ now, before }) => {
    const { namespace = '', labels } = (now ?? before)?.metadata ?? {};
    const name = labels?.[WORKSPACE_LABEL];
    if (name !== undefined) add(`${namespace}/${name}`);
  });
  classes.onChange(({ key }) => {
    for (const workspace of workspaces.by('class', key)) add(keyOf(workspace));
  });
  namespaces.onChange(({ key, now, before }) => {
    if (teamPolicyOf(now) === teamPolicyOf(before)) return;
    for (const workspace of workspaces.keys()) if (splitKey(workspace).namespace === key) add(workspace);
  });
}

/** As it stands there. */
export function teamPolicyOf(namespace: ApiObject | undefined): string | undefined {
  return namespace?.metadata.annotations?.[TEAM_POLICY_ANNOTATION];
}

function kept({ metadata }: ApiObject): ApiObject {
  const { name, uid, resourceVersion, annotations } = metadata;
  const policy = annotations?.[TEAM_POLICY_ANNOTATION];
  return {
    metadata: withoutUndefined<ObjectMeta>({
      name,
      uid,
      resourceVersion,
      annotations: policy === undefined ? undefined : { [TEAM_POLICY_ANNOTATION]: policy }
    })
  };
}

/** Whose an object is that has the name of a workspace's child. */
import { type Workspace, WORKSPACES } from '../../api/index.js';
import type { Belongs } from '../../plan/workspace/index.js';
import type { ApiObject } from '../../runtime/resource.js';
import { labelsOf } from './children.js';

/**
 * By its controller, and where it has none, by the labels that we give. `uid` is that of the workspace; absent: it is no more.
 */
export function belongsTo({ metadata }: ApiObject, name: string, uid: string | undefined): Belongs {
  const controller = metadata.ownerReferences?.find(owner => owner.controller === true);
  if (controller === undefined) return hasLabels(metadata.labels, name) ? 'orphan' : 'foreign';
  // Others have a kind of this name too, such as Kubeflow.
  const isWorkspace = controller.kind === WORKSPACES.kind && controller.apiVersion.startsWith(`${WORKSPACES.group}/`);
  if (!isWorkspace || controller.name !== name) return 'foreign';
  return controller.uid === uid ? 'ours' : 'previous';
}

/** A home that is to outlive its workspace has no controller: the labels make it ours. */
export function homeBelongsTo(object: ApiObject, { metadata: { name, uid } }: Workspace): Belongs {
  const belongs = belongsTo(object, name, uid);
  return belongs === 'orphan' ? 'ours' : belongs;
}

function hasLabels(labels: Readonly<Record<string, string>> = {}, name: string): boolean {
  return Object.entries(labelsOf(name)).every(([label, value]) => labels[label] === value);
}

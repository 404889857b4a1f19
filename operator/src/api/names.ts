/**
 * What is called what in a cluster. The admission policies, the roles and the gateway rely on these names: they are API.
 */

export const GROUP = 'berth.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** On every child of a workspace: the name of the workspace. */
export const WORKSPACE_LABEL = `${GROUP}/workspace`;
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'berth';

/** The user name of whom wrote the present spec. An admission policy stamps it, and refuses any other value. */
export const AUTHOR_ANNOTATION = `${GROUP}/author`;
/** That person's groups, one a line. */
export const AUTHOR_GROUPS_ANNOTATION = `${GROUP}/author-groups`;

/** Leaves room in the 63 characters of a DNS label for what is put before and after it in the names of children. */
export const MAX_WORKSPACE_NAME_LENGTH = 50;

const CHILD_PREFIX = 'ws-';

/** The name of every child of a workspace, whatever its kind. Always the same, so that a stale cache makes no twin. */
export function childName(workspace: string): string {
  return `${CHILD_PREFIX}${workspace}`;
}

/** The workspace that an object with this name would be the child of. */
export function workspaceOfChild(name: string): string | undefined {
  return name.startsWith(CHILD_PREFIX) ? name.slice(CHILD_PREFIX.length) : undefined;
}

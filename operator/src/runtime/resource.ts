/** The shapes that every object of the Kubernetes API has, and the names by which the runtime keeps them. */

/** One kind of object, and where the API server serves it. The group of the core API is ''. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly managedFields?: unknown;
}

export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

/** `namespace/name`, or `name` for what belongs to the cluster. */
export type Key = string;

export function keyOf({ metadata: { namespace, name } }: ApiObject): Key {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function splitKey(key: Key): { namespace?: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** As it stands in `apiVersion`. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

const COMPARABLE = /^[1-9]\d*$/;

/**
 * Whether one resourceVersion was before the other: decimal numbers of any length that grow with each write (KEP-5504, Kubernetes
 * 1.35). False as well where one of them is no such number, for then nobody can say.
 */
export function isOlderVersion(version: string, other: string): boolean {
  if (!COMPARABLE.test(version) || !COMPARABLE.test(other)) return false;
  return version.length === other.length ? version < other : version.length < other.length;
}

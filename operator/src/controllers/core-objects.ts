/** The parts of Kubernetes' own objects that the controllers read, and where they are. */
import type { ApiObject, Resource } from '../runtime/resource.js';

const core = (plural: string, kind: string, namespaced = true): Resource => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced
});

export const PODS = core('pods', 'Pod');
export const SERVICES = core('services', 'Service');
export const SERVICE_ACCOUNTS = core('serviceaccounts', 'ServiceAccount');
export const SECRETS = core('secrets', 'Secret');
export const CLAIMS = core('persistentvolumeclaims', 'PersistentVolumeClaim');
export const NODES = core('nodes', 'Node', false);
export const NAMESPACES = core('namespaces', 'Namespace', false);
export const NETWORK_POLICIES: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  kind: 'NetworkPolicy',
  namespaced: true
};
export const SUBJECT_ACCESS_REVIEWS: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
  namespaced: false
};

interface WireCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface TerminatedState {
  readonly finishedAt?: string;
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: TerminatedState;
  };
  readonly lastState?: { readonly terminated?: TerminatedState };
}

export interface Pod extends ApiObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly name: string; readonly image: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly podIP?: string;
    readonly conditions?: readonly WireCondition[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface Claim extends ApiObject {
  readonly spec: {
    readonly accessModes?: readonly string[];
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
  };
  readonly status?: { readonly phase?: string };
}

export interface Node extends ApiObject {
  readonly status?: { readonly conditions?: readonly WireCondition[] };
}

/** Service, NetworkPolicy, ServiceAccount: only compared with what is wanted. */
export interface PlainObject extends ApiObject {
  readonly [field: string]: unknown;
}

export function conditionOf(object: Pod | Node, type: string): WireCondition | undefined {
  return object.status?.conditions?.find(condition => condition.type === type);
}

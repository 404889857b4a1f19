/**
 * The children of a workspace as they are asked for from the API server. Every default that matters is spelled out, so that
 * what is there can be compared with what is wanted.
 *
 * Pods pass Pod Security `restricted`, hold no token of the cluster, and are reached from the platform's namespace alone; their agent from
 * the operator alone.
 */
import {
  API_VERSION,
  childName,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  type Workspace,
  WORKSPACE_LABEL,
  WORKSPACES
} from '../../api/index.js';
import { quantityValue } from '../../plan/quantity.js';
import type { ResolvedCompute } from '../../plan/workspace/index.js';
import type { ApiObject, ObjectMeta, OwnerReference, Resource } from '../../runtime/resource.js';
import { apiVersionOf } from '../../runtime/resource.js';
import { agentTokenOf } from '../activity/agent-token.js';
import { type Claim, CLAIMS, NETWORK_POLICIES, PODS, SECRETS, SERVICE_ACCOUNTS, SERVICES } from '../core-objects.js';

/** Whose files are on a volume: it may be there when its workspace is not. */
export const OWNER_ANNOTATION = 'berth.dev/owner';
/** A digest of what the pod was asked to be, by which a later wish is told from it. */
export const CHOICES_ANNOTATION = 'berth.dev/choices';
export const LAB_CONTAINER = 'lab';

const LAB_PORT = 8888;
/** Where the agent beside JupyterLab tells the operator what it has measured. */
export const AGENT_PORT = 8889;
/** Of the operator's own pods, as the chart labels them. */
const OPERATOR_LABELS = { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'operator' };
const AGENT_TOKEN_KEY = 'agent-token';
const HOME = '/home/berth';
/**
 * The metadata services of clouds give credentials of the node to whoever asks: all link-local addresses, Azure's and
 * Alibaba's own, and those that AWS and Google have in IPv6.
 */
const METADATA = ['169.254.0.0/16', '168.63.129.16/32', '100.100.100.200/32'];
const METADATA_6 = ['fe80::/10', 'fd00:ec2::254/128', 'fd20:ce::254/128'];
/** Where NodeLocal DNSCache listens, in the middle of the link-local addresses. */
const NODE_LOCAL_DNS = '169.254.20.10/32';

type Json = Readonly<Record<string, unknown>>;
export type Manifest = ApiObject & Json;

/** What the platform decides for all workspaces. */
export interface WorkspaceSettings {
  /** Where the door and the gateway run: JupyterLab is reached from there alone. */
  readonly platformNamespace: string;
  /** Where the environments are that everybody may use. */
  readonly catalogueNamespace: string;
  /** Whom pods run as; absent: whom the image says, or an admission plugin does. */
  readonly uid?: number;
  /** What the tokens of all agents are made from. */
  readonly agentKey: string;
}

export function labelsOf(workspace: string): Record<string, string> {
  return { [WORKSPACE_LABEL]: workspace, [MANAGED_BY_LABEL]: MANAGED_BY };
}

export function ownerReference({ metadata: { name, uid = '' } }: Workspace): OwnerReference {
  return { apiVersion: API_VERSION, kind: WORKSPACES.kind, name, uid, controller: true };
}

function child(resource: Resource, workspace: Workspace, meta: Partial<ObjectMeta>, fields: Json): Manifest {
  const { name, namespace = '' } = workspace.metadata;
  const metadata: ObjectMeta = {
    name: childName(name),
    namespace,
    labels: labelsOf(name),
    ownerReferences: [ownerReference(workspace)],
    ...meta
  };
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata, ...fields };
}

export function serviceAccountOf(workspace: Workspace): Manifest {
  return child(SERVICE_ACCOUNTS, workspace, {}, { automountServiceAccountToken: false });
}

/**
 * There is one pod, so its Service leads to it from the start: waiting for readiness would add what probes and proxies take to every
 * start, and cut a person off from a JupyterLab that is too busy to answer its probe.
 */
export function serviceOf(workspace: Workspace): Manifest {
  const ports = [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' }];
  const selector = labelsOf(workspace.metadata.name);
  const spec = { type: 'ClusterIP', selector, ports, publishNotReadyAddresses: true };
  return child(SERVICES, workspace, {}, { spec });
}

export function networkPolicyOf(workspace: Workspace, { platformNamespace }: WorkspaceSettings): Manifest {
  const platform = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': platformNamespace } } };
  const operator = { ...platform, podSelector: { matchLabels: OPERATOR_LABELS } };
  const dns = [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' }
  ];
  const spec = {
    podSelector: { matchLabels: labelsOf(workspace.metadata.name) },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      { from: [platform], ports: [{ port: LAB_PORT, protocol: 'TCP' }] },
      { from: [operator], ports: [{ port: AGENT_PORT, protocol: 'TCP' }] }
    ],
    egress: [
      {
        to: [
          { ipBlock: { cidr: '0.0.0.0/0', except: METADATA } },
          { ipBlock: { cidr: '::/0', except: METADATA_6 } },
          // Where pods are not addresses to the network's provider, they are named.
          { namespaceSelector: {} }
        ]
      },
      { to: [{ ipBlock: { cidr: NODE_LOCAL_DNS } }], ports: dns }
    ]
  };
  return child(NETWORK_POLICIES, workspace, {}, { spec });
}

/**
 * It outlives its workspace unless the person wants it otherwise: then nothing owns it, and the annotation says whose it is. One that is
 * there (`is`) may have been kept from a workspace that asked for another: what cannot change of it, and its size if it is larger, stays.
 */
export function homeOf(workspace: Workspace, is?: Claim): Manifest {
  const { owner, home } = workspace.spec;
  const meta = {
    annotations: { [OWNER_ANNOTATION]: owner },
    ownerReferences: home.whenDeleted === 'Delete' ? [ownerReference(workspace)] : []
  };
  const { accessModes, storageClassName } = is?.spec ?? {
    accessModes: [home.accessMode],
    storageClassName: home.storageClass
  };
  const spec = {
    accessModes,
    resources: { requests: { storage: largerOf(home.size, is?.spec.resources?.requests?.['storage']) } },
    ...(storageClassName !== undefined && { storageClassName })
  };
  return child(CLAIMS, workspace, meta, { spec });
}

type Quantity = string | number;

function largerOf(size: Quantity, is: Quantity = 0): Quantity {
  return quantityValue(is) > quantityValue(size) ? is : size;
}

/** JupyterLab's token, and its agent's. */
export function tokenOf(workspace: Workspace, token: string, { agentKey }: WorkspaceSettings): Manifest {
  const stringData = { token, [AGENT_TOKEN_KEY]: agentTokenOf(agentKey, workspace.metadata.uid ?? '') };
  return child(SECRETS, workspace, {}, { type: 'Opaque', immutable: true, stringData });
}

/** What a pod is made from; all of it comes from the workspace, its environment and its class. */
export interface PodChoices {
  readonly image: string;
  readonly compute: ResolvedCompute;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  readonly tolerations?: readonly Json[] | undefined;
}

export function podOf(workspace: Workspace, choices: PodChoices, digest: string, { uid }: WorkspaceSettings): Manifest {
  const name = childName(workspace.metadata.name);
  const { nodeSelector, tolerations } = choices;
  const person =
    uid === undefined ? {} : { runAsUser: uid, runAsGroup: uid, fsGroup: uid, fsGroupChangePolicy: 'OnRootMismatch' };
  const spec = {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...person },
    containers: [labContainer(name, choices)],
    volumes: [{ name: 'home', persistentVolumeClaim: { claimName: name } }],
    ...(nodeSelector !== undefined && { nodeSelector }),
    ...(tolerations !== undefined && { tolerations })
  };
  return child(PODS, workspace, { annotations: { [CHOICES_ANNOTATION]: digest } }, { spec });
}

/** Memory and devices are limited to what was asked for; CPU is not: what nobody uses may be used. */
function labContainer(name: string, { image, compute: { cpu, memory, extended } }: PodChoices): Json {
  const answers = { httpGet: { path: '/api', port: 'http' } };
  return {
    name: LAB_CONTAINER,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['jupyter', 'lab', '--no-browser', '--ip=*', `--port=${LAB_PORT}`, '--ServerApp.port_retries=0'],
    args: [`--ServerApp.root_dir=${HOME}`, '--ServerApp.allow_remote_access=True'],
    workingDir: HOME,
    env: [
      { name: 'HOME', value: HOME },
      { name: 'JUPYTER_TOKEN', valueFrom: { secretKeyRef: { name, key: 'token' } } },
      { name: 'BERTH_AGENT_PORT', value: String(AGENT_PORT) },
      // A Secret that an earlier version made has none: the workspace starts all the same, and cannot be observed.
      { name: 'BERTH_AGENT_TOKEN', valueFrom: { secretKeyRef: { name, key: AGENT_TOKEN_KEY, optional: true } } }
    ],
    ports: [
      { name: 'http', containerPort: LAB_PORT, protocol: 'TCP' },
      { name: 'agent', containerPort: AGENT_PORT, protocol: 'TCP' }
    ],
    // Looked at every second until it answers, so that a person waits no longer than JupyterLab takes; then seldom.
    startupProbe: { ...answers, periodSeconds: 1, failureThreshold: 600 },
    readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    resources: { requests: { cpu, memory, ...extended }, limits: { memory, ...extended } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'home', mountPath: HOME }]
  };
}

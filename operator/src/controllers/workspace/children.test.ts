/** What the children are, and that they fit together: a selector that selects nothing fails in silence. */
import { describe, expect, test } from '@jest/globals';
import { agentTokenOf } from '../activity/agent-token.js';
import {
  homeOf,
  type Manifest,
  networkPolicyOf,
  type PodChoices,
  podOf,
  serviceAccountOf,
  serviceOf,
  tokenOf
} from './children.js';
import { IMAGE, makeWorkspace, SETTINGS, WORKSPACE_UID } from './served.testkit.js';

const CHOICES: PodChoices = {
  image: IMAGE,
  compute: { cpu: '500m', memory: '8Gi', extended: { 'nvidia.com/gpu': 1 }, problems: [] },
  nodeSelector: { gpu: 'h200' },
  tolerations: [{ key: 'gpu', operator: 'Exists' }]
};
const TOKEN = 'a-secret-token';

const workspace = makeWorkspace();
const pod = podOf(workspace, CHOICES, 'digest', SETTINGS);
const token = tokenOf(workspace, TOKEN, SETTINGS);
const policy = networkPolicyOf(workspace, SETTINGS);
const children: [string, Manifest][] = [
  serviceAccountOf(workspace),
  serviceOf(workspace),
  policy,
  homeOf(workspace),
  token,
  pod
].map(manifest => [manifest.kind ?? '', manifest]);

interface Spec {
  readonly [field: string]: unknown;
  readonly containers: readonly [Record<string, unknown>];
  readonly ingress: readonly { readonly from: unknown; readonly ports: readonly { readonly port: number }[] }[];
  readonly egress: readonly { readonly to: readonly { readonly ipBlock?: unknown }[] }[];
}
const specOf = (manifest: Manifest): Spec => manifest['spec'] as Spec;
const lab = specOf(pod).containers[0];

describe('every child', () => {
  test.each(children)('%s has the name, the namespace and the labels of its workspace', (_, { metadata }) => {
    expect(metadata).toMatchObject({
      name: 'ws-a',
      namespace: 'team',
      labels: { 'berth.dev/workspace': 'a', 'app.kubernetes.io/managed-by': 'berth' }
    });
  });

  test.each(children.filter(([kind]) => kind !== 'PersistentVolumeClaim'))('%s goes with it', (_, { metadata }) => {
    expect(metadata.ownerReferences).toEqual([
      { apiVersion: 'berth.dev/v1alpha1', kind: 'Workspace', name: 'a', uid: WORKSPACE_UID, controller: true }
    ]);
  });

  test('nothing but the Secret holds the token', () => {
    const holders = children.filter(([, manifest]) => JSON.stringify(manifest).includes(TOKEN)).map(([kind]) => kind);
    expect(holders).toEqual(['Secret']);
  });
});

describe('they fit together', () => {
  test.each([
    ['the Service', specOf(serviceOf(workspace))['selector']],
    ['the NetworkPolicy', (specOf(policy)['podSelector'] as { matchLabels: unknown }).matchLabels]
  ])('%s selects the pod', (_, selector) => {
    expect(pod.metadata.labels).toMatchObject(selector as Record<string, string>);
  });

  test('the Service and the NetworkPolicy lead to the port that JupyterLab listens on', () => {
    const [port] = lab['ports'] as [{ name: string; containerPort: number }];
    expect(specOf(serviceOf(workspace))['ports']).toMatchObject([{ port: 80, targetPort: port.name }]);
    expect(specOf(policy).ingress[0]?.ports).toMatchObject([{ port: port.containerPort }]);
    expect(lab['command']).toContain(`--port=${port.containerPort}`);
  });

  test('the agent is told its port and its token, and the NetworkPolicy leads to it; the Service does not', () => {
    const [, port] = lab['ports'] as { name: string; containerPort: number }[];
    expect(port).toMatchObject({ name: 'agent' });
    expect(lab['env']).toContainEqual({ name: 'BERTH_AGENT_PORT', value: String(port?.containerPort) });
    expect(specOf(policy).ingress[1]?.ports).toMatchObject([{ port: port?.containerPort }]);
    expect(specOf(serviceOf(workspace))['ports']).toHaveLength(1);
  });

  test('a workspace whose Secret an earlier version made starts without a token for its agent', () => {
    expect(lab['env']).toContainEqual({
      name: 'BERTH_AGENT_TOKEN',
      valueFrom: { secretKeyRef: { name: token.metadata.name, key: 'agent-token', optional: true } }
    });
  });

  test('the pod reads the token under the key under which it is kept, and runs as the account that is made', () => {
    expect(lab['env']).toContainEqual({
      name: 'JUPYTER_TOKEN',
      valueFrom: { secretKeyRef: { name: token.metadata.name, key: 'token' } }
    });
    expect(token['stringData']).toEqual({
      token: TOKEN,
      'agent-token': agentTokenOf(SETTINGS.agentKey, WORKSPACE_UID)
    });
    expect(specOf(pod)['serviceAccountName']).toBe(serviceAccountOf(workspace).metadata.name);
  });

  test('the home is what JupyterLab shows', () => {
    expect(specOf(pod)['volumes']).toEqual([{ name: 'home', persistentVolumeClaim: { claimName: 'ws-a' } }]);
    const [{ mountPath }] = lab['volumeMounts'] as [{ mountPath: string }];
    expect(lab['args']).toContain(`--ServerApp.root_dir=${mountPath}`);
  });
});

describe('the pod', () => {
  test('passes Pod Security restricted, and holds no token of the cluster', () => {
    expect(specOf(pod)).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }
    });
    expect(lab['securityContext']).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) expect(specOf(pod)).not.toHaveProperty(field);
    expect(serviceAccountOf(workspace)['automountServiceAccountToken']).toBe(false);
  });

  test('gets what its class gives; its CPU is not limited', () => {
    expect(lab['resources']).toEqual({
      requests: { cpu: '500m', memory: '8Gi', 'nvidia.com/gpu': 1 },
      limits: { memory: '8Gi', 'nvidia.com/gpu': 1 }
    });
    expect(specOf(pod)).toMatchObject({ nodeSelector: CHOICES.nodeSelector, tolerations: CHOICES.tolerations });
  });

  test('runs as whom the platform says, and where it says nothing as whom the image says', () => {
    const { securityContext } = specOf(podOf(workspace, CHOICES, '', { ...SETTINGS, uid: 1000 }));
    expect(securityContext).toMatchObject({ runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 });
    expect(specOf(pod)['securityContext']).not.toHaveProperty('runAsUser');
  });
});

describe('the NetworkPolicy', () => {
  test('lets in the namespace of the platform alone, and to the agent only the operator of it', () => {
    const platform = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'berth-system' } } };
    const labels = { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'operator' };
    const operator = { ...platform, podSelector: { matchLabels: labels } };
    expect(specOf(policy).ingress.map(({ from }) => from)).toEqual([[platform], [operator]]);
    expect(specOf(policy)['policyTypes']).toEqual(['Ingress', 'Egress']);
  });

  test('keeps the metadata services of clouds out of reach, by either family of addresses', () => {
    const blocks = specOf(policy).egress[0]?.to.flatMap(({ ipBlock }) => ipBlock ?? []);
    expect(blocks).toEqual([
      { cidr: '0.0.0.0/0', except: expect.arrayContaining(['169.254.0.0/16']) },
      { cidr: '::/0', except: expect.arrayContaining(['fe80::/10', 'fd00:ec2::254/128']) }
    ]);
  });
});

describe('the home', () => {
  const home = (change: Partial<typeof workspace.spec.home>): Manifest =>
    homeOf(makeWorkspace({ home: { ...workspace.spec.home, ...change } }));

  test('outlives its workspace, unless the person wants it otherwise', () => {
    expect(home({}).metadata.ownerReferences).toEqual([]);
    expect(home({ whenDeleted: 'Delete' }).metadata.ownerReferences).toMatchObject([{ uid: WORKSPACE_UID }]);
  });

  test('says whose it is', () => {
    expect(home({}).metadata.annotations).toEqual({ 'berth.dev/owner': 'ada' });
  });

  test('is as large, as shared and of the class that is asked for; without one it is the default class of the cluster', () => {
    expect(specOf(home({ size: '20Gi', accessMode: 'ReadWriteMany', storageClass: 'nfs' }))).toEqual({
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: '20Gi' } },
      storageClassName: 'nfs'
    });
    expect(specOf(home({}))).not.toHaveProperty('storageClassName');
  });
});

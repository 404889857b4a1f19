/** What may keep a workspace from running: how it comes about, what is said, and what mends it. */
import type { Kubectl } from '../kubectl.js';
import { applied, change, environment, type Wish } from './people.testkit.js';
import type { Look } from './watched-namespace.testkit.js';

export interface Stage {
  /** Who has the workspaces. */
  readonly ada: Kubectl;
  /** In the namespace of the workspaces. */
  readonly admin: Kubectl;
  readonly images: { readonly lab: string; readonly pause: string };
  /** A name that nobody else has, for what is in no namespace. */
  readonly own: (name: string) => string;
}

export interface Failure {
  /** Of the workspace. */
  readonly name: string;
  readonly wish: (stage: Stage) => Wish;
  readonly want: string;
  readonly wantSaid: RegExp;
  /** How the cluster shows it first; absent: it is so from the moment at which the workspace is made. */
  readonly shown?: Look;
  readonly mend: (stage: Stage) => Promise<unknown>;
}

const waitsFor =
  (...reasons: string[]): Look =>
  pod =>
    reasons.includes(pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason ?? '');

const wasKilledFor =
  (reason: string): Look =>
  pod => {
    const { state, lastState } = pod?.status?.containerStatuses?.[0] ?? {};
    return state?.terminated?.reason === reason || lastState?.terminated?.reason === reason;
  };

const fitsNowhere: Look = pod => pod?.status?.conditions?.some(({ reason }) => reason === 'Unschedulable') === true;

const ask =
  (name: string, spec: object) =>
  ({ ada }: Stage) =>
    change(ada, 'workspace', name, { spec });

export const FAILURES: readonly Failure[] = [
  {
    name: 'no-image',
    wish: () => ({ environment: 'gone' }),
    want: 'ImagePullFailed',
    wantSaid:
      /^The image registry\.invalid\/gone@sha256:0{64} cannot be pulled: failed to .+ It is tried again and again\.$/,
    shown: waitsFor('ErrImagePull', 'ImagePullBackOff'),
    mend: ask('no-image', { environment: { name: 'lab' } })
  },
  {
    name: 'no-jupyter',
    wish: () => ({ environment: 'pause' }),
    want: 'CrashLooping',
    wantSaid:
      /^JupyterLab cannot be started: exec: "jupyter": executable file not found in \$PATH\. .+ has to have JupyterLab in it\.$/,
    shown: waitsFor('RunContainerError', 'CrashLoopBackOff'),
    mend: ask('no-jupyter', { environment: { name: 'lab' } })
  },
  {
    name: 'no-memory',
    wish: () => ({ compute: { memory: '32Mi' } }),
    want: 'OutOfMemory',
    wantSaid:
      /^JupyterLab was ended .+ because it used more memory than the workspace has\. Ask for more memory, or use less\.$/,
    shown: wasKilledFor('OOMKilled'),
    mend: ask('no-memory', { compute: { memory: '256Mi' } })
  },
  {
    name: 'no-node',
    wish: () => ({ compute: { cpu: '1000' } }),
    want: 'Unschedulable',
    wantSaid:
      /^No node can take it now: 0\/[0-9]+ nodes are available: .*1 Insufficient cpu.+ It starts by itself when one can\.$/,
    shown: fitsNowhere,
    mend: ask('no-node', { compute: { cpu: '20m' } })
  },
  {
    name: 'no-environment',
    wish: () => ({ environment: 'later' }),
    want: 'EnvironmentNotFound',
    wantSaid: /^There is no environment 'later' in this namespace\. Choose one that exists, or make it\.$/,
    mend: ({ ada, images }) => applied(ada, [environment('later', images.lab)])
  },
  {
    name: 'no-class',
    wish: ({ own }) => ({ compute: { class: own('later') } }),
    want: 'ComputeClassNotFound',
    wantSaid: /^There is no compute class '.+-later'\. Choose one that exists\.$/,
    mend: ({ admin, own }) => applied(admin, [computeClass(own('later'))])
  },
  {
    name: 'over-class',
    wish: ({ own }) => ({ compute: { class: own('small'), cpu: '2' } }),
    want: 'ComputeClassExceeded',
    wantSaid: /^It asks for 2 cpu; its compute class allows at most 1\.$/,
    mend: ask('over-class', { compute: { cpu: '20m' } })
  },
  {
    name: 'not-allowed',
    wish: ({ own }) => ({ compute: { class: own('dear') } }),
    want: 'NotAllowed',
    wantSaid: /^ada wrote this and may not use computeclasses '.+-dear'\. An administrator can grant that\.$/,
    mend: ({ admin, own }) => applied(admin, mayUse('ada', own('dear'), [own('dear')]))
  },
  {
    name: 'name-taken',
    wish: () => ({}),
    want: 'NameTaken',
    wantSaid: /^Something else in this namespace already has the name that the workspace's Service would have\. .+$/,
    mend: ({ ada }) => ada.run(['delete', 'service', 'ws-name-taken'])
  },
  {
    name: 'not-mine',
    wish: () => ({}),
    want: 'HomeOfAnother',
    wantSaid: /^A home volume with this name is there and belongs to 'bob'\. .+$/,
    mend: ({ ada }) => ada.run(['delete', 'persistentvolumeclaim', 'ws-not-mine'])
  }
];

/** What is there before the workspaces are made. */
export async function prepare(stage: Stage): Promise<void> {
  const { ada, admin, images, own } = stage;
  const gone = `registry.invalid/gone@sha256:${'0'.repeat(64)}`;
  await applied(ada, [
    environment('lab', images.lab),
    environment('pause', images.pause),
    environment('gone', gone),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'ws-name-taken' }, spec: OTHER_SERVICE },
    homeOf('bob', 'not-mine')
  ]);
  const small = computeClass(own('small'), { limits: { cpu: '1' } });
  const allowed = mayUse('ada', own('allowed'), [own('later'), own('small')]);
  await applied(admin, [small, computeClass(own('dear')), ...allowed]);
}

const OTHER_SERVICE = { selector: { app: 'other' }, ports: [{ port: 8080 }] };

/** A claim as the operator makes it, of somebody who had a workspace with that name. */
export function homeOf(owner: string, workspace: string): object {
  const labels = { 'berth.dev/workspace': workspace, 'app.kubernetes.io/managed-by': 'berth' };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: `ws-${workspace}`, labels, annotations: { 'berth.dev/owner': owner } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100Mi' } } }
  };
}

function computeClass(name: string, spec: object = {}): object {
  return {
    apiVersion: 'berth.dev/v1alpha1',
    kind: 'ComputeClass',
    metadata: { name },
    spec: { resources: {}, ...spec }
  };
}

/** A role of the platform team's own, as it is described in the chart. */
function mayUse(user: string, name: string, classes: readonly string[]): object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const apiGroup = 'rbac.authorization.k8s.io';
  const rules = [{ apiGroups: ['berth.dev'], resources: ['computeclasses'], resourceNames: classes, verbs: ['use'] }];
  return [
    { apiVersion, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name },
      subjects: [{ apiGroup, kind: 'User', name: user }]
    }
  ];
}

/** Takes away what is in no namespace. */
export async function clear({ admin, own }: Stage): Promise<void> {
  const classes = ['later', 'small', 'dear'].map(name => `computeclass/${own(name)}`);
  const roles = ['allowed', 'dear'].flatMap(name => [`clusterrole/${own(name)}`, `clusterrolebinding/${own(name)}`]);
  await admin.run(['delete', '--ignore-not-found', ...classes, ...roles]);
}

/** What a person may see while a workspace starts, or does not. */
import { nameTaken } from './plan-workspace.js';
import type { Refusal } from './refused-report.js';
import { IMAGE, secondsAgo, type SeenBuilder, seenWorkspace } from './seen.testkit.js';
import type { ReadyReason, WorkspacePhase } from './workspace-report.js';

export interface Symptom {
  readonly name: string;
  readonly seen: SeenBuilder;
  /** What the API server answers to the first action. */
  readonly refusal?: Refusal;
  readonly want: ReadyReason;
  /** What the message must say, so that a person knows why and what to do. */
  readonly wantSaid: readonly string[];
  /** In short: 'apply home', 'delete-pod stopped'; absent: nothing is done. */
  readonly wantDone?: readonly string[];
  readonly wantRestart?: true;
  /** Where it is not the reason's own. */
  readonly wantPhase?: WorkspacePhase;
}

const fresh = seenWorkspace('a');
const standing = fresh.standing();
const waits = (reason: string, message = ''): SeenBuilder => fresh.starting({ waiting: { reason, message } });
const crashed = (code: number, reason: string, restarts: number): SeenBuilder =>
  fresh.starting({ phase: 'Running', restarts, lastExit: { code, reason } });
const NO_JUPYTER =
  'runc create failed: unable to start container process: exec: "jupyter": executable file not found in $PATH';
export const ALL_MADE = ['apply service-account', 'apply network-policy', 'apply service', 'apply home'];
const STARTED = ['create-token', 'create-pod'];

export const starts: Symptom[] = [
  {
    name: 'a new workspace gets all that it needs, and its pod last',
    seen: fresh,
    want: 'Starting',
    wantSaid: ['its pod is being made'],
    wantDone: [...ALL_MADE, ...STARTED]
  },
  {
    name: 'a stopped one that is resumed gets a pod',
    seen: standing.reported('Stopped', 60),
    want: 'Starting',
    wantSaid: ['its pod is being made'],
    wantDone: STARTED
  },
  {
    name: 'nothing runs without its NetworkPolicy, which somebody has deleted',
    seen: standing.without('networkPolicy'),
    want: 'Starting',
    wantSaid: ['its pod is being made'],
    wantDone: ['apply network-policy', ...STARTED]
  },
  {
    name: 'a pod that no node was chosen for yet is starting',
    seen: fresh
      .starting()
      .without('pod')
      .withPod({ phase: 'Pending', ready: false, createdAtMs: secondsAgo(1) }),
    want: 'Starting',
    wantSaid: ['node']
  },
  {
    name: 'an image that is being pulled',
    seen: waits('ContainerCreating'),
    want: 'Starting',
    wantSaid: ['node node-1 gets the image and the home volume']
  },
  {
    name: 'JupyterLab that has been started and does not answer yet',
    seen: fresh.starting({ phase: 'Running' }),
    want: 'Starting',
    wantSaid: ['JupyterLab does not answer yet']
  },
  {
    name: 'the pod before this one answered; this one is only starting',
    seen: fresh.starting({ phase: 'Running' }).reported('Running', 60),
    want: 'Starting',
    wantSaid: ['JupyterLab does not answer yet']
  },
  {
    name: 'a start that takes more than five minutes says where to look',
    seen: waits('ContainerCreating').withPod({ createdAtMs: secondsAgo(300) }),
    want: 'SlowStart',
    wantSaid: ['more than 5 minutes', 'the events of its pod']
  },
  {
    name: 'its home is not there yet: that is no matter of room on nodes',
    seen: fresh.starting({
      unschedulable: '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.'
    }),
    want: 'Starting',
    wantSaid: ['its home volume is being made']
  },
  {
    name: 'no node has room: it says what the scheduler says, and that it goes on by itself',
    seen: fresh.starting({ unschedulable: '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.' }),
    want: 'Unschedulable',
    wantSaid: ['3 Insufficient nvidia.com/gpu. It starts by itself']
  },
  {
    name: 'no node has room, and less is asked for now: a pod is made that asks for less',
    seen: fresh.starting({ unschedulable: '0/3 nodes are available', asWanted: false }),
    want: 'Restarting',
    wantSaid: ['what is asked for now'],
    wantDone: ['delete-pod replaced']
  },
  {
    name: 'the image is not in the registry',
    seen: waits('ImagePullBackOff', 'Back-off pulling image "registry.example/lab": not found'),
    want: 'ImagePullFailed',
    wantSaid: ['registry.example/lab@sha256', 'not found. It is tried again']
  },
  {
    name: 'the kubelet says in turn that it pulls and that it waits: to the person it is one story',
    seen: waits(
      'ImagePullBackOff',
      `Back-off pulling image "${IMAGE}": ErrImagePull: failed to pull image "${IMAGE}": denied`
    ),
    want: 'ImagePullFailed',
    wantSaid: [`The image ${IMAGE} cannot be pulled: failed to pull image: denied. It is tried again`]
  },
  {
    name: 'the image is not in the registry, and another environment is asked for now',
    seen: waits('ErrImagePull').withPod({ asWanted: false }),
    want: 'Restarting',
    wantSaid: ['what is asked for now'],
    wantDone: ['delete-pod replaced']
  },
  {
    name: 'the image is not in the registry, and the environment that is asked for now does not exist',
    seen: waits('ErrImagePull', 'no such host').withPod({ asWanted: false }).without('image'),
    want: 'ImagePullFailed',
    wantSaid: ['no such host.']
  },
  {
    name: 'the Secret was deleted by hand: it is made again',
    seen: waits('CreateContainerConfigError', 'secret "ws-a" not found'),
    want: 'Starting',
    wantSaid: ['cannot be started yet: secret "ws-a" not found.'],
    wantDone: ['create-token']
  },
  {
    name: 'JupyterLab ends each time that it is started',
    seen: waits('CrashLoopBackOff').withPod({ restarts: 3, lastExit: { code: 1, reason: 'Error' } }),
    want: 'CrashLooping',
    wantSaid: ['ended 3 times, last with exit code 1', 'Its log says why']
  },
  {
    name: 'the environment has no JupyterLab in it',
    seen: waits(
      'RunContainerError',
      'failed to create containerd task: runc create failed: unable to start container process: exec: "jupyter": executable file not found in $PATH'
    ),
    want: 'CrashLooping',
    wantSaid: [
      'cannot be started: exec: "jupyter": executable file not found in $PATH.',
      'has to have JupyterLab in it'
    ]
  },
  {
    name: 'the environment has no JupyterLab: it is the same story between two attempts',
    seen: waits('CrashLoopBackOff', 'back-off 10s').withPod({
      restarts: 2,
      lastExit: { code: 128, reason: 'StartError', message: NO_JUPYTER }
    }),
    want: 'CrashLooping',
    wantSaid: [
      'cannot be started: exec: "jupyter": executable file not found in $PATH. It is tried again',
      'has to have JupyterLab'
    ]
  },
  {
    name: 'between two of its ends it is the same story',
    seen: crashed(1, 'Error', 3),
    want: 'CrashLooping',
    wantSaid: ['ended 3 times']
  },
  {
    name: 'JupyterLab was started again after it was shut down from its own menu: nothing is wrong',
    seen: crashed(0, 'Completed', 1),
    want: 'Starting',
    wantSaid: ['does not answer yet']
  },
  {
    name: 'a notebook takes more memory than there is',
    seen: crashed(137, 'OOMKilled', 1),
    want: 'OutOfMemory',
    wantSaid: ['ended once because it used more memory', 'Ask for more memory, or use less']
  },
  {
    name: 'a notebook takes more memory than there is, and the person has asked for more',
    seen: waits('CrashLoopBackOff').withPod({
      restarts: 1,
      lastExit: { code: 137, reason: 'OOMKilled' },
      asWanted: false
    }),
    want: 'Restarting',
    wantSaid: ['what is asked for now'],
    wantDone: ['delete-pod replaced']
  }
];

export const obstacles: Symptom[] = [
  {
    name: 'the environment was deleted: nothing is made for it, not even a home',
    seen: fresh.without('image'),
    want: 'EnvironmentNotFound',
    wantSaid: ["'python' in the catalogue", 'Choose one that exists, or make it'],
    wantDone: ALL_MADE.slice(0, 3)
  },
  {
    name: 'there is no such compute class',
    seen: standing.ofClass('huge', null),
    want: 'ComputeClassNotFound',
    wantSaid: ["'huge'", 'Choose one that exists']
  },
  {
    name: 'more is asked for than the compute class allows',
    seen: standing.ofClass('small', ['It asks for 8 cpu; its compute class allows at most 4.']),
    want: 'ComputeClassExceeded',
    wantSaid: ['asks for 8 cpu', 'at most 4']
  },
  {
    name: 'somebody else had a workspace with this name: their files stay theirs',
    seen: standing.withHome({ owner: 'grace', asWanted: false }),
    want: 'HomeOfAnother',
    wantSaid: ["belongs to 'grace'", 'Choose another name']
  },
  {
    name: 'a volume that says nothing of its owner is nobody’s to take',
    seen: standing.withHome({ owner: '' }),
    want: 'HomeOfAnother',
    wantSaid: ['nobody that we know of', 'Choose another name']
  },
  {
    name: 'the home volume is being deleted: it is not started on what is about to go',
    seen: standing.withHome({ deleting: true }),
    want: 'HomeLost',
    wantSaid: ['was deleted by somebody', 'A new, empty one is made']
  },
  {
    name: 'the disk of the home is gone',
    seen: standing.withHome({ phase: 'Lost' }),
    want: 'HomeLost',
    wantSaid: ['The disk behind the home volume is gone', 'An administrator can restore it']
  },
  {
    name: 'something else has the name of its Service',
    seen: standing.withChild('service', { belongs: 'foreign', asWanted: false }),
    want: 'NameTaken',
    wantSaid: ["the workspace's Service would have", 'choose another name']
  },
  {
    name: 'something without our labels has the name of its Service, which only the API server knows',
    seen: standing,
    refusal: { kind: 'name-taken', message: nameTaken('Service') },
    want: 'NameTaken',
    wantSaid: ["the workspace's Service would have", 'choose another name'],
    wantDone: STARTED
  },
  {
    name: 'the quota of the namespace is used up',
    seen: standing,
    refusal: { kind: 'quota', message: 'exceeded quota: team, requested: cpu=2, used: cpu=8, limited: cpu=8' },
    want: 'QuotaExceeded',
    wantSaid: ['limited: cpu=8. It starts by itself when there is room.'],
    wantDone: STARTED
  },
  {
    name: 'whoever wrote it may not use the compute class',
    seen: standing,
    refusal: { kind: 'not-allowed', message: 'ada wrote this and may not use it. An administrator can grant that.' },
    want: 'NotAllowed',
    wantSaid: ['An administrator can grant that.'],
    wantDone: STARTED
  },
  {
    name: 'an admission policy of the cluster refuses the pod',
    seen: standing,
    refusal: { kind: 'refused', message: 'pods "ws-a" is forbidden: violates PodSecurity' },
    want: 'Refused',
    wantSaid: ['violates PodSecurity.'],
    wantDone: STARTED
  }
];

/** Judges a workspace's pod: does JupyterLab answer, and if not, why, in words for the person who waits. */
import { sentence } from './sentence.js';
import type { SeenExit, SeenPod, SeenWaiting } from './seen-workspace.js';
import type { ReadyReason } from './workspace-report.js';

/** A start that takes longer than this is worth a look. */
export const SLOW_START_MS = 5 * 60_000;

export type PodJudgement =
  | { readonly kind: 'answers' }
  /** It has ended, or its node has ended it. */
  | { readonly kind: 'over'; readonly message: string }
  /** Its deletion was asked for, by somebody else or by us. */
  | { readonly kind: 'ending'; readonly message: string }
  /** Its node does not report: whether it still runs is unknown. */
  | { readonly kind: 'lost'; readonly message: string }
  | {
      readonly kind: 'waits';
      readonly reason: ReadyReason;
      readonly message: string;
      /** Nobody can have anything in it: it may be ended and made again. */
      readonly mayBeReplaced: boolean;
      readonly recheckAfterMs?: number;
    };

const PULL_FAILURES = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ErrImageInspect',
  'RegistryUnavailable'
]);
const CONFIGURATION_FAILURES = new Set(['CreateContainerConfigError', 'CreateContainerError']);
/** It never began to run: said between two attempts, and as the end of one. */
const NEVER_BEGAN = new Set(['RunContainerError', 'StartError', 'ContainerCannotRun']);
/** The kubelet says the same with this and without it, in turn. */
const BACK_OFF = /^Back-off pulling image "[^"]*"(?:: ErrImagePull)?(?:: )?/;

/** How the scheduler says that a volume is not there yet: more room on nodes would not help. */
const UNBOUND = 'unbound immediate PersistentVolumeClaims';

export function judgePod(pod: SeenPod, now: Date): PodJudgement {
  if (pod.phase === 'Failed' || pod.phase === 'Succeeded') return { kind: 'over', message: whyOver(pod) };
  if (pod.node !== undefined && pod.nodeReports === false) return { kind: 'lost', message: whyLost(pod.node) };
  if (pod.deleting)
    return { kind: 'ending', message: 'The pod was deleted. It starts again when the old one has ended.' };
  if (pod.ready) return { kind: 'answers' };
  if (pod.unschedulable?.includes(UNBOUND) === true)
    return slowOr(pod, now, 'Starting: its home volume is being made.');
  if (pod.unschedulable !== undefined) {
    const message = `No node can take it now: ${sentence(pod.unschedulable)} It starts by itself when one can.`;
    return { kind: 'waits', reason: 'Unschedulable', message, mayBeReplaced: true };
  }
  return judgeContainer(pod, now);
}

function judgeContainer(pod: SeenPod, now: Date): PodJudgement {
  const { waiting } = pod;
  if (waiting !== undefined && PULL_FAILURES.has(waiting.reason)) {
    const message = `The image ${pod.image} cannot be pulled: ${whyNotPulled(pod.image, waiting)} It is tried again and again.`;
    return { kind: 'waits', reason: 'ImagePullFailed', message, mayBeReplaced: true };
  }
  if (waiting !== undefined && CONFIGURATION_FAILURES.has(waiting.reason)) {
    const message = `It cannot be started yet: ${said(waiting)}`;
    return { kind: 'waits', reason: 'Starting', message, mayBeReplaced: true };
  }
  return hasCrashed(pod) ? crashLoop(pod) : slowOr(pod, now, `Starting: ${whatItDoes(pod)}.`);
}

function whatItDoes({ phase, waiting, node }: SeenPod): string {
  if (phase === 'Running' && waiting === undefined) return 'JupyterLab does not answer yet';
  return node === undefined ? 'it is given a node' : `node ${node} gets the image and the home volume`;
}

function hasCrashed({ waiting, restarts, lastExit }: SeenPod): boolean {
  if (waiting?.reason === 'CrashLoopBackOff' || waiting?.reason === 'RunContainerError') return true;
  return restarts > 0 && lastExit?.code !== 0;
}

function whyNotPulled(image: string, { reason, message }: SeenWaiting): string {
  return said({ reason, message: message.replace(BACK_OFF, '').replaceAll(` "${image}"`, '') });
}

/**
 * It is the same story from the first end until it answers again, whether it runs at this moment or pauses. While it runs it may
 * have answered since, and only be busy now: then somebody may have something in it.
 */
function crashLoop({ lastExit, restarts, phase, waiting }: SeenPod): PodJudgement {
  const mayBeReplaced = phase !== 'Running' || waiting !== undefined;
  const neverBegan = [waiting, lastExit].find(one => one !== undefined && NEVER_BEGAN.has(one.reason));
  if (neverBegan !== undefined) {
    const message = `JupyterLab cannot be started: ${whyNotBegun(neverBegan)} It is tried again after a pause; the environment has to have JupyterLab in it.`;
    return { kind: 'waits', reason: 'CrashLooping', message, mayBeReplaced };
  }
  const times = restarts === 1 ? 'once' : `${restarts} times`;
  if (lastExit?.reason === 'OOMKilled') {
    const message = `JupyterLab was ended ${times} because it used more memory than the workspace has. Ask for more memory, or use less.`;
    return { kind: 'waits', reason: 'OutOfMemory', message, mayBeReplaced };
  }
  const how = lastExit === undefined ? '' : `, last with exit code ${lastExit.code}`;
  const message = `JupyterLab has ended ${times}${how}. Its log says why; it is started again after a pause.`;
  return { kind: 'waits', reason: 'CrashLooping', message, mayBeReplaced };
}

/** Without the long way that the message has come. */
function whyNotBegun({ reason, message = '' }: SeenExit | SeenWaiting): string {
  return said({ reason, message: message.replace(/^.*unable to start container process: /s, '') });
}

/** Says so once a start takes long; until then it asks to be judged again at that moment. What is Pending has never run. */
function slowOr(pod: SeenPod, now: Date, message: string): PodJudgement {
  const leftMs = pod.createdAtMs + SLOW_START_MS - now.getTime();
  const mayBeReplaced = pod.phase === 'Pending';
  if (leftMs > 0) return { kind: 'waits', reason: 'Starting', message, mayBeReplaced, recheckAfterMs: leftMs };
  const minutes = SLOW_START_MS / 60_000;
  const slow = `${message} It has taken more than ${minutes} minutes: the events of its pod say what it waits for.`;
  return { kind: 'waits', reason: 'SlowStart', message: slow, mayBeReplaced };
}

function whyOver({ failure, lastExit }: SeenPod): string {
  if (failure?.reason === 'Evicted')
    return `Its node had to end it: ${said(failure)} It starts again; unsaved work and variables are gone.`;
  if (failure !== undefined && failure.reason !== '') return `Its pod has failed: ${said(failure)} It starts again.`;
  const how = lastExit === undefined ? '' : ` with exit code ${lastExit.code}`;
  return `Its pod has ended${how}. It starts again.`;
}

function whyLost(node: string): string {
  return `Node ${node} no longer reports. Whether JupyterLab still runs there is unknown; it goes on when the node is back, and starts elsewhere once the node has been removed. The files in the home volume are not touched.`;
}

function said({ reason, message }: SeenWaiting): string {
  return sentence(message === '' ? reason : message);
}

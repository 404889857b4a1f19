/**
 * Decides what becomes of a workspace: which of its children are made, mended or ended, and what is said about it.
 *
 * A pod that a person may be working in is ended only when the person wants the workspace stopped. A pod that is over, or that
 * never came to answer and would be made otherwise by now, is replaced. What is not ours is never touched. The order of the
 * actions is the order of need: nothing runs before its NetworkPolicy is there.
 */
import { remainingMs } from '../remaining-ms.js';
import { sentence } from './sentence.js';
import { judgePod, type PodJudgement } from './judge-pod.js';
import type { SeenChild, SeenHome, SeenPod, SeenWorkspace } from './seen-workspace.js';
import { notReady, phaseOf, type ReadyReason, type Said, type WorkspaceReport } from './workspace-report.js';
import { reportHome } from './report-home.js';

/** Those that are made by server-side apply, in this order. */
export type AppliedChild = 'service-account' | 'network-policy' | 'service' | 'home';

export type WorkspaceAction =
  | { readonly kind: 'apply'; readonly child: AppliedChild }
  /** The Secret with the token of JupyterLab; it is made if it is not there, and never read. */
  | { readonly kind: 'create-token' }
  | { readonly kind: 'create-pod' }
  | { readonly kind: 'delete-pod'; readonly uid: string; readonly resourceVersion: string; readonly why: DeleteReason };

/** `stopped`: the person wants it so. `over`: it has ended. `replaced`: it never answered, and would be made otherwise now. `orphan`: its workspace is no more. */
export type DeleteReason = 'stopped' | 'over' | 'replaced' | 'orphan';

/** A pod that is over is made again no sooner than so long after it was made. */
export const SHORTEST_LIFE_MS = 10_000;

export interface WorkspacePlan {
  readonly actions: readonly WorkspaceAction[];
  readonly report: WorkspaceReport;
  /** Look again after this time at the latest; absent: nothing happens to it by itself. */
  readonly recheckAfterMs?: number;
}

const EARLIER_POD_ENDS = 'The pod of an earlier workspace with this name ends first.';

/** What is to be done for a workspace now, and what is to be said about it. Pure: the same for the same input. */
export function planWorkspace(seen: SeenWorkspace, now: Date): WorkspacePlan {
  if (seen.adoptedPod !== undefined) return planAdopted(seen, seen.adoptedPod, now);
  if (seen.deleting) return plan(seen, [], notReady('Stopping', 'The workspace is being deleted.'));
  // First of all: whatever else is wrong must not keep it from ending.
  if (!seen.running && seen.pod?.belongs === 'ours') return planStopping(seen, seen.pod, now);
  const taken = takenName(seen);
  if (taken !== undefined) return plan(seen, [], notReady('NameTaken', taken));
  return seen.running ? planRunning(seen, now) : planStopped(seen);
}

function planStopping(seen: SeenWorkspace, pod: SeenPod, now: Date): WorkspacePlan {
  const others = takenName(seen) === undefined ? standing(seen) : [];
  const actions = pod.deleting ? others : [endOf(pod, 'stopped'), ...others];
  const judged = judgePod(pod, now);
  if (judged.kind === 'lost' && pod.deleting) {
    const message = `It is to stop, but node ${pod.node ?? ''} no longer reports: whether JupyterLab still runs there is unknown.`;
    const planned = plan(seen, actions, notReady('NodeLost', message));
    return { ...planned, report: { ...planned.report, phase: 'Stopping' } };
  }
  return plan(seen, actions, notReady('Stopping', 'Stopping: JupyterLab saves and ends.'));
}

/** None of its own runs. What an earlier workspace of this name has left is the garbage collector's, or was cut loose from it. */
function planStopped(seen: SeenWorkspace): WorkspacePlan {
  const { pod } = seen;
  if (pod !== undefined) {
    const actions = pod.belongs === 'orphan' && !pod.deleting ? [endOf(pod, 'orphan')] : [];
    return plan(seen, [...actions, ...standing(seen)], notReady('Stopping', EARLIER_POD_ENDS));
  }
  return plan(seen, standing(seen), notReady('Stopped', saidOfStopped(seen)));
}

function saidOfStopped({ stoppedIdle }: SeenWorkspace): string {
  if (stoppedIdle === undefined) return 'Stopped. Its home is kept; start it again at any time.';
  const { at, why } = stoppedIdle;
  return `Stopped at ${at} for being idle. ${sentence(why)} Its home is kept; start it again at any time, by spec.running: true.`;
}

function planRunning(seen: SeenWorkspace, now: Date): WorkspacePlan {
  const { pod } = seen;
  if (pod === undefined) return planStart(seen);
  if (pod.belongs !== 'ours') {
    const actions = pod.deleting || pod.belongs === 'previous' ? [] : [endOf(pod, 'orphan')];
    return plan(seen, [...standing(seen), ...actions], notReady('Starting', EARLIER_POD_ENDS));
  }
  return planWithPod(seen, pod, judgePod(pod, now), now);
}

/** There is no pod: is there anything that would keep one from running? */
function planStart(seen: SeenWorkspace): WorkspacePlan {
  const obstacle = obstacleToStart(seen);
  if (obstacle !== undefined) return plan(seen, standing(seen), obstacle);
  const remains = [seen.serviceAccount, seen.networkPolicy, seen.service, seen.home].filter(
    is => is !== undefined && isLeaving(is)
  );
  if (remains.length > 0) {
    return plan(
      seen,
      standing(seen),
      notReady('Starting', 'What an earlier workspace with this name has left is removed first.')
    );
  }
  const actions: WorkspaceAction[] = [...standing(seen), { kind: 'create-token' }, { kind: 'create-pod' }];
  return plan(seen, actions, notReady('Starting', 'Starting: its pod is being made.'));
}

function planWithPod(seen: SeenWorkspace, pod: SeenPod, judged: PodJudgement, now: Date): WorkspacePlan {
  const base = standing(seen);
  switch (judged.kind) {
    case 'answers':
      return plan(seen, base, { status: 'True', reason: 'Running', message: 'JupyterLab answers.' });
    case 'over':
      return planOver(seen, pod, judged.message, now);
    case 'lost':
      return plan(seen, base, notReady('NodeLost', judged.message));
    case 'ending':
      return plan(seen, base, notReady('Restarting', judged.message));
    case 'waits':
      return planWaiting(seen, pod, judged);
  }
}

type Waits = Extract<PodJudgement, { kind: 'waits' }>;

/** It is made again, but not in a circle: what ends at once would end at once again. */
function planOver(seen: SeenWorkspace, pod: SeenPod, message: string, now: Date): WorkspacePlan {
  const leftMs = remainingMs(pod.createdAtMs, SHORTEST_LIFE_MS, now.getTime());
  const mayEnd = leftMs === 0 && !pod.deleting;
  const actions = [...standing(seen), ...(mayEnd ? [endOf(pod, 'over')] : [])];
  const planned = plan(seen, actions, notReady('Restarting', message));
  return leftMs === 0 ? planned : { ...planned, recheckAfterMs: leftMs };
}

/** It does not answer. Unless it has run before, nothing is lost by making it again as it would be made now. */
function planWaiting(seen: SeenWorkspace, pod: SeenPod, judged: Waits): WorkspacePlan {
  const { reason, message, recheckAfterMs, mayBeReplaced } = judged;
  const base = standing(seen);
  if (hasAnswered(seen, pod)) {
    return plan(
      seen,
      base,
      notReady('NotAnswering', 'JupyterLab has answered before and does not now. It is busy, or it hangs.')
    );
  }
  // What is in the way of its home is no reason to keep it: a home that was deleted goes only when no pod uses it.
  if (mayBeReplaced && !pod.asWanted && obstacleOfChoices(seen) === undefined) {
    return plan(
      seen,
      [...base, endOf(pod, 'replaced')],
      notReady('Restarting', 'Starting again with what is asked for now.')
    );
  }
  // The Secret was deleted by hand: it is only made when it is not there.
  const token: WorkspaceAction[] =
    pod.waiting?.reason === 'CreateContainerConfigError' ? [{ kind: 'create-token' }] : [];
  return {
    ...plan(seen, [...base, ...token], notReady(reason, message)),
    ...(recheckAfterMs !== undefined && { recheckAfterMs })
  };
}

/** JupyterLab in this very pod has answered before, and nothing says that it has ended since. */
function hasAnswered({ reported }: SeenWorkspace, { createdAtMs, lastExit, phase, waiting }: SeenPod): boolean {
  const ready = reported.conditions.find(({ type }) => type === 'Ready');
  if (ready === undefined || phase !== 'Running' || waiting !== undefined) return false;
  if (ready.sinceMs < Math.max(createdAtMs, lastExit?.atMs ?? createdAtMs)) return false;
  return ready.reason === 'Running' || ready.reason === 'NotAnswering';
}

/** The pod is another system's: it is looked at and never touched. */
function planAdopted(seen: SeenWorkspace, podName: string, now: Date): WorkspacePlan {
  const judged = seen.pod && judgePod(seen.pod, now);
  const report: WorkspaceReport = { phase: 'Adopted', ready: saidOfAdopted(judged, podName) };
  const recheckAfterMs = judged?.kind === 'waits' ? judged.recheckAfterMs : undefined;
  return recheckAfterMs === undefined ? { actions: [], report } : { actions: [], report, recheckAfterMs };
}

function saidOfAdopted(judged: PodJudgement | undefined, podName: string): Said<ReadyReason> {
  if (judged === undefined) {
    return notReady(
      'PodNotFound',
      `There is no pod '${podName}' that carries the label berth.dev/workspace with this workspace's name. The system that makes the pod must set the label.`
    );
  }
  if (judged.kind === 'answers') {
    return {
      status: 'True',
      reason: 'Running',
      message: 'JupyterLab answers. Another system starts and stops this workspace.'
    };
  }
  if (judged.kind === 'waits') return notReady(judged.reason, judged.message);
  if (judged.kind === 'lost') return notReady('NodeLost', judged.message);
  return notReady('Stopping', 'Its pod ends or has ended. The system that made it decides what follows.');
}

/**
 * What a workspace has whether it runs or not. A home that is not there is made with the start, not before; one that holds the
 * files of somebody else is left as it is, for what we apply would say that they are this owner's.
 */
function standing(seen: SeenWorkspace): WorkspaceAction[] {
  const { home } = seen;
  const others: [AppliedChild, SeenChild | undefined][] = [
    ['service-account', seen.serviceAccount],
    ['network-policy', seen.networkPolicy],
    ['service', seen.service]
  ];
  const wanted = others.filter(([, is]) => is === undefined || isToMend(is)).map(([child]) => child);
  if (home === undefined ? mayMakeHome(seen) : isToMend(home) && home.owner === seen.owner) wanted.push('home');
  return wanted.map(child => ({ kind: 'apply', child }));
}

/** What is on its way out is made anew when it is gone. */
const isLeaving = ({ deleting, belongs }: SeenChild): boolean => deleting || belongs === 'previous';
const isToMend = (is: SeenChild): boolean => !is.asWanted && !isLeaving(is);
const mayMakeHome = (seen: SeenWorkspace): boolean => seen.running && obstacleToStart(seen) === undefined;

/** Why it would make no sense to make a pod now. */
function obstacleToStart(seen: SeenWorkspace): Said<ReadyReason> | undefined {
  return obstacleOfChoices(seen) ?? (seen.home && obstacleOfHome(seen, seen.home));
}

function obstacleOfChoices(seen: SeenWorkspace): Said<ReadyReason> | undefined {
  const { image, environmentName, environmentFrom, className, classProblems } = seen;
  if (image === undefined) {
    const where = environmentFrom === 'catalogue' ? 'in the catalogue' : 'in this namespace';
    return notReady(
      'EnvironmentNotFound',
      `There is no environment '${environmentName}' ${where}. Choose one that exists, or make it.`
    );
  }
  if (className !== undefined && classProblems === undefined) {
    return notReady('ComputeClassNotFound', `There is no compute class '${className}'. Choose one that exists.`);
  }
  if (classProblems !== undefined && classProblems.length > 0) {
    return notReady('ComputeClassExceeded', classProblems.join(' '));
  }
  return undefined;
}

function obstacleOfHome({ owner }: SeenWorkspace, home: SeenHome): Said<ReadyReason> | undefined {
  if (home.owner !== owner) {
    const whose = home.owner === '' ? 'nobody that we know of' : `'${home.owner}'`;
    return notReady(
      'HomeOfAnother',
      `A home volume with this name is there and belongs to ${whose}. Choose another name for the workspace, or have the volume removed.`
    );
  }
  if (home.deleting) {
    return notReady(
      'HomeLost',
      'The home volume was deleted by somebody and is on its way out. A new, empty one is made when it is gone.'
    );
  }
  if (home.phase === 'Lost') {
    return notReady(
      'HomeLost',
      'The disk behind the home volume is gone. An administrator can restore it, or delete the claim; then a new, empty home is made.'
    );
  }
  return undefined;
}

function takenName({ serviceAccount, service, networkPolicy, home, pod }: SeenWorkspace): string | undefined {
  const children: [string, SeenChild | undefined][] = [
    ['ServiceAccount', serviceAccount],
    ['Service', service],
    ['NetworkPolicy', networkPolicy],
    ['PersistentVolumeClaim', home],
    ['Pod', pod]
  ];
  const foreign = children.filter(([, child]) => child?.belongs === 'foreign').map(([kind]) => kind);
  return foreign.length === 0 ? undefined : nameTaken(foreign.join(', '));
}

/** What a person is told where something that is not ours has the name of a child. */
export function nameTaken(kinds: string): string {
  return `Something else in this namespace already has the name that the workspace's ${kinds} would have. Rename or remove it, or choose another name for the workspace.`;
}

function endOf({ uid, resourceVersion }: SeenPod, why: DeleteReason): WorkspaceAction {
  return { kind: 'delete-pod', uid, resourceVersion, why };
}

function plan(seen: SeenWorkspace, actions: readonly WorkspaceAction[], ready: Said<ReadyReason>): WorkspacePlan {
  const home = reportHome(seen);
  const isThere = ready.reason === 'Running' || ready.reason === 'NotAnswering';
  const runsOther = isThere && seen.pod?.asWanted === false;
  const restartNeeded = 'What runs is not what is asked for now. Stop and start the workspace to get it.';
  const report = {
    phase: phaseOf(ready.reason),
    ready,
    ...(home !== undefined && { home }),
    ...(runsOther && { restartNeeded })
  };
  return { actions, report };
}

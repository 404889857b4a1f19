/** Reads a pod's state out of what the kubelet, the scheduler and the node controller write into it. */
import type { SeenChild, SeenExit, SeenPod, SeenWaiting } from '../../plan/workspace/index.js';
import { type ContainerStatus, conditionOf, type Pod } from '../core-objects.js';
import { withoutUndefined } from '../without-undefined.js';
import { LAB_CONTAINER } from './children.js';

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed'] as const;

/** `nodeReports` is asked for the node that the pod is on. */
export function seePod(pod: Pod, as: SeenChild, nodeReports: (node: string) => boolean): SeenPod {
  const { spec, status } = pod;
  const { name, image = '' } = labOf(pod) ?? {};
  const lab = status?.containerStatuses?.find(container => container.name === name);
  const node = spec.nodeName;
  return withoutUndefined<SeenPod>({
    ...as,
    phase: phaseOf(pod),
    createdAtMs: Date.parse(pod.metadata.creationTimestamp ?? ''),
    ready: conditionOf(pod, 'Ready')?.status === 'True',
    restarts: lab?.restartCount ?? 0,
    image,
    node,
    nodeReports: node === undefined ? undefined : nodeReports(node),
    unschedulable: unschedulableOf(pod),
    waiting: waitingOf(lab),
    lastExit: lastExitOf(lab),
    failure: failureOf(pod)
  });
}

function phaseOf({ status }: Pod): SeenPod['phase'] {
  return PHASES.find(phase => phase === status?.phase) ?? 'Unknown';
}

/** The container that JupyterLab is in. In an adopted pod it is the first: others have their own names for it. */
function labOf({ spec: { containers } }: Pod): Pod['spec']['containers'][number] | undefined {
  return containers.find(({ name }) => name === LAB_CONTAINER) ?? containers[0];
}

function failureOf({ status }: Pod): SeenWaiting | undefined {
  return status?.reason === undefined ? undefined : { reason: status.reason, message: status.message ?? '' };
}

function unschedulableOf(pod: Pod): string | undefined {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined;
  return scheduled.message ?? 'no node fits';
}

function waitingOf(lab: ContainerStatus | undefined): SeenWaiting | undefined {
  const waiting = lab?.state?.waiting;
  if (waiting === undefined) return undefined;
  return { reason: waiting.reason ?? '', message: waiting.message ?? '' };
}

function lastExitOf(lab: ContainerStatus | undefined): SeenExit | undefined {
  const terminated = lab?.state?.terminated ?? lab?.lastState?.terminated;
  if (terminated === undefined) return undefined;
  const { exitCode, reason = '', message, finishedAt } = terminated;
  const atMs = finishedAt && Date.parse(finishedAt);
  return withoutUndefined<SeenExit>({ code: exitCode, reason, message, atMs: atMs || undefined });
}

/** What the caches hold of a workspace whose activity is to be judged. */
import { childName, type Workspace } from '../../api/index.js';
import type { Pod } from '../core-objects.js';
import { AGENT_PORT } from '../workspace/children.js';
import { belongsTo } from '../workspace/belongs-to.js';
import { agentTokenOf } from './agent-token.js';
import type { ActivityCaches } from './activity-caches.js';
import type { AgentAddress } from './ask-agent.js';

export interface ActivitySight {
  readonly podUid: string;
  readonly address: AgentAddress;
  readonly gpus: number;
  /** Somebody waits for what it holds. */
  readonly isWaitedFor: boolean;
}

/** Names of GPUs among the devices of a class, as their plugins give them: nvidia.com/gpu, nvidia.com/mig-1g.5gb, gpu.intel.com/i915. */
const IS_GPU = /gpu|\/mig-/;

/** Undefined: there is nothing to judge. It does not run, has never answered, or has another system's pod, which alone may stop it. */
export function seeActivity(workspace: Workspace, caches: ActivityCaches, agentKey: string): ActivitySight | undefined {
  const { uid = '' } = workspace.metadata;
  const pod = isToRun(workspace) ? podOf(workspace, caches) : undefined;
  const host = pod?.status?.podIP;
  if (pod === undefined || host === undefined || !hasAnswered(workspace, pod)) return undefined;
  return {
    podUid: pod.metadata.uid ?? '',
    address: { host, port: AGENT_PORT, token: agentTokenOf(agentKey, uid) },
    gpus: gpusOf(workspace, caches),
    isWaitedFor: isWaitedFor(workspace, caches)
  };
}

function isToRun({ metadata, spec }: Workspace): boolean {
  return spec.running && spec.adopt === undefined && metadata.deletionTimestamp === undefined;
}

/** Its own, while it runs. */
function podOf({ metadata }: Workspace, { pods }: ActivityCaches): Pod | undefined {
  const { name, namespace = '', uid } = metadata;
  const pod = pods.get(`${namespace}/${childName(name)}`);
  if (pod === undefined || belongsTo(pod, name, uid) !== 'ours') return undefined;
  return pod.status?.phase === 'Running' && pod.metadata.deletionTimestamp === undefined ? pod : undefined;
}

/** JupyterLab in this very pod has. */
function hasAnswered({ status }: Workspace, { metadata }: Pod): boolean {
  return status?.startedAt !== undefined && status.podUid === metadata.uid;
}

function gpusOf({ spec: { compute } }: Workspace, { classes }: ActivityCaches): number {
  const { extended = {} } =
    (compute.class === undefined ? undefined : classes.get(compute.class))?.spec.resources ?? {};
  return Object.entries(extended).reduce((sum, [device, count]) => (IS_GPU.test(device) ? sum + count : sum), 0);
}

/** Somebody's workspace of the same class finds no node. What has no class holds nothing that others could be said to wait for. */
function isWaitedFor({ spec: { compute } }: Workspace, { workspaces }: ActivityCaches): boolean {
  return compute.class !== undefined && workspaces.keysBy('waits-for', compute.class).length > 0;
}

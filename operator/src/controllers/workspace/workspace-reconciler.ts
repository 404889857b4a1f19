/** Observe, plan, apply, report: one pass over one workspace. It is driven by what is there, never by what has happened. */
import { API_VERSION, childName, type Workspace, WORKSPACES } from '../../api/index.js';
import {
  isWarning,
  planLeftovers,
  planWorkspace,
  type ReadyReason,
  type Refusal,
  refusedReport,
  type SeenLeftover,
  type WorkspaceAction
} from '../../plan/workspace/index.js';
import type { ApiClient } from '../../runtime/api-client.js';
import type { Reconciler } from '../../runtime/controller.js';
import type { EventRecorder } from '../../runtime/events.js';
import { type ApiObject, type Key, splitKey } from '../../runtime/resource.js';
import { belongsTo } from './belongs-to.js';
import type { WorkspaceCaches } from './caches.js';
import { carryOut, type Means, RESOURCE_OF } from './carry-out.js';
import type { WorkspaceSettings } from './children.js';
import { refusalOf } from './refusal-of.js';
import { seeWorkspace } from './see-workspace.js';
import { conditionOfType, isSameButForActivity, statusOf } from './status-of.js';

/** What is late comes by itself, and is looked at then; this is for a watch that has broken. */
const LATE_MS = 5_000;

export interface WorkspaceReconcilerOptions {
  readonly client: ApiClient;
  readonly caches: WorkspaceCaches;
  readonly events: EventRecorder;
  readonly settings: WorkspaceSettings;
  readonly now: () => Date;
}

export class WorkspaceReconciler implements Reconciler {
  readonly #options: WorkspaceReconcilerOptions;

  constructor(options: WorkspaceReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(key: Key, signal: AbortSignal): Promise<{ recheckAfterMs?: number }> {
    const { caches, client, settings, now } = this.#options;
    const workspace = caches.workspaces.get(key);
    if (workspace === undefined) return this.#sweep(key, signal);
    const { seen, choices } = seeWorkspace(workspace, caches, settings);
    const plan = planWorkspace(seen, now());
    // The caches may be late, each for itself: nothing is done on an old wish, to a pod least of all.
    if (plan.actions.length > 0 && !(await this.#isCurrent(key, workspace, signal))) return { recheckAfterMs: LATE_MS };
    const { name, namespace = '' } = workspace.metadata;
    const home = caches.claims.get(`${namespace}/${childName(name)}`);
    const means = { client, settings, choices, home };
    const refused = await carryOutAll(plan.actions, workspace, seen.home !== undefined, means, signal);
    const { report, recheckAfterMs } =
      refused === undefined ? plan : refusedReport(plan.report, refused, seen.reported, now());
    await this.#report(workspace, statusOf(workspace, seen, report, now()), signal);
    return recheckAfterMs === undefined ? {} : { recheckAfterMs };
  }

  async #isCurrent(key: Key, { metadata }: Workspace, signal: AbortSignal): Promise<boolean> {
    const is = (await this.#options.client.get(WORKSPACES, key, signal))?.metadata;
    return is?.uid === metadata.uid && is?.generation === metadata.generation;
  }

  /** One write where something is new, then its event. A status that was decided on an older object is refused, and decided again. */
  async #report(workspace: Workspace, status: NonNullable<Workspace['status']>, signal: AbortSignal): Promise<void> {
    if (isSameButForActivity(status, workspace.status)) return;
    const { name, namespace = '', uid = '', resourceVersion = '' } = workspace.metadata;
    const metadata = { name, namespace, uid, resourceVersion };
    const applied = { apiVersion: API_VERSION, kind: WORKSPACES.kind, metadata, status };
    await this.#options.client.apply<ApiObject>(WORKSPACES, applied, { subresource: 'status', signal });
    const ready = conditionOfType(status, 'Ready');
    if (ready === undefined || ready.reason === conditionOfType(workspace.status, 'Ready')?.reason) return;
    const type = isWarning(ready.reason as ReadyReason) ? 'Warning' : 'Normal';
    await this.#options.events.record({ regarding: applied, type, reason: ready.reason, message: ready.message });
  }

  /** Its workspace is gone. The garbage collector ends what belongs to it; what was cut loose from it is ended here. */
  async #sweep(key: Key, signal: AbortSignal): Promise<Record<string, never>> {
    const { client } = this.#options;
    const { namespace = '', name } = splitKey(key);
    const leftovers = planLeftovers(this.#leftoversOf(key));
    // The cache may be late, or hold an older state than the truth: nothing is deleted on its word alone.
    if (leftovers.length === 0 || (await client.get(WORKSPACES, key, signal)) !== undefined) return {};
    for (const { kind, uid, resourceVersion } of leftovers) {
      await client.delete(RESOURCE_OF[kind], `${namespace}/${childName(name)}`, { uid, resourceVersion, signal });
    }
    return {};
  }

  #leftoversOf(key: Key): SeenLeftover[] {
    const { pods, services, serviceAccounts, networkPolicies } = this.#options.caches;
    const { namespace = '', name } = splitKey(key);
    const childKey = `${namespace}/${childName(name)}`;
    const seen = (kind: SeenLeftover['kind'], object: ApiObject | undefined): SeenLeftover[] =>
      object === undefined ? [] : [leftover(kind, object, name)];
    return [
      ...seen('pod', pods.get(childKey)),
      ...seen('service', services.get(childKey)),
      ...seen('network-policy', networkPolicies.get(childKey)),
      ...seen('service-account', serviceAccounts.get(childKey))
    ];
  }
}

function leftover(kind: SeenLeftover['kind'], object: ApiObject, workspace: string): SeenLeftover {
  const { uid = '', resourceVersion = '', deletionTimestamp } = object.metadata;
  const deleting = deletionTimestamp !== undefined;
  return { kind, uid, resourceVersion, belongs: belongsTo(object, workspace, undefined), deleting };
}

/**
 * In their order. A start ends with the first that is refused, unless it is about a home that is there and only cannot be changed; otherwise
 * each is tried, for one has nothing to do with the other.
 */
async function carryOutAll(
  actions: readonly WorkspaceAction[],
  workspace: Workspace,
  hasHome: boolean,
  means: Means,
  signal: AbortSignal
): Promise<Refusal | undefined> {
  const isStart = actions.some(({ kind }) => kind === 'create-pod');
  let first: Refusal | undefined;
  for (const action of actions) {
    const refusal = await carryOut(action, workspace, means, signal).catch((error: unknown) => {
      const known = refusalOf(error);
      if (known === undefined) throw error;
      return known;
    });
    if (refusal === undefined) continue;
    const isAboutHome = hasHome && action.kind === 'apply' && action.child === 'home';
    if (isStart && !isAboutHome) return refusal;
    first ??= isAboutHome ? { ...refusal, kind: 'home-unchanged' } : refusal;
  }
  return first;
}

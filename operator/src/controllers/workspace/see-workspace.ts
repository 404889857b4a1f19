/** Puts together what the caches hold of a workspace: what the planner sees. Nothing is asked of the API server. */
import { childName, type Workspace, WORKSPACE_LABEL } from '../../api/index.js';
import { type Reported, resolveCompute, type SeenPod, type SeenWorkspace } from '../../plan/workspace/index.js';
import type { ApiObject } from '../../runtime/resource.js';
import { withoutUndefined } from '../without-undefined.js';
import { belongsTo } from './belongs-to.js';
import { environmentKeyOf, reports, type WorkspaceCaches } from './caches.js';
import { CHOICES_ANNOTATION, type PodChoices, type WorkspaceSettings } from './children.js';
import { choicesDigest } from './choices-digest.js';
import { seeChild, seeChildren } from './see-children.js';
import { seePod } from './see-pod.js';

export interface Sight {
  readonly seen: SeenWorkspace;
  /** What its pod would be made from now; absent where its environment or its class is not there. */
  readonly choices?: PodChoices;
}

export function seeWorkspace(workspace: Workspace, caches: WorkspaceCaches, settings: WorkspaceSettings): Sight {
  const { metadata, spec } = workspace;
  const choices = choicesOf(workspace, caches, settings);
  const seen = withoutUndefined<SeenWorkspace>({
    name: metadata.name,
    owner: spec.owner,
    running: spec.running,
    deleting: metadata.deletionTimestamp !== undefined,
    environmentName: spec.environment.name,
    environmentFrom: spec.environment.from,
    reported: reportedOf(workspace),
    adoptedPod: spec.adopt?.pod,
    image: imageOf(workspace, caches, settings),
    className: spec.compute.class,
    classProblems: classProblems(workspace, caches),
    ...(spec.adopt === undefined && seeChildren(workspace, caches, settings)),
    pod: seePodOf(workspace, caches, choices && choicesDigest(choices)),
    stoppedIdle: stoppedIdleOf(workspace)
  });
  return choices === undefined ? { seen } : { seen, choices };
}

function seePodOf(
  { metadata, spec }: Workspace,
  { pods, nodes }: WorkspaceCaches,
  digest: string | undefined
): SeenPod | undefined {
  const { name, namespace = '', uid } = metadata;
  const pod = pods.get(`${namespace}/${spec.adopt?.pod ?? childName(name)}`);
  if (pod === undefined) return undefined;
  const belongs = belongsTo(pod, name, uid);
  // Where what it should be is unknown, nobody is told that it is not that.
  const asWanted = digest === undefined || pod.metadata.annotations?.[CHOICES_ANNOTATION] === digest;
  const seen = seePod(pod, seeChild(pod, belongs, asWanted), node => reports(nodes.get(node)));
  if (spec.adopt === undefined) return seen;
  return isLabelled(pod, name) ? seen : undefined;
}

const isLabelled = (pod: ApiObject, name: string): boolean => pod.metadata.labels?.[WORKSPACE_LABEL] === name;

function imageOf(
  workspace: Workspace,
  { environments }: WorkspaceCaches,
  { catalogueNamespace }: WorkspaceSettings
): string | undefined {
  return environments.get(environmentKeyOf(workspace, catalogueNamespace))?.spec.image;
}

function classProblems({ spec: { compute } }: Workspace, { classes }: WorkspaceCaches): readonly string[] | undefined {
  if (compute.class === undefined) return undefined;
  const offered = classes.get(compute.class);
  return offered && resolveCompute(compute, offered.spec).problems;
}

function choicesOf(workspace: Workspace, caches: WorkspaceCaches, settings: WorkspaceSettings): PodChoices | undefined {
  const { compute } = workspace.spec;
  const image = imageOf(workspace, caches, settings);
  const offered = compute.class === undefined ? undefined : caches.classes.get(compute.class);
  if (image === undefined || (compute.class !== undefined && offered === undefined)) return undefined;
  const { nodeSelector, tolerations } = offered?.spec ?? {};
  return { image, compute: resolveCompute(compute, offered?.spec), nodeSelector, tolerations };
}

function stoppedIdleOf({ spec, status }: Workspace): SeenWorkspace['stoppedIdle'] {
  const stop = status?.activity?.lastStop;
  if (spec.running || stop === undefined || stop.resumedAt !== undefined) return undefined;
  return { at: stop.at, why: stop.why };
}

function reportedOf({ status = {} }: Workspace): Reported {
  const conditions = (status.conditions ?? []).map(({ lastTransitionTime, ...rest }) => ({
    ...rest,
    sinceMs: Date.parse(lastTransitionTime)
  }));
  return withoutUndefined<Reported>({ conditions, homeUid: status.homeUid });
}

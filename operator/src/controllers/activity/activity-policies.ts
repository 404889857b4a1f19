/** Whose idle policy counts for a workspace: the platform's, its class's, its team's, and where they are stricter its person's own. */
import type { Workspace } from '../../api/index.js';
import {
  CLUSTER_POLICY,
  type MergedPolicy,
  mergePolicies,
  type PolicyLayer,
  type PolicyPart,
  readPolicyPart
} from '../../plan/activity/index.js';
import { type ActivityCaches, TEAM_POLICY_ANNOTATION, teamPolicyOf } from './activity-caches.js';
import { policyPartOf } from './policy-part.js';

export interface ActivityPolicies {
  readonly merged: MergedPolicy;
  /** What is wrong with one of them. Then nothing is stopped: what was meant is unknown. */
  readonly problems: readonly string[];
}

interface LayerPart {
  readonly layer: PolicyLayer;
  readonly part: PolicyPart;
}

/** `wish` is what the person has asked for in JupyterLab. */
export function activityPolicies(
  workspace: Workspace,
  caches: Pick<ActivityCaches, 'classes' | 'namespaces'>,
  platform: PolicyPart,
  wish: PolicyPart | null
): ActivityPolicies {
  const { metadata, spec } = workspace;
  const ofClass = spec.compute.class === undefined ? undefined : caches.classes.get(spec.compute.class)?.spec.idle;
  const team = teamPart(metadata.namespace ?? '', caches);
  const parts: LayerPart[] = [{ layer: 'platform', part: platform }];
  if (ofClass !== undefined) parts.push({ layer: 'class', part: policyPartOf(ofClass) });
  parts.push({ layer: 'team', part: team.part });
  if (spec.idle !== undefined) parts.push({ layer: 'person', part: policyPartOf(spec.idle) });
  if (wish !== null) parts.push({ layer: 'person', part: wish });
  return { merged: mergePolicies(CLUSTER_POLICY, parts), problems: team.problems };
}

function teamPart(
  namespace: string,
  { namespaces }: Pick<ActivityCaches, 'namespaces'>
): { readonly part: PolicyPart; readonly problems: readonly string[] } {
  const text = teamPolicyOf(namespaces.get(namespace));
  if (text === undefined) return { part: {}, problems: [] };
  const where = `annotation ${TEAM_POLICY_ANNOTATION} of namespace ${namespace}`;
  const off = { enabled: false };
  try {
    const read = readPolicyPart(JSON.parse(text), where);
    return 'part' in read ? { part: read.part, problems: [] } : { part: off, problems: read.problems };
  } catch {
    return { part: off, problems: [`${where}: want JSON, such as {"workspace": {"hardSeconds": 43200}}`] };
  }
}

/**
 * Decides whose word counts on this machine. Berth itself stops no JupyterLab here; a limit for the workspace is for who has
 * started it, such as a JupyterHub, to carry out, so it counts only where the file of the machine has one: a person who wished
 * for it elsewhere would be shown a countdown to nothing.
 */
import { LOCAL_POLICY, mergePolicies } from '@berth/operator/plan';
import type { ActivityPolicy, MergedPolicy, PolicyPart } from '@berth/operator/plan';
import type { LocalPolicy } from './policy-file.js';

/** @param wish of the person who uses the Jupyter server: it can only be stricter, and never mends a file with problems */
export function localPolicies({ part, problems }: LocalPolicy, wish: PolicyPart | null): MergedPolicy {
  const platform = { layer: 'platform' as const, part: problems.length > 0 ? { enabled: false } : part };
  const merged = mergePolicies(LOCAL_POLICY, [platform]);
  if (wish === null) return merged;
  const { workspace, ...rest } = wish;
  const person = hasWorkspaceLimit(merged.policy) && workspace !== undefined ? { ...rest, workspace } : rest;
  return mergePolicies(LOCAL_POLICY, [platform, { layer: 'person', part: person }]);
}

/** Whether anybody has said that an idle workspace is to be stopped. */
export function hasWorkspaceLimit({ workspace }: ActivityPolicy): boolean {
  return workspace.softSeconds !== null || workspace.hardSeconds !== null;
}

/** Compares the children that are there with those that are wanted. */
import { isDeepStrictEqual } from 'node:util';
import { childName, type Workspace } from '../../api/index.js';
import { quantityValue } from '../../plan/quantity.js';
import type { Belongs, SeenChild, SeenHome, SeenWorkspace } from '../../plan/workspace/index.js';
import type { ApiObject } from '../../runtime/resource.js';
import type { Claim, PlainObject } from '../core-objects.js';
import { withoutUndefined } from '../without-undefined.js';
import { belongsTo, homeBelongsTo } from './belongs-to.js';
import type { WorkspaceCaches } from './caches.js';
import {
  homeOf,
  type Manifest,
  networkPolicyOf,
  OWNER_ANNOTATION,
  serviceAccountOf,
  serviceOf,
  type WorkspaceSettings
} from './children.js';

type Children = Pick<SeenWorkspace, 'serviceAccount' | 'service' | 'networkPolicy' | 'home'>;
type Caches = Pick<WorkspaceCaches, 'serviceAccounts' | 'services' | 'networkPolicies' | 'claims'>;

/** The API server adds others. */
const SERVICE_FIELDS = ['spec.type', 'spec.selector', 'spec.publishNotReadyAddresses'];

export function seeChildren(workspace: Workspace, caches: Caches, settings: WorkspaceSettings): Children {
  const key = `${workspace.metadata.namespace ?? ''}/${childName(workspace.metadata.name)}`;
  const see = (is: PlainObject | undefined, wanted: Manifest, ...fields: string[]): SeenChild | undefined =>
    is && seeChild(is, belongsTo(is, workspace.metadata.name, workspace.metadata.uid), isAsWanted(is, wanted, fields));
  const claim = caches.claims.get(key);
  const service = see(caches.services.get(key), serviceOf(workspace), ...SERVICE_FIELDS);
  return withoutUndefined<Children>({
    serviceAccount: see(caches.serviceAccounts.get(key), serviceAccountOf(workspace), 'automountServiceAccountToken'),
    networkPolicy: see(caches.networkPolicies.get(key), networkPolicyOf(workspace, settings), 'spec'),
    service: service && {
      ...service,
      asWanted: service.asWanted && hasPorts(caches.services.get(key), serviceOf(workspace))
    },
    home: claim && seeHome(claim, workspace)
  });
}

export function seeChild({ metadata }: ApiObject, belongs: Belongs, asWanted: boolean): SeenChild {
  return {
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    belongs,
    asWanted: asWanted && belongs === 'ours',
    deleting: metadata.deletionTimestamp !== undefined
  };
}

/** Its labels are there, and these fields are exactly as wanted: one more key in a selector is another selector. */
function isAsWanted(is: PlainObject, wanted: Manifest, fields: readonly string[]): boolean {
  const labels = Object.entries(wanted.metadata.labels ?? {});
  if (labels.some(([label, value]) => is.metadata.labels?.[label] !== value)) return false;
  return fields.every(field => isDeepStrictEqual(at(is, field), at(wanted, field)));
}

/** Other people may add ports of their own: an apply of ours would not take them away. */
function hasPorts(is: PlainObject | undefined, wanted: Manifest): boolean {
  const there = (is && at(is, 'spec.ports')) as readonly unknown[] | undefined;
  const ours = at(wanted, 'spec.ports') as readonly unknown[];
  return ours.every(port => there?.some(other => isDeepStrictEqual(other, port)) === true);
}

function at(object: Readonly<Record<string, unknown>>, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], object);
}

function seeHome(claim: Claim, workspace: Workspace): SeenHome {
  const isOwnedAsWanted = isDeepStrictEqual(controllersOf(claim), controllersOf(homeOf(workspace)));
  const isLargeEnough = requestedBytes(claim) >= quantityValue(workspace.spec.home.size);
  const phase = claim.status?.phase;
  return {
    ...seeChild(claim, homeBelongsTo(claim, workspace), isOwnedAsWanted && isLargeEnough),
    owner: claim.metadata.annotations?.[OWNER_ANNOTATION] ?? '',
    phase: phase === 'Bound' || phase === 'Lost' ? phase : 'Pending'
  };
}

function controllersOf({ metadata }: ApiObject): string[] {
  return (metadata.ownerReferences ?? []).filter(({ controller }) => controller === true).map(({ uid }) => uid);
}

function requestedBytes({ spec: { resources } }: Claim): number {
  return quantityValue(resources?.requests?.['storage'] ?? 0);
}

/** Carries out what the planner decided, one write for each action. */
import { randomBytes } from 'node:crypto';
import { childName, type Workspace } from '../../api/index.js';
import {
  type AppliedChild,
  type Leftover,
  nameTaken,
  type Refusal,
  type WorkspaceAction
} from '../../plan/workspace/index.js';
import type { ApiClient } from '../../runtime/api-client.js';
import { isApiError } from '../../runtime/api-error.js';
import { type ApiObject, keyOf, type Resource } from '../../runtime/resource.js';
import { type Claim, CLAIMS, NETWORK_POLICIES, PODS, SECRETS, SERVICE_ACCOUNTS, SERVICES } from '../core-objects.js';
import { authorRefusal } from './author-rights.js';
import { belongsTo } from './belongs-to.js';
import {
  homeOf,
  type Manifest,
  networkPolicyOf,
  OWNER_ANNOTATION,
  type PodChoices,
  podOf,
  serviceAccountOf,
  serviceOf,
  tokenOf,
  type WorkspaceSettings
} from './children.js';
import { choicesDigest } from './choices-digest.js';

const CONFLICT = 409;
const TOKEN_BYTES = 32;

export const RESOURCE_OF: Readonly<Record<AppliedChild | Leftover, Resource>> = {
  'service-account': SERVICE_ACCOUNTS,
  'network-policy': NETWORK_POLICIES,
  service: SERVICES,
  home: CLAIMS,
  pod: PODS
};

const MANIFEST_OF: Readonly<Record<AppliedChild, (workspace: Workspace, means: Means) => Manifest>> = {
  'service-account': workspace => serviceAccountOf(workspace),
  'network-policy': (workspace, { settings }) => networkPolicyOf(workspace, settings),
  service: workspace => serviceOf(workspace),
  home: (workspace, { home }) => homeOf(workspace, home)
};

export interface Means {
  readonly client: ApiClient;
  readonly settings: WorkspaceSettings;
  readonly choices?: PodChoices | undefined;
  /** The home that is there. */
  readonly home?: Claim | undefined;
}

/** Undefined when it is done, or was done already. @throws ApiError for whatever the API server does not refuse for good */
export async function carryOut(
  action: WorkspaceAction,
  workspace: Workspace,
  means: Means,
  signal: AbortSignal
): Promise<Refusal | undefined> {
  const { client, settings } = means;
  switch (action.kind) {
    case 'apply':
      return applyOwn(
        client,
        RESOURCE_OF[action.child],
        MANIFEST_OF[action.child](workspace, means),
        workspace,
        signal
      );
    case 'create-token':
      await createOnce(client, SECRETS, tokenOf(workspace, randomBytes(TOKEN_BYTES).toString('hex'), settings), signal);
      return undefined;
    case 'create-pod':
      return createPod(workspace, means, signal);
    case 'delete-pod': {
      const { namespace = '', name } = workspace.metadata;
      // What was judged by its state is ended in that state only; what is stopped is stopped in any.
      const judged = action.why === 'stopped' ? {} : { resourceVersion: action.resourceVersion };
      await client.delete(PODS, `${namespace}/${childName(name)}`, { uid: action.uid, ...judged, signal });
      return undefined;
    }
  }
}

async function createPod(workspace: Workspace, means: Means, signal: AbortSignal): Promise<Refusal | undefined> {
  const { client, settings, choices } = means;
  if (choices === undefined) throw new Error('a pod was planned without an environment');
  const refused = await authorRefusal(client, workspace, signal);
  if (refused !== undefined) return refused;
  const pod = podOf(workspace, choices, choicesDigest(choices), settings);
  if ((await createOnce(client, PODS, pod, signal)) === 'created') return undefined;
  const is = await client.get<ApiObject>(PODS, keyOf(pod), signal);
  return is && refusalIfForeign(PODS, is, workspace);
}

/**
 * Makes it, or mends what is ours. The caches hold only what carries our label: what else may have its name is asked for first,
 * and left alone.
 */
async function applyOwn(
  client: ApiClient,
  resource: Resource,
  manifest: Manifest,
  workspace: Workspace,
  signal: AbortSignal
): Promise<Refusal | undefined> {
  const is = await client.get<ApiObject>(resource, keyOf(manifest), signal);
  const refusal = is && refusalIfForeign(resource, is, workspace);
  if (refusal !== undefined) return refusal;
  // Applied, it would say that somebody's files are this person's. The cache is late: what it says then is another plan.
  if (is !== undefined && ownerOf(is) !== ownerOf(manifest)) throw new Error('there is a home that was not seen');
  // That very object: another that has taken its place meanwhile is looked at first, too.
  const metadata = is?.metadata.uid === undefined ? manifest.metadata : { ...manifest.metadata, uid: is.metadata.uid };
  await client.apply(resource, { ...manifest, metadata }, { signal });
  return undefined;
}

const ownerOf = ({ metadata }: ApiObject): string | undefined => metadata.annotations?.[OWNER_ANNOTATION];

function refusalIfForeign({ kind }: Resource, is: ApiObject, { metadata }: Workspace): Refusal | undefined {
  if (belongsTo(is, metadata.name, metadata.uid) !== 'foreign') return undefined;
  return { kind: 'name-taken', message: nameTaken(kind) };
}

/** It is there already where the cache is late, or where another made it. */
async function createOnce(
  client: ApiClient,
  resource: Resource,
  manifest: Manifest,
  signal: AbortSignal
): Promise<'created' | 'exists'> {
  try {
    await client.create(resource, manifest, signal);
    return 'created';
  } catch (error) {
    if (!isApiError(error, CONFLICT) || error.reason !== 'AlreadyExists') throw error;
    return 'exists';
  }
}

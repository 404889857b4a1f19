/**
 * Whether whoever wrote a workspace's spec may use what it names: the operator could mount and run more than that person may.
 * The author is stamped by an admission policy; the API server's own authorizer answers.
 */
import {
  AUTHOR_ANNOTATION,
  AUTHOR_GROUPS_ANNOTATION,
  COMPUTE_CLASSES,
  ENVIRONMENTS,
  type Workspace
} from '../../api/index.js';
import type { Refusal } from '../../plan/workspace/index.js';
import type { ApiClient } from '../../runtime/api-client.js';
import { apiVersionOf, type ApiObject } from '../../runtime/resource.js';
import { SUBJECT_ACCESS_REVIEWS } from '../core-objects.js';

interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly namespace?: string;
}

interface Review extends ApiObject {
  readonly spec: object;
  readonly status?: { readonly allowed?: boolean };
}

/** The first thing that the author may not use; undefined where all is well. */
export async function authorRefusal(
  client: ApiClient,
  workspace: Workspace,
  signal: AbortSignal
): Promise<Refusal | undefined> {
  const author = workspace.metadata.annotations?.[AUTHOR_ANNOTATION];
  if (author === undefined) {
    return {
      kind: 'not-allowed',
      message: `It does not say who wrote it (${AUTHOR_ANNOTATION}): the platform's admission policies were not there. Write its spec once more.`
    };
  }
  const groups = (workspace.metadata.annotations?.[AUTHOR_GROUPS_ANNOTATION] ?? '')
    .split('\n')
    .filter(group => group !== '');
  for (const access of accessesOf(workspace)) {
    const review = await client.create<Review>(SUBJECT_ACCESS_REVIEWS, reviewOf(author, groups, access), signal);
    if (review.status?.allowed !== true) {
      const what = `${access.resource} '${access.name}'`;
      return {
        kind: 'not-allowed',
        message: `${author} wrote this and may not ${access.verb} ${what}. An administrator can grant that.`
      };
    }
  }
  return undefined;
}

/** The catalogue is for everybody. */
function accessesOf({ metadata, spec }: Workspace): Access[] {
  const { name, from } = spec.environment;
  const accesses: Access[] = [];
  if (from === 'namespace') {
    const { group, plural } = ENVIRONMENTS;
    accesses.push({ verb: 'get', group, resource: plural, name, namespace: metadata.namespace ?? '' });
  }
  if (spec.compute.class !== undefined) {
    const { group, plural } = COMPUTE_CLASSES;
    accesses.push({ verb: 'use', group, resource: plural, name: spec.compute.class });
  }
  return accesses;
}

function reviewOf(user: string, groups: readonly string[], access: Access): Review {
  return {
    apiVersion: apiVersionOf(SUBJECT_ACCESS_REVIEWS),
    kind: SUBJECT_ACCESS_REVIEWS.kind,
    // A review is a question: it has no name.
    metadata: {} as ApiObject['metadata'],
    spec: { user, groups, resourceAttributes: access }
  };
}

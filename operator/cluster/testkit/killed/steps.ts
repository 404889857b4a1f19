/** What a write is a step of: which workspace it is about, and which step of its plan. Pure. */
import type { Write } from './write-proxy.ts';

export interface Step {
  /** `namespace/name` of the workspace. */
  readonly workspace: string;
  /** `PATCH services`, `POST pods`, `status Running`. */
  readonly step: string;
}

interface Body {
  readonly metadata?: { readonly name?: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly reason: string }[] };
}

const PLACE = /\/namespaces\/([^/]+)\/([^/?]+)(?:\/([^/?]+))?(?:\/([^/?]+))?/;

/** Undefined for what leaves nothing that a plan depends on: events. */
export function stepOf({ method, path, body }: Write): Step | undefined {
  const [, namespace, plural, named, subresource] = PLACE.exec(path) ?? [];
  if (plural === undefined || plural === 'events') return undefined;
  const { metadata, status } = (body ?? {}) as Body;
  const name = named ?? metadata?.name ?? '';
  const step = subresource === 'status' ? `status ${readyReason(status)}` : `${method} ${plural}`;
  return { workspace: `${namespace}/${name.replace(/^ws-/, '')}`, step };
}

function readyReason(status: Body['status']): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.reason;
}

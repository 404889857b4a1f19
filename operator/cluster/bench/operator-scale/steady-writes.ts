/** What is written while nothing happens, by the API server's own count. */
import type { Kubectl } from '../../kubectl.ts';
import { type Sample, samplesOf, total } from './prometheus-text.ts';

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE', 'DELETECOLLECTION']);
/** Everything that the operator may write but its lease; of leases the kubelets write most. */
const RESOURCES = new Set([
  'berth.dev/workspaces',
  '/pods',
  '/services',
  '/serviceaccounts',
  '/persistentvolumeclaims',
  '/secrets',
  'networking.k8s.io/networkpolicies',
  'events.k8s.io/events'
]);

/** How often, by what was written: `PATCH /pods/status`. */
export type Writes = ReadonlyMap<string, number>;

/** All writes of what the operator writes, by whomever they are: it cannot have written more. */
export async function writesSoFar(kubectl: Kubectl): Promise<Writes> {
  const writes = new Map<string, number>();
  for (const { labels, value } of samplesOf(await kubectl.run(['get', '--raw', '/metrics'])).filter(isWrite)) {
    const { verb = '', group = '', resource = '', subresource = '' } = labels;
    const what = `${verb} ${group}/${resource}${subresource === '' ? '' : `/${subresource}`}`;
    writes.set(what, (writes.get(what) ?? 0) + value);
  }
  return writes;
}

/** What was written between the two, and nothing else. */
export function writesBetween(before: Writes, after: Writes): Writes {
  const more = [...after].map(([what, count]) => [what, count - (before.get(what) ?? 0)] as const);
  return new Map(more.filter(([, count]) => count > 0));
}

export function sumOf(writes: Writes): number {
  return [...writes.values()].reduce((sum, count) => sum + count, 0);
}

function isWrite({ name, labels }: Sample): boolean {
  const { verb = '', group = '', resource = '', subresource = '' } = labels;
  if (name !== 'apiserver_request_total' || !WRITES.has(verb)) return false;
  // Tokens are asked for by the kubelet and the control plane.
  return RESOURCES.has(`${group}/${resource}`) && subresource !== 'token';
}

export function leaseWrites(metrics: readonly Sample[]): number {
  return total(metrics, 'berth_operator_lease_writes_total');
}

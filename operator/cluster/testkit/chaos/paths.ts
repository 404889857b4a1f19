/** Where the API server has what chaos is about. */
import type { Slot } from './operations.ts';

const BERTH = '/apis/berth.dev/v1alpha1';
const NETWORKING = '/apis/networking.k8s.io/v1';
const ROOTS: Readonly<Record<string, string>> = { workspaces: BERTH, networkpolicies: NETWORKING };

export function collection(plural: string, namespace: string): string {
  return `${ROOTS[plural] ?? '/api/v1'}/namespaces/${namespace}/${plural}`;
}

export function workspacePath({ namespace, name }: Slot): string {
  return `${collection('workspaces', namespace)}/${name}`;
}

export function childPath(plural: string, { namespace, name }: Slot): string {
  return `${collection(plural, namespace)}/ws-${name}`;
}

/**
 * What a workspace's children have to be, spelled out once more and without the operator's own code: this is what it is measured by. Where
 * a NetworkPolicy lets a workspace out to is not in here: nobody edits that.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../api-server.ts';

export interface Child extends Json {
  readonly [field: string]: unknown;
}

const labelsOf = (workspace: string) => ({
  'berth.dev/workspace': workspace,
  'app.kubernetes.io/managed-by': 'berth'
});

type Fields = Readonly<Record<string, unknown>>;

const WANTED: Readonly<Record<string, (workspace: string, platform: string) => Fields>> = {
  serviceaccounts: () => ({ automountServiceAccountToken: false }),
  services: workspace => ({
    'spec.type': 'ClusterIP',
    'spec.selector': labelsOf(workspace),
    'spec.ports': [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' }]
  }),
  networkpolicies: (workspace, platform) => ({
    'spec.podSelector': { matchLabels: labelsOf(workspace) },
    'spec.policyTypes': ['Ingress', 'Egress'],
    'spec.ingress': [
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': platform } } }],
        ports: [{ port: 8888, protocol: 'TCP' }]
      },
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': platform } },
            podSelector: {
              matchLabels: { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'operator' }
            }
          }
        ],
        ports: [{ port: 8889, protocol: 'TCP' }]
      }
    ]
  })
};

export const STANDING = Object.keys(WANTED);

/** What is not as it should be about a child that stands, as sentences. */
export function childProblems(
  plural: string,
  child: Child | undefined,
  workspace: { readonly name: string; readonly uid: string },
  platform: string
): string[] {
  if (child === undefined) return [`there is none of its ${plural}`];
  const { metadata } = child;
  const wanted = WANTED[plural]?.(workspace.name, platform) ?? {};
  const wrong = Object.keys(wanted).filter(field => !isDeepStrictEqual(at(child, field), wanted[field]));
  const problems = wrong.map(field => `${field} of its ${plural} is ${JSON.stringify(at(child, field))}`);
  if (metadata.deletionTimestamp !== undefined) problems.push(`its ${plural} end`);
  if (Object.entries(labelsOf(workspace.name)).some(([label, value]) => metadata.labels?.[label] !== value))
    problems.push(`its ${plural} lack a label`);
  if (!isOwnedBy(child, workspace.uid))
    problems.push(`its ${plural} belong to ${JSON.stringify(metadata.ownerReferences)} and not to ${workspace.uid}`);
  return problems;
}

/** By it, and by nobody else. */
export function isOwnedBy({ metadata: { ownerReferences = [] } }: Json, uid: string): boolean {
  return ownerReferences.length === 1 && ownerReferences[0]?.uid === uid && ownerReferences[0].controller === true;
}

function at(object: Fields, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Fields | undefined)?.[name], object);
}

/** The pods, namespaces and policies that the rules are tried with. */
import * as fc from 'fast-check';
import { NODE_ADDRESS, OUTSIDE_ADDRESS, SERVICE_ADDRESS } from './lab.testkit.ts';
import type { Peer, Pod, Policy, Port, Selector } from './rules.ts';

export const POD_NETWORK = '10.129.1.0/24';

function makePod(namespace: string, name: string, podIP: string, webPort = 80): Pod {
  const ports = [
    { name: 'web', containerPort: webPort },
    { name: 'dns', containerPort: 53, protocol: 'UDP' }
  ];
  return {
    metadata: { namespace, name, labels: { pod: name } },
    spec: { containers: [{ ports }] },
    status: { phase: 'Running', podIP }
  };
}
export const xA = makePod('x', 'a', '10.129.1.11');
export const xB = makePod('x', 'b', '10.129.1.12');
export const yA = makePod('y', 'a', '10.129.1.13');
export const yB = makePod('y', 'b', '10.129.1.14', 81);
export const zA = makePod('z', 'a', '10.129.1.15');
export const PODS = [xA, xB, yA, yB, zA];
export const NAMESPACES = ['x', 'y', 'z'].map(name => ({ metadata: { name, labels: { ns: name } } }));

export const ENDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(PODS.map(pod => [`${pod.metadata?.namespace}/${pod.metadata?.name}`, pod.status?.podIP ?? ''])),
  node: NODE_ADDRESS,
  outside: OUTSIDE_ADDRESS,
  service: SERVICE_ADDRESS
};

export function policy(name: string, spec: NonNullable<Policy['spec']>, namespace = 'x'): Policy {
  return { metadata: { name, namespace }, spec };
}
export const pod = (name: string): Selector => ({ matchLabels: { pod: name } });
export const ns = (name: string): Selector => ({ matchLabels: { ns: name } });
export const ingress = (from?: readonly Peer[], ports?: readonly Port[]): NonNullable<Policy['spec']> => ({
  podSelector: {},
  policyTypes: ['Ingress'],
  ingress: [{ from, ports }]
});
export const egress = (to?: readonly Peer[], ports?: readonly Port[]): NonNullable<Policy['spec']> => ({
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [{ to, ports }]
});
function anySelector(key: string, values: readonly string[]): fc.Arbitrary<Selector> {
  return fc.oneof(
    fc.constant({}),
    fc.constantFrom(...values).map(value => ({ matchLabels: { [key]: value } })),
    fc
      .record({
        key: fc.constantFrom(key, 'none'),
        operator: fc.constantFrom('In', 'NotIn'),
        values: fc.subarray([...values], { minLength: 1 })
      })
      .map(expression => ({ matchExpressions: [expression] })),
    fc
      .record({ key: fc.constantFrom(key, 'none'), operator: fc.constantFrom('Exists', 'DoesNotExist') })
      .map(expression => ({ matchExpressions: [expression] }))
  );
}
const anyPodSelector = anySelector('pod', ['a', 'b']);
const anyNamespaceSelector = anySelector('ns', ['x', 'y', 'z']);
const anyPeer: fc.Arbitrary<Peer> = fc.oneof(
  fc.record({ podSelector: anyPodSelector }),
  fc.record({ namespaceSelector: anyNamespaceSelector }),
  fc.record({ podSelector: anyPodSelector, namespaceSelector: anyNamespaceSelector }),
  fc
    .constantFrom(
      { cidr: '10.129.1.0/24', except: ['10.129.1.12/30', '10.129.1.1/32'] },
      { cidr: '10.129.1.12/31' },
      { cidr: '0.0.0.0/0', except: ['10.129.0.0/16'] },
      { cidr: '192.0.2.0/24' },
      { cidr: 'fd00::/8' }
    )
    .map(ipBlock => ({ ipBlock }))
);
const anyPort: fc.Arbitrary<Port> = fc.constantFrom<Port[]>(
  {},
  { port: 80 },
  { port: 81, protocol: 'TCP' },
  { port: 80, endPort: 81 },
  { port: 'web' },
  { protocol: 'UDP' },
  { port: 'dns', protocol: 'UDP' },
  { port: 53, protocol: 'UDP' },
  { protocol: 'SCTP', port: 80 }
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const few = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[] | undefined> =>
  maybe(fc.array(arbitrary, { maxLength: 2 }));
export const anyPolicies: fc.Arbitrary<Policy[]> = fc
  .array(
    fc.record({
      namespace: fc.constantFrom('x', 'y', 'z'),
      podSelector: anyPodSelector,
      policyTypes: maybe(fc.subarray(['Ingress', 'Egress'])),
      ingress: few(fc.record({ from: few(anyPeer), ports: few(anyPort) })),
      egress: few(fc.record({ to: few(anyPeer), ports: few(anyPort) }))
    }),
    { minLength: 1, maxLength: 4 }
  )
  .map(specs => specs.map(({ namespace, ...spec }, index) => policy(`p${index}`, spec, namespace)));

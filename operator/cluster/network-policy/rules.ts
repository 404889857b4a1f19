/**
 * The nftables rules that do what the NetworkPolicies say, for a node that holds every pod, all of them IPv4.
 *
 * A packet passes two chains, `egress` and `ingress`: `accept` ends only the chain it is in, so both must let it through.
 * They see it after kube-proxy chose the endpoint of a Service. What the node itself sends passes neither, as the API
 * documentation demands. What pods send to the node passes `egress`, although an own node is exempt there: in a cluster
 * of more nodes DNS and the API server are mostly elsewhere, and a policy that forgets them must show it here too.
 */
import { BlockList } from 'node:net';

export interface Labelled {
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
}
interface ContainerPorts {
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
}
export interface Pod extends Labelled {
  readonly metadata?: Labelled['metadata'] & { readonly namespace?: string };
  readonly spec?: {
    readonly hostNetwork?: boolean;
    readonly containers: readonly ContainerPorts[];
    readonly initContainers?: readonly (ContainerPorts & { readonly restartPolicy?: string | undefined })[];
  };
  readonly status?: { readonly phase?: string; readonly podIP?: string | undefined };
}
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}
export interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
export interface Port {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}
export interface Policy {
  readonly metadata?: { readonly name?: string; readonly namespace?: string } | undefined;
  readonly spec?: {
    readonly podSelector?: Selector;
    readonly policyTypes?: readonly string[] | undefined;
    readonly ingress?:
      | readonly { readonly from?: readonly Peer[] | undefined; readonly ports?: readonly Port[] | undefined }[]
      | undefined;
    readonly egress?:
      | readonly { readonly to?: readonly Peer[] | undefined; readonly ports?: readonly Port[] | undefined }[]
      | undefined;
  };
}

export interface Seen {
  readonly policies: readonly Policy[];
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Labelled[];
}

type Direction = 'ingress' | 'egress';
/** Which address of a packet is the selected pod's, and which the peer's. */
const ADDRESSES = {
  ingress: { own: 'ip daddr', peer: 'ip saddr' },
  egress: { own: 'ip saddr', peer: 'ip daddr' }
} as const;

interface PlacedPod {
  readonly address: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly ports: NonNullable<ContainerPorts['ports']>;
}

/** Text for `nft -f -`, which replaces the whole table in one step. Same objects, in whatever order: same text. */
export function rulesOf(seen: Seen, { podNetwork }: { readonly podNetwork: string }): string {
  const pods = placedPods(seen, podNetwork);
  const addresses = pods.map(pod => pod.address);
  return [
    'add table inet berth-network-policy',
    'delete table inet berth-network-policy',
    'table inet berth-network-policy {',
    ...block('set pods', ['type ipv4_addr', ...elements(addresses)]),
    // A pod that reaches itself through a Service: it cannot be denied.
    ...block('set itself', ['type ipv4_addr . ipv4_addr', ...elements(addresses.map(ip => `${ip} . ${ip}`))]),
    ...chainsOf('egress', seen.policies, pods, podNetwork),
    ...chainsOf('ingress', seen.policies, pods, podNetwork),
    ...block('chain forward-egress', ['type filter hook forward priority filter', 'jump egress']),
    ...block('chain forward-ingress', ['type filter hook forward priority filter + 1', 'jump ingress']),
    ...block('chain input-egress', ['type filter hook input priority filter', 'iifname != "lo" jump egress']),
    '}',
    ''
  ].join('\n');
}

/** The pods with an address of their own here. One that ended has given it back; those of a simulated node have none. */
function placedPods({ pods, namespaces }: Seen, podNetwork: string): readonly PlacedPod[] {
  const network = new BlockList();
  const [first = '', prefix] = podNetwork.split('/');
  network.addSubnet(first, Number(prefix), 'ipv4');
  const labelsOf = new Map(namespaces.map(({ metadata }) => [metadata?.name ?? '', metadata?.labels ?? {}]));
  const placed = pods.flatMap((pod): PlacedPod[] => {
    const address = addressOf(pod);
    if (!network.check(address, 'ipv4')) return [];
    const { namespace = '', labels = {} } = pod.metadata ?? {};
    return [{ address, namespace, labels, namespaceLabels: labelsOf.get(namespace) ?? {}, ports: portsOf(pod) }];
  });
  return placed.sort((a, b) => compare(a.address, b.address));
}

function addressOf({ spec, status }: Pod): string {
  const hasEnded = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return hasEnded || spec?.hostNetwork === true ? '' : (status?.podIP ?? '');
}

function portsOf({ spec }: Pod): PlacedPod['ports'] {
  const sidecars = spec?.initContainers?.filter(container => container.restartPolicy === 'Always') ?? [];
  return [...(spec?.containers ?? []), ...sidecars].flatMap(container => container.ports ?? []);
}

/** The chain of a direction, after one chain for each of its policies. */
function chainsOf(
  direction: Direction,
  policies: readonly Policy[],
  pods: readonly PlacedPod[],
  podNetwork: string
): string[] {
  const { own } = ADDRESSES[direction];
  const concerned = policies.filter(policy => typesOf(policy).includes(direction)).sort(byName);
  const chains: string[] = [];
  const jumps: string[] = [];
  const isolated = new Set<string>();
  for (const [index, policy] of concerned.entries()) {
    const selected = pods.filter(pod => isSelected(pod, policy)).map(pod => pod.address);
    const chain = `${direction}-${index}/${nameOf(policy)}`.slice(0, 120); // nft takes 255, without all of the longest names
    chains.push(...block(`chain ${chain}`, rulesIn(direction, policy, pods)));
    if (selected.length > 0) jumps.push(`${own} ${setOf(selected)} jump ${chain}`);
    for (const address of selected) isolated.add(address);
  }
  // A policy holds from the first instant of a pod, and that is before the API server knows its address.
  if (concerned.length > 0) jumps.unshift(`${own} ${podNetwork} ${own} != @pods drop`);
  if (isolated.size > 0) jumps.push(`${own} ${setOf([...isolated])} drop`);
  const always = ['ct state established,related accept', 'ip saddr . ip daddr @itself accept'];
  return [...chains, ...block(`chain ${direction}`, [...always, ...jumps])];
}

function typesOf({ spec }: Policy): readonly Direction[] {
  const types = spec?.policyTypes ?? [];
  if (types.length > 0) return types.map(type => (type === 'Egress' ? 'egress' : 'ingress'));
  return (spec?.egress ?? []).length > 0 ? ['ingress', 'egress'] : ['ingress'];
}

function isSelected(pod: PlacedPod, { metadata, spec }: Policy): boolean {
  return pod.namespace === (metadata?.namespace ?? '') && matches(spec?.podSelector ?? {}, pod.labels);
}

/** What a policy allows: one line for each pair of a peer and a port. */
function rulesIn(direction: Direction, { metadata, spec }: Policy, pods: readonly PlacedPod[]): string[] {
  const rules =
    direction === 'ingress'
      ? (spec?.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
      : (spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
  const { peer } = ADDRESSES[direction];
  return rules.flatMap(rule => {
    const portMatches = portMatchesOf(rule.ports ?? [], pods);
    const peerMatches = peerMatchesOf(rule.peers ?? [], peer, metadata?.namespace ?? '', pods);
    return peerMatches.flatMap(from => portMatches.map(port => [from, port, 'accept'].filter(Boolean).join(' ')));
  });
}

/** Matches of which one must hold; an empty one always does. */
function peerMatchesOf(
  peers: readonly Peer[],
  address: string,
  policyNamespace: string,
  pods: readonly PlacedPod[]
): string[] {
  if (peers.length === 0) return [''];
  const selected = pods.filter(pod => peers.some(peer => isPeer(pod, peer, policyNamespace))).map(pod => pod.address);
  const blocks = peers.flatMap(({ ipBlock }) => {
    if (ipBlock === undefined || isIpv6(ipBlock.cidr)) return [];
    const excepted = (ipBlock.except ?? []).filter(cidr => !isIpv6(cidr)).map(cidr => ` ${address} != ${cidr}`);
    return [`${address} ${ipBlock.cidr}${excepted.join('')}`];
  });
  return selected.length > 0 ? [`${address} ${setOf(selected)}`, ...blocks] : blocks;
}

function isPeer(pod: PlacedPod, { podSelector, namespaceSelector }: Peer, policyNamespace: string): boolean {
  if (podSelector === undefined && namespaceSelector === undefined) return false;
  const isInNamespace =
    namespaceSelector === undefined
      ? pod.namespace === policyNamespace
      : matches(namespaceSelector, pod.namespaceLabels);
  return isInNamespace && matches(podSelector ?? {}, pod.labels);
}

function portMatchesOf(ports: readonly Port[], pods: readonly PlacedPod[]): string[] {
  if (ports.length === 0) return [''];
  return ports.flatMap(({ protocol = 'TCP', port, endPort }) => {
    const kind = protocol.toLowerCase();
    if (port === undefined) return [`meta l4proto ${kind}`];
    if (typeof port === 'number') return [`${kind} dport ${endPort === undefined ? port : `${port}-${endPort}`}`];
    // Every pod has its own number for a name.
    const named = pods.flatMap(({ address, ports: own }) =>
      own
        .filter(({ name, protocol: ownProtocol = 'TCP' }) => name === port && ownProtocol === protocol)
        .map(({ containerPort }) => `${address} . ${containerPort}`)
    );
    return named.length > 0 ? [`ip daddr . ${kind} dport ${setOf(named)}`] : [];
  });
}

function matches({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Readonly<Record<string, string>>) {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === 'In' ? isIn : !isIn;
    })
  );
}

const isIpv6 = (cidr: string): boolean => cidr.includes(':');
const nameOf = ({ metadata }: Policy): string => `${metadata?.namespace}/${metadata?.name}`;
const byName = (a: Policy, b: Policy): number => compare(nameOf(a), nameOf(b));
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
const setOf = (members: readonly string[]): string => `{ ${[...new Set(members)].sort(compare).join(', ')} }`;
const elements = (members: readonly string[]): string[] => (members.length > 0 ? [`elements = ${setOf(members)}`] : []); // nft refuses `{ }`
const block = (head: string, lines: readonly string[]): string[] => [
  `  ${head} {`,
  ...lines.map(line => `    ${line}`),
  '  }'
];

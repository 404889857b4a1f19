/** What the API documentation says of one packet, told as slowly as it does: kubernetes.io, "Network Policies". */
import type { Peer, Policy, Port, Selector } from './rules.ts';

export interface End {
  readonly address: string;
  /** Absent where it is no pod. */
  readonly pod?: {
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly namespaceLabels: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
  };
}
interface Target {
  readonly protocol: string;
  readonly port: number;
}

/** "Both the egress policy on the source pod and the ingress policy on the destination pod need to allow it." */
export function isAllowed(policies: readonly Policy[], from: End, to: End, target: Target): boolean {
  return isEgressAllowed(policies, from, to, target) && isIngressAllowed(policies, from, to, target);
}

function isEgressAllowed(policies: readonly Policy[], from: End, to: End, target: Target): boolean {
  // policyTypes: "policies that contain an egress section are assumed to affect egress".
  const isolating = policies.filter(({ spec }) => {
    const types = spec?.policyTypes;
    const isUnset = types === undefined || types.length === 0;
    return isUnset ? spec?.egress !== undefined && spec.egress.length > 0 : types.includes('Egress');
  });
  const applying = isolating.filter(policy => appliesTo(policy, from));
  if (applying.length === 0) return true;
  for (const { metadata, spec } of applying) {
    for (const rule of spec?.egress ?? []) {
      const isToPeer = isListed(rule.to, peer => isPeer(peer, to, metadata?.namespace ?? ''));
      const isOnPort = isListed(rule.ports, port => isPort(port, to, target));
      if (isToPeer && isOnPort) return true;
    }
  }
  return false;
}

function isIngressAllowed(policies: readonly Policy[], from: End, to: End, target: Target): boolean {
  // "all policies (whether or not they contain an ingress section) are assumed to affect ingress".
  const isolating = policies.filter(({ spec }) => {
    const types = spec?.policyTypes;
    return types === undefined || types.length === 0 || types.includes('Ingress');
  });
  const applying = isolating.filter(policy => appliesTo(policy, to));
  if (applying.length === 0) return true;
  for (const { metadata, spec } of applying) {
    for (const rule of spec?.ingress ?? []) {
      const isFromPeer = isListed(rule.from, peer => isPeer(peer, from, metadata?.namespace ?? ''));
      const isOnPort = isListed(rule.ports, port => isPort(port, to, target));
      if (isFromPeer && isOnPort) return true;
    }
  }
  return false;
}

/** "If this field is empty or missing, this rule matches all." */
function isListed<T>(list: readonly T[] | undefined, isOne: (item: T) => boolean): boolean {
  return list === undefined || list.length === 0 || list.some(isOne);
}

function appliesTo({ metadata, spec }: Policy, { pod }: End): boolean {
  return pod !== undefined && pod.namespace === metadata?.namespace && isMatch(spec?.podSelector ?? {}, pod.labels);
}

function isPeer({ ipBlock, ...selectors }: Peer, end: End, namespace: string): boolean {
  if (ipBlock === undefined) return isSelected(selectors, end, namespace);
  return isWithin(end.address, ipBlock.cidr) && !(ipBlock.except ?? []).some(except => isWithin(end.address, except));
}

function isSelected({ namespaceSelector, podSelector }: Peer, { pod }: End, namespace: string): boolean {
  if (pod === undefined) return false;
  if (namespaceSelector !== undefined && podSelector !== undefined) {
    return isMatch(namespaceSelector, pod.namespaceLabels) && isMatch(podSelector, pod.labels);
  }
  if (namespaceSelector !== undefined) return isMatch(namespaceSelector, pod.namespaceLabels);
  return podSelector !== undefined && pod.namespace === namespace && isMatch(podSelector, pod.labels);
}

function isPort({ protocol = 'TCP', port, endPort }: Port, to: End, target: Target): boolean {
  if (protocol !== target.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return port <= target.port && target.port <= (endPort ?? port);
  const named = (to.pod?.ports ?? []).filter(({ name, protocol: own = 'TCP' }) => name === port && own === protocol);
  return named.some(({ containerPort }) => containerPort === target.port);
}

function isMatch({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Readonly<Record<string, string>>) {
  for (const key of Object.keys(matchLabels)) {
    if (!(key in labels) || labels[key] !== matchLabels[key]) return false;
  }
  return matchExpressions.every(({ key, operator, values = [] }) => {
    const has = key in labels;
    const isAmong = has && values.includes(labels[key] ?? '');
    return { In: isAmong, NotIn: !isAmong, Exists: has, DoesNotExist: !has }[operator] === true;
  });
}

function isWithin(address: string, cidr: string): boolean {
  if (cidr.includes(':')) return false;
  const [network = '', length] = cidr.split('/');
  return bitsOf(address).startsWith(bitsOf(network).slice(0, Number(length)));
}

function bitsOf(address: string): string {
  return address
    .split('.')
    .map(part => Number(part).toString(2).padStart(8, '0'))
    .join('');
}

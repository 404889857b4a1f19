/** The text of the rules. What it does to packets is in `rules.integration.test.ts`. */
import * as fc from 'fast-check';
import { type Pod, type Policy, rulesOf, type Seen } from './rules.ts';

const NETWORK = { podNetwork: '10.129.1.0/24' };

function makePod(name: string, podIP: string | undefined, more: Partial<Pod> = {}): Pod {
  return { metadata: { namespace: 'x', name, labels: { pod: name } }, status: { phase: 'Running', podIP }, ...more };
}
function makePolicy(name: string, spec: NonNullable<Policy['spec']> = { podSelector: {} }): Policy {
  return { metadata: { namespace: 'x', name }, spec };
}
function rulesFor(seen: Partial<Seen>): string {
  return rulesOf({ policies: [], pods: [], namespaces: [], ...seen }, NETWORK);
}
/** The lines of a chain or set. */
function linesOf(rules: string, head: string): string[] {
  const lines = rules.split('\n').map(line => line.trim());
  const start = lines.indexOf(`${head} {`);
  return lines.slice(start + 1, lines.indexOf('}', start));
}

test('the table is replaced in one step, whether there is one or not', () => {
  expect(rulesFor({}).split('\n').slice(0, 3)).toEqual([
    'add table inet berth-network-policy',
    'delete table inet berth-network-policy',
    'table inet berth-network-policy {'
  ]);
});

test('without policies nothing is dropped', () => {
  expect(rulesFor({ pods: [makePod('a', '10.129.1.2')] })).not.toContain('drop');
});

test('a policy reads as it was written', () => {
  const pods = [makePod('a', '10.129.1.2'), makePod('b', '10.129.1.3')];
  const policies = [
    makePolicy('web', {
      podSelector: { matchLabels: { pod: 'a' } },
      ingress: [
        {
          from: [{ podSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0/16'] } }],
          ports: [{ port: 80 }, { protocol: 'UDP', port: 90, endPort: 99 }]
        }
      ]
    })
  ];
  const rules = rulesFor({ pods, policies });
  expect(linesOf(rules, 'chain ingress-0/x/web')).toEqual([
    'ip saddr { 10.129.1.2, 10.129.1.3 } tcp dport 80 accept',
    'ip saddr { 10.129.1.2, 10.129.1.3 } udp dport 90-99 accept',
    'ip saddr 10.0.0.0/8 ip saddr != 10.1.0.0/16 ip saddr != 10.2.0.0/16 tcp dport 80 accept',
    'ip saddr 10.0.0.0/8 ip saddr != 10.1.0.0/16 ip saddr != 10.2.0.0/16 udp dport 90-99 accept'
  ]);
  expect(linesOf(rules, 'chain ingress')).toEqual([
    'ct state established,related accept',
    'ip saddr . ip daddr @itself accept',
    'ip daddr 10.129.1.0/24 ip daddr != @pods drop',
    'ip daddr { 10.129.1.2 } jump ingress-0/x/web',
    'ip daddr { 10.129.1.2 } drop'
  ]);
});

test.each<[string, Pod]>([
  ['has no address yet', makePod('a', undefined)],
  ['has ended', makePod('a', '10.129.1.2', { status: { phase: 'Failed', podIP: '10.129.1.2' } })],
  ['is on the host network', makePod('a', '10.129.1.2', { spec: { hostNetwork: true, containers: [] } })],
  ['is on a simulated node, outside the pod network', makePod('a', '10.0.0.2')]
])('a pod that %s is in no set', (_state, pod) => {
  const rules = rulesFor({ pods: [pod], policies: [makePolicy('deny')] });
  expect(linesOf(rules, 'set pods')).toEqual(['type ipv4_addr']);
  expect(rules).not.toContain('jump ingress-0');
});

test('a port of a sidecar has a name too, that of an ordinary init container has none', () => {
  const named = (name: string, containerPort: number, restartPolicy?: string) => ({
    ports: [{ name, containerPort }],
    restartPolicy
  });
  const spec = { containers: [], initContainers: [named('web', 81, 'Always'), named('web', 82)] };
  const rules = rulesFor({
    pods: [makePod('a', '10.129.1.2', { spec })],
    policies: [makePolicy('web', { ingress: [{ ports: [{ port: 'web' }] }] })]
  });
  expect(linesOf(rules, 'chain ingress-0/x/web')).toEqual(['ip daddr . tcp dport { 10.129.1.2 . 81 } accept']);
});

test('the longest names still make a name that nft takes, and no two the same', () => {
  const policies = ['1', '2'].map(end => makePolicy('n'.repeat(252) + end));
  const chains = [...rulesFor({ policies }).matchAll(/chain (ingress-\S+)/g)].map(([, chain = '']) => chain);
  expect(new Set(chains).size).toBe(2);
  expect(Math.max(...chains.map(chain => chain.length))).toBeLessThan(128);
});

test('the order in which objects come does not change the text, so that nothing is applied for it', () => {
  const pods = ['2', '10', '11', '3'].map(last => makePod(last, `10.129.1.${last}`));
  const policies = ['b', 'a', 'c'].map(name => makePolicy(name, { ingress: [{ from: [{ podSelector: {} }] }] }));
  const namespaces = [{ metadata: { name: 'x' } }, { metadata: { name: 'y' } }];
  const wanted = rulesFor({ pods, policies, namespaces });
  const shuffled = <T>(items: T[]): fc.Arbitrary<T[]> => fc.shuffledSubarray(items, { minLength: items.length });
  fc.assert(
    fc.property(shuffled(pods), shuffled(policies), shuffled(namespaces), (somePods, somePolicies, someNamespaces) => {
      expect(rulesFor({ pods: somePods, policies: somePolicies, namespaces: someNamespaces })).toBe(wanted);
    })
  );
});

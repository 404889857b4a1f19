/** What policies let through, most of it after the conformance tests of Kubernetes (test/e2e/network/netpol). */
import { NODE_ADDRESS } from './lab.testkit.ts';
import { egress, ingress, NAMESPACES, ns, pod, policy, xA, xB, yA, yB, zA } from './made-up-cluster.testkit.ts';
import type { Pod, Policy } from './rules.ts';

const denyIngress = policy('deny-ingress', { podSelector: {}, policyTypes: ['Ingress'] });
const denyEgress = policy('deny-egress', { podSelector: {}, policyTypes: ['Egress'] });
export const denyBoth = policy('deny-both', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const allowDns = policy('allow-dns', {
  podSelector: {},
  policyTypes: ['Egress'],
  egress: [{ to: [{ ipBlock: { cidr: `${NODE_ADDRESS}/32` } }], ports: [{ protocol: 'UDP', port: 53 }] }]
});

export interface Case {
  readonly policies: readonly Policy[];
  readonly pods?: readonly Pod[];
  readonly namespaces?: typeof NAMESPACES;
  /** `from > to:port`, the port after `udp` where it is one of UDP. */
  readonly wantAllowed: readonly string[];
  readonly wantDenied: readonly string[];
}

export const CASES: Readonly<Record<string, Case>> = {
  'no policy: everybody reaches everybody': {
    policies: [],
    wantAllowed: ['x/a > y/a:80', 'y/b > x/a:udp53', 'outside > x/a:80', 'x/a > outside:80', 'x/b > service:80'],
    wantDenied: []
  },
  'deny all ingress, in one namespace, for each protocol, but never from the node': {
    policies: [denyIngress],
    wantAllowed: ['x/a > y/a:80', 'y/a > y/b:80', 'node > x/a:80', 'node > x/a:udp53', 'x/a > node:6443'],
    wantDenied: ['x/b > x/a:80', 'y/a > x/a:80', 'y/a > x/a:udp53', 'outside > x/a:80', 'y/a > service:80']
  },
  'allow from pods of the own namespace by label': {
    policies: [policy('p', ingress([{ podSelector: pod('b') }]))],
    wantAllowed: ['x/b > x/a:80', 'x/b > service:80'],
    wantDenied: ['y/b > x/a:80', 'y/a > x/a:80', 'x/a > x/b:80']
  },
  'allow from a namespace by label': {
    policies: [policy('p', ingress([{ namespaceSelector: ns('y') }]))],
    wantAllowed: ['y/a > x/a:80', 'y/b > x/b:81', 'y/a > service:80'],
    wantDenied: ['x/b > x/a:80', 'z/a > x/a:80']
  },
  'allow from pods AND namespace in one peer': {
    policies: [policy('p', ingress([{ namespaceSelector: ns('y'), podSelector: pod('b') }]))],
    wantAllowed: ['y/b > x/a:80'],
    wantDenied: ['y/a > x/a:80', 'x/b > x/a:80']
  },
  'allow from pods OR namespace in two peers': {
    policies: [policy('p', ingress([{ namespaceSelector: ns('y') }, { podSelector: pod('b') }]))],
    wantAllowed: ['y/a > x/a:80', 'y/b > x/a:80', 'x/b > x/a:80'],
    wantDenied: ['z/a > x/a:80', 'x/a > x/b:80']
  },
  'match expressions': {
    policies: [
      policy('p', {
        podSelector: { matchExpressions: [{ key: 'pod', operator: 'NotIn', values: ['b'] }] },
        ingress: [
          {
            from: [
              {
                namespaceSelector: {
                  matchExpressions: [
                    { key: 'ns', operator: 'In', values: ['y', 'z'] },
                    { key: 'none', operator: 'DoesNotExist' }
                  ]
                },
                podSelector: { matchExpressions: [{ key: 'pod', operator: 'Exists' }] }
              }
            ]
          }
        ]
      })
    ],
    wantAllowed: ['y/a > x/a:80', 'z/a > x/a:80', 'x/a > x/b:80'],
    wantDenied: ['x/b > x/a:80']
  },
  'one port, whatever the source': {
    policies: [policy('p', ingress(undefined, [{ port: 81 }]))],
    wantAllowed: ['y/a > x/a:81', 'outside > x/a:81'],
    wantDenied: ['y/a > x/a:80', 'y/a > x/a:udp53', 'outside > x/a:80']
  },
  'a named port has a number of its own in each pod': {
    policies: [policy('p', ingress([], [{ port: 'web' }]), 'y')],
    wantAllowed: ['x/a > y/a:80', 'x/a > y/b:81'],
    wantDenied: ['x/a > y/a:81', 'x/a > y/b:80']
  },
  'a named port is looked up at the destination, on egress': {
    policies: [policy('p', egress([{ namespaceSelector: ns('y') }], [{ port: 'web' }]))],
    wantAllowed: ['x/a > y/a:80', 'x/a > y/b:81'],
    wantDenied: ['x/a > y/a:81', 'x/a > y/b:80', 'x/a > z/a:80', 'x/a > node:6443']
  },
  'a name that no pod has, or one of another protocol, opens nothing': {
    policies: [policy('p', ingress(undefined, [{ port: 'dns' }, { port: 'nobody' }]))],
    wantAllowed: [],
    wantDenied: ['y/a > x/a:80', 'y/a > x/a:udp53', 'y/a > x/a:53']
  },
  'a range of ports with endPort': {
    policies: [policy('p', ingress([], [{ port: 81, endPort: 82 }]))],
    wantAllowed: ['y/a > x/a:81', 'y/a > x/a:82'],
    wantDenied: ['y/a > x/a:80', 'y/a > x/a:6443']
  },
  'a protocol with all its ports': {
    policies: [policy('p', ingress([], [{ protocol: 'UDP' }]))],
    wantAllowed: ['y/a > x/a:udp53'],
    wantDenied: ['y/a > x/a:80']
  },
  'ipBlock with an exception, on ingress': {
    policies: [policy('p', ingress([{ ipBlock: { cidr: '10.129.1.0/24', except: ['10.129.1.14/31'] } }]))],
    wantAllowed: ['x/b > x/a:80', 'y/a > x/a:80'],
    wantDenied: ['y/b > x/a:80', 'z/a > x/a:80', 'outside > x/a:80']
  },
  'an exception that another block or policy allows again': {
    policies: [
      policy('p', egress([{ ipBlock: { cidr: '10.129.1.0/24', except: ['10.129.1.12/30'] } }])),
      policy('q', egress([{ ipBlock: { cidr: '10.129.1.13/32' } }]))
    ],
    wantAllowed: ['x/a > y/a:80', 'x/a > node:6443'],
    wantDenied: ['x/a > y/b:80', 'x/a > z/a:80', 'x/a > outside:80']
  },
  'an outer client by ipBlock': {
    policies: [policy('p', ingress([{ ipBlock: { cidr: '192.0.2.0/24' } }], [{ port: 80 }]))],
    wantAllowed: ['outside > x/a:80', 'outside > service:80'],
    wantDenied: ['outside > x/a:81', 'y/a > x/a:80']
  },
  'deny all egress, to the node too; what comes in is answered': {
    policies: [denyEgress],
    wantAllowed: ['y/a > x/a:80', 'node > x/a:80', 'outside > x/a:80', 'y/a > x/a:udp53'],
    wantDenied: ['x/a > y/a:80', 'x/a > x/b:80', 'x/a > node:udp53', 'x/a > service:udp53', 'x/a > outside:80']
  },
  'a pod reaches itself through a Service whatever is denied': {
    policies: [denyBoth],
    wantAllowed: ['x/a > service:80'],
    wantDenied: ['x/b > service:80']
  },
  'egress to pods by label and port, the Service resolved before': {
    policies: [policy('p', egress([{ namespaceSelector: ns('x'), podSelector: pod('a') }], [{ port: 80 }]), 'y')],
    wantAllowed: ['y/a > x/a:80', 'y/a > service:80'],
    wantDenied: ['y/a > x/a:81', 'y/a > x/b:80', 'y/a > service:443']
  },
  'deny both ways, with DNS allowed': {
    policies: [denyBoth, allowDns],
    wantAllowed: ['x/a > node:udp53', 'x/a > service:udp53', 'node > x/a:80'],
    wantDenied: ['x/a > node:6443', 'x/a > service:443', 'x/a > y/a:udp53', 'x/a > x/b:80', 'y/a > x/a:80']
  },
  'the API server of the node, by its address behind the Service': {
    policies: [denyBoth, policy('p', egress([{ ipBlock: { cidr: `${NODE_ADDRESS}/32` } }], [{ port: 6443 }]))],
    wantAllowed: ['x/a > node:6443', 'x/a > service:443'],
    wantDenied: ['x/a > node:80', 'x/a > node:udp53']
  },
  'both sides must agree': {
    policies: [
      policy('out', egress([{ namespaceSelector: ns('y') }])),
      policy('in', ingress([{ podSelector: {} }]), 'y')
    ],
    wantAllowed: ['y/a > y/b:80', 'z/a > x/a:80'],
    wantDenied: ['x/a > y/a:80', 'x/a > z/a:80', 'z/a > y/a:80']
  },
  'stacked policies allow what any of them allows': {
    policies: [
      denyIngress,
      policy('p', ingress([{ namespaceSelector: ns('y') }], [{ port: 80 }])),
      policy('q', ingress([{ namespaceSelector: ns('z') }], [{ port: 81 }]))
    ],
    wantAllowed: ['y/a > x/a:80', 'z/a > x/a:81'],
    wantDenied: ['y/a > x/a:81', 'z/a > x/a:80']
  },
  'allow all wins over deny all': {
    policies: [denyIngress, policy('all', ingress())],
    wantAllowed: ['y/a > x/a:80', 'outside > x/a:udp53'],
    wantDenied: []
  },
  'an egress rule without policyTypes isolates both ways': {
    policies: [policy('p', { podSelector: pod('a'), egress: [{ to: [{ podSelector: pod('b') }] }] })],
    wantAllowed: ['x/a > x/b:80', 'y/a > x/b:80'],
    wantDenied: ['x/a > y/a:80', 'x/b > x/a:80']
  },
  'rules of a direction that policyTypes leaves out do nothing': {
    policies: [policy('p', { podSelector: {}, policyTypes: ['Egress'], ingress: [], egress: [{}] })],
    wantAllowed: ['y/a > x/a:80', 'x/a > outside:80'],
    wantDenied: []
  },
  'labels of a pod change': {
    policies: [policy('p', ingress([{ podSelector: pod('b') }]))],
    pods: [xA, { ...xB, metadata: { ...xB.metadata, labels: { pod: 'other' } } }, yA, yB, zA],
    wantAllowed: [],
    wantDenied: ['x/b > x/a:80']
  },
  'labels of a namespace change': {
    policies: [policy('p', ingress([{ namespaceSelector: ns('y') }]))],
    namespaces: NAMESPACES.map(({ metadata }) => ({
      metadata: { name: metadata.name, labels: { ns: metadata.name === 'z' ? 'y' : 'other' } }
    })),
    wantAllowed: ['z/a > x/a:80'],
    wantDenied: ['y/a > x/a:80']
  },
  'a pod of which the API server has no address yet is shut off while there are policies': {
    policies: [denyIngress, denyEgress],
    pods: [xA, xB, yA, yB, { ...zA, status: { phase: 'Pending' } }],
    wantAllowed: ['y/a > y/b:80', 'node > z/a:80', 'node > node:6443'],
    wantDenied: ['y/a > z/a:80', 'z/a > y/a:80', 'z/a > node:6443']
  },
  'a pod that ended and one of the host network select nobody': {
    policies: [denyIngress],
    pods: [
      { ...xA, status: { ...xA.status, phase: 'Succeeded' } },
      { ...yA, status: { ...xA.status, phase: 'Running' } }, // it has the address now
      { ...xB, spec: { containers: [], hostNetwork: true }, status: { phase: 'Running', podIP: NODE_ADDRESS } },
      yB,
      zA
    ],
    wantAllowed: ['y/b > x/a:80', 'y/b > node:6443'],
    wantDenied: []
  }
};

/** The rules against real packets: a table of cases, and any policies against an oracle of the API documentation. */
import * as fc from 'fast-check';
import type { Probe } from './agent.testkit.ts';
import { CASES, denyBoth } from './conformance-cases.testkit.ts';
import { Lab, NODE_ADDRESS, whyNoLab } from './lab.testkit.ts';
import { anyPolicies, ENDS, NAMESPACES, POD_NETWORK, PODS } from './made-up-cluster.testkit.ts';
import { type End, isAllowed } from './oracle.testkit.ts';
import { type Pod, rulesOf } from './rules.ts';

const why = whyNoLab();
(why === undefined ? describe : describe.skip)(
  `policies on real packets${why === undefined ? '' : ` (${why})`}`,
  () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await Lab.start(PODS.map(({ status }) => status?.podIP ?? ''));
    });
    afterAll(() => lab.end());

    test.each(Object.entries(CASES))(
      '%s',
      async (_name, { policies, pods = PODS, namespaces = NAMESPACES, ...want }) => {
        lab.apply(rulesOf({ policies, pods, namespaces }, { podNetwork: POD_NETWORK }));
        const wanted = [
          ...want.wantAllowed.map(way => ({ ...wayOf(way), allowed: true })),
          ...want.wantDenied.map(way => ({ ...wayOf(way), allowed: false }))
        ];
        expect(await mistaken(lab, wanted)).toEqual([]);
      }
    );

    test('a connection that stands outlives a policy that would deny it', async () => {
      const address = ENDS['x/a'] ?? '';
      lab.apply(rulesOf({ policies: [], pods: PODS, namespaces: NAMESPACES }, { podNetwork: POD_NETWORK }));
      await lab.ask(ENDS['y/a'] ?? '', { do: 'open', address, port: 80 });
      lab.apply(rulesOf({ policies: [denyBoth], pods: PODS, namespaces: NAMESPACES }, { podNetwork: POD_NETWORK }));
      expect(await lab.ask(ENDS['y/a'] ?? '', { do: 'echo' })).toBe(true);
      expect(await mistaken(lab, [{ ...wayOf('y/a > x/a:80'), allowed: false }])).toEqual([]);
    });

    test('any policies: every way is open or shut as the API documentation says', async () => {
      const ends = [...PODS, 'node', 'outside'].map((end): End =>
        typeof end === 'string' ? { address: ENDS[end] ?? '' } : asEnd(end)
      );
      const node = ends.find(end => end.address === NODE_ADDRESS);
      await fc.assert(
        fc.asyncProperty(anyPolicies, async policies => {
          lab.apply(rulesOf({ policies, pods: PODS, namespaces: NAMESPACES }, { podNetwork: POD_NETWORK }));
          const ways = ends.flatMap(from =>
            ends
              .filter(to => to !== from)
              .flatMap(to => PROBED.map(({ protocol, port }) => ({ from, to, protocol, port })))
          );
          const wanted = ways.map(({ from, to, protocol, port }) => ({
            from: from.address,
            probe: { address: to.address, protocol, port },
            allowed: from === node || isAllowed(policies, from, to, { protocol, port })
          }));
          expect(await mistaken(lab, wanted)).toEqual([]);
        }),
        { numRuns: 15 }
      );
    }, 180_000);
  }
);

interface Wanted {
  readonly from: string;
  readonly probe: Probe;
  readonly allowed: boolean;
}

function wayOf(way: string): Omit<Wanted, 'allowed'> {
  const [, from = '', to = '', udp, port] = /^(\S+) > (\S+):(udp)?(\d+)$/.exec(way) ?? [];
  const address = ENDS[to];
  if (address === undefined || ENDS[from] === undefined) throw new Error(`${way}: want from > to:port`);
  return { from: ENDS[from], probe: { address, port: Number(port), protocol: udp === undefined ? 'TCP' : 'UDP' } };
}

/** Those that are not as wanted. One that should be open is tried three times: a busy machine may be late. */
async function mistaken(lab: Lab, wanted: readonly Wanted[], tries = 3): Promise<readonly Wanted[]> {
  const sources = [...new Set(wanted.map(({ from }) => from))];
  const answers = await Promise.all(
    sources.map(async from => {
      const ways = wanted.filter(way => way.from === from);
      const reached = await lab.ask<boolean[]>(from, { do: 'try', probes: ways.map(({ probe }) => probe) });
      return ways.filter(({ allowed }, index) => allowed !== reached[index]);
    })
  );
  const wrong = answers.flat();
  const late = wrong.filter(({ allowed }) => allowed);
  if (late.length === 0 || tries === 1) return wrong;
  return [...wrong.filter(({ allowed }) => !allowed), ...(await mistaken(lab, late, tries - 1))];
}

function asEnd({ metadata, spec, status }: Pod): End {
  const { namespace = '', labels = {} } = metadata ?? {};
  const ports = (spec?.containers ?? []).flatMap(container => container.ports ?? []);
  return { address: status?.podIP ?? '', pod: { namespace, labels, namespaceLabels: { ns: namespace }, ports } };
}

const PROBED = [
  { protocol: 'TCP', port: 80 },
  { protocol: 'TCP', port: 81 },
  { protocol: 'UDP', port: 53 }
] as const;

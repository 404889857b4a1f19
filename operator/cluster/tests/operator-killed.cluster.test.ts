/** The operator is killed after every single write of its plans: the next one goes on, and nothing is lost or made twice. */
import { up } from '../cluster.js';
import { operatorProcesses } from '../testkit/chaos/operator-pods.js';
import { killAtEachStep } from '../testkit/killed.js';
import { PLATFORM_NAMESPACE } from '../testkit/install-chart.js';
import { withBerth } from '../testkit/with-berth.js';
import { TEST_CLUSTER } from '../testkit/with-cluster.js';

const LONGEST_MS = 400_000;
const berth = withBerth();
const platform = () => berth.kubectl.in(PLATFORM_NAMESPACE);
const scale = (replicas: number) => platform().run(['scale', 'deployment/berth-operator', `--replicas=${replicas}`]);

/** Beside those of the status. */
const WANT_WRITES = {
  'a first start':
    'PATCH serviceaccounts, PATCH networkpolicies, PATCH services, PATCH persistentvolumeclaims, POST secrets, POST pods',
  'a stop': 'DELETE pods',
  'a resume': 'POST secrets, POST pods',
  'another image for a pod that cannot start': 'DELETE pods, POST secrets, POST pods',
  'a pod that its node has ended': 'DELETE pods, POST secrets, POST pods',
  'children that were cut loose': 'DELETE pods, DELETE services, DELETE networkpolicies, DELETE serviceaccounts',
  'a home that grows': 'PATCH persistentvolumeclaims'
};

beforeAll(async () => {
  await up({ name: TEST_CLUSTER, profile: 'node', kwok: 2 }, () => undefined);
  await scale(0);
  await berth.until('no operator of the chart runs', async () => (await operatorProcesses(TEST_CLUSTER)).length === 0);
}, LONGEST_MS);

afterAll(() => scale(2), LONGEST_MS);

berth.test(
  'killed after any step of any plan, it is gone on from there',
  async () => {
    const token = (await platform().run(['create', 'token', 'berth-operator', '--duration=1h'])).trim();
    const prefix = `${berth.namespace}-killed`;
    const report = await killAtEachStep({ cluster: TEST_CLUSTER, prefix, token, settleMs: 120_000 });
    expect(report.complaints).toEqual([]);
    expect(report.missed).toEqual([]);
    expect(report.podsSeen).toBe(report.podsWanted);
    const writes = Object.entries(report.steps).map(([plan, steps]) => [
      plan,
      steps.filter(step => !step.startsWith('status')).join(', ')
    ]);
    expect(Object.fromEntries(writes)).toEqual(WANT_WRITES);
  },
  LONGEST_MS
);

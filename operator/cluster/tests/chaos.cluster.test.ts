/**
 * People at work on workspaces while operators and the API server are killed: in the end the cluster is what they want, and nothing was
 * lost, doubled, or ended without anybody's asking. `npm run proof workspace-chaos` does more of it, etcd included.
 */
import { randomInt } from 'node:crypto';
import { up } from '../cluster.js';
import { runChaos } from '../testkit/chaos.js';
import { withBerth } from '../testkit/with-berth.js';
import { TEST_CLUSTER } from '../testkit/with-cluster.js';

const LONGEST_MS = 400_000;
/** `BERTH_CHAOS_SEED=…` repeats what a failure names. */
const seed = Number(process.env['BERTH_CHAOS_SEED'] ?? randomInt(1_000_000));
const berth = withBerth();

beforeAll(() => up({ name: TEST_CLUSTER, profile: 'node', kwok: 2 }, () => undefined), LONGEST_MS);

afterAll(
  () =>
    berth.until(
      'whatever ran on the cluster runs again',
      async () => {
        const text = await berth.kubectl.run(['get', 'deployments', '-A', '-o', 'json']);
        const { items } = JSON.parse(text) as {
          items: { spec: { replicas: number }; status: { readyReplicas?: number } }[];
        };
        return items.every(({ spec, status }) => status.readyReplicas === spec.replicas);
      },
      LONGEST_MS
    ),
  LONGEST_MS
);

berth.test(
  `whatever is killed while people work, the cluster becomes what they want (seed ${seed})`,
  async () => {
    const report = await runChaos({
      cluster: TEST_CLUSTER,
      faults: berth.faults,
      prefix: `${berth.namespace}-chaos`,
      seed,
      namespaces: 2,
      workspaces: 20,
      operations: 60,
      thinkMs: 500,
      strikes: ['kill-leader', 'kill-operators', 'kill-apiserver'],
      awayMs: 30_000,
      settleMs: 120_000
    });
    expect(report.complaints).toEqual([]);
    expect(report.podsSeen).toBeGreaterThan(0);
  },
  LONGEST_MS
);

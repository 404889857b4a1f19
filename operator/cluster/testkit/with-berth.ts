/**
 * `withCluster` with Berth's chart installed, and people who may do there what the chart lets them:
 *
 *     const berth = withBerth();
 *     berth.test('a person makes a workspace', async () => {
 *       const ada = await berth.person('ada');
 *       await ada.run(['create', '-f', '-'], JSON.stringify(workspace('lab')));
 *     });
 *
 * What a test does, it does as a person; `kubectl`, the administrator, is for set-up alone.
 */
import { Kubectl, type KubectlResult } from '../kubectl.ts';
import { installChart, OPERATOR } from './install-chart.ts';
import { TEST_CLUSTER, type TestCluster, withCluster } from './with-cluster.ts';

/** Programs and images are cached by then; helm may have to be built. */
const LONGEST_INSTALL_MS = 600_000;

export interface BerthCluster extends TestCluster {
  /** Somebody who may edit this file's namespace (the role `edit`) and do nothing elsewhere. */
  readonly person: (
    user: string,
    options?: { readonly role?: string; readonly groups?: readonly string[] }
  ) => Promise<Kubectl>;
  /** Somebody, with whatever rights they have; the groups of a service account come by themselves. */
  readonly as: (user: string, groups?: readonly string[]) => Kubectl;
  /** The operator's account. */
  readonly operator: Kubectl;
}

export function withBerth(): BerthCluster {
  const cluster = withCluster({ profile: 'node' });
  beforeAll(() => installChart(TEST_CLUSTER), LONGEST_INSTALL_MS);
  const as = (user: string, groups: readonly string[] = []): Kubectl =>
    new Impersonated(cluster.kubectl, cluster.namespace, [
      `--as=${user}`,
      ...groups.map(group => `--as-group=${group}`)
    ]);

  return {
    namespace: cluster.namespace,
    faults: cluster.faults,
    until: cluster.until,
    test: cluster.test,
    get kubectl() {
      return cluster.kubectl;
    },
    get operator() {
      return as(OPERATOR);
    },
    as,
    person: async (user, { role = 'edit', groups = [] } = {}) => {
      const binding = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: `${user}-${role}`.replace(/[^a-z0-9-]/g, '.') },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }]
      };
      await cluster.kubectl.apply([binding]);
      return as(user, groups);
    }
  };
}

/** kubectl as somebody else: to the API server it is that person, authorisation and admission included. */
class Impersonated extends Kubectl {
  private readonly who: readonly string[];

  constructor({ program, kubeconfig }: Kubectl, namespace: string, who: readonly string[]) {
    super(program, kubeconfig, namespace);
    this.who = who;
  }

  override in(namespace: string): Kubectl {
    return new Impersonated(this, namespace, this.who);
  }

  override try(args: readonly string[], input?: string): Promise<KubectlResult> {
    return super.try([...this.who, ...args], input);
  }
}

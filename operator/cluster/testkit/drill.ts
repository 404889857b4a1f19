/**
 * The control plane fails under workspaces that run: what the operators do meanwhile and afterwards, how long they take, and that nobody's pod is
 * touched.
 */
import { waitUntil } from '../../../scripts/wait-until.ts';
import { ApiServer, type Json, type List } from './api-server.ts';
import { differences } from './chaos/differences.ts';
import { restoreSnapshot, takeSnapshot } from './chaos/etcd-snapshot.ts';
import { clearGround, type GroundOptions, names, prepareGround } from './chaos/ground.ts';
import { Ledger } from './chaos/ledger.ts';
import { keyOf, type Outcome, type Slot, type Wanted } from './chaos/operations.ts';
import { leaseOf, operatorPods, replaceTired, restartsOf, untilOperatorsAreReady } from './chaos/operator-pods.ts';
import { away } from './chaos/outage.ts';
import { collection, workspacePath } from './chaos/paths.ts';
import { Person } from './chaos/person.ts';
import { Witness } from './chaos/witness.ts';
import type { Faults } from './faults.ts';

export interface DrillOptions {
  readonly cluster: string;
  readonly faults: Faults;
  readonly prefix: string;
  /** That run all the while. */
  readonly workspaces: number;
  readonly settleMs: number;
}

/** In seconds from when the API server was ready again. */
export interface Recovery {
  /** Until an operator holds the lease anew. */
  readonly leadsS: number;
  /** Until what a person asked for at once had been seen to. */
  readonly reconciledS: number;
  /** How often the kubelet has started an operator again. */
  readonly restarts: number;
}

const PERSON = 'drill';
const HOMES = 64;

export class Drill {
  private readonly options: DrillOptions;
  private readonly ground: GroundOptions;
  private readonly images: Readonly<Record<string, string>>;
  private readonly person: Person;
  private readonly ledger: Ledger;
  private readonly runs: Wanted;
  /** What is wanted now, by workspace. */
  private readonly outcomes = new Map<string, Outcome>();

  private constructor(
    options: DrillOptions,
    ground: GroundOptions,
    prepared: Awaited<ReturnType<typeof prepareGround>>
  ) {
    this.options = options;
    this.ground = ground;
    this.images = prepared.images;
    this.ledger = new Ledger();
    this.person = new Person({ server: ground.server.as(PERSON), ledger: this.ledger, ...prepared });
    this.runs = { running: true, environment: ground.environments[0] ?? '', memory: '64Mi', homeGib: 1 };
  }

  /** Returns once all workspaces run. */
  static async start(options: DrillOptions): Promise<Drill> {
    const { cluster, prefix } = options;
    const server = await ApiServer.of(cluster);
    const environments = names(prefix, 1);
    const ground = { server, prefix, namespaces: names(prefix, 1), environments, homes: HOMES, person: PERSON };
    const drill = new Drill(options, ground, await prepareGround(ground));
    await replaceTired(server);
    await untilOperatorsAreReady(server);
    await Promise.all(names('standing', options.workspaces).map(name => drill.make(name)));
    await drill.settle();
    return drill;
  }

  /** Everything of the control plane but etcd is away for so long. @throws Error if a pod or a home was lost by it */
  async apiServerAway(awayMs: number): Promise<Recovery> {
    const { cluster, faults } = this.options;
    const { server, namespaces } = this.ground;
    const witness = new Witness(server, this.ledger, namespaces);
    const before = await this.pods();
    const restartsBefore = await this.restarts();
    let recovered = { leadsS: NaN, reconciledS: NaN };
    await away(cluster, faults, ['apiserver'], awayMs, async () => {
      recovered = await this.recovery();
    });
    await this.settle();
    await witness.end();
    requireSame(before, await this.pods());
    if (witness.complaints.length > 0) throw new Error(witness.complaints.join('\n'));
    return { ...recovered, restarts: (await this.restarts()) - restartsBefore };
  }

  /**
   * Etcd gets back what it had before some people made, stopped and deleted workspaces. Returns how long it took, from when the API server
   * was ready, until what they then ask for is seen to: so the operators know the old state, and not the one that never was.
   */
  async etcdRestored(): Promise<number> {
    const { cluster } = this.options;
    const deleted = await this.make('deleted-after');
    const stopped = await this.make('stopped-after');
    await this.settle();
    const pods = await this.pods();
    const asOf = new Map(this.outcomes);
    await takeSnapshot(cluster);
    const made = await this.make('made-after');
    await this.does(deleted, undefined, () =>
      this.person.does({ slot: deleted, kind: 'delete', cascade: 'Background' })
    );
    await this.power(stopped, false);
    await this.settle();
    let backMs = NaN;
    await restoreSnapshot(cluster, async () => {
      backMs = performance.now();
    });
    this.outcomes.clear();
    for (const [key, outcome] of asOf) this.outcomes.set(key, outcome);
    await this.settle();
    requireSame(pods, await this.pods());
    for (const slot of [deleted, stopped]) await this.power(slot, false);
    await this.does(made, this.runs, () => this.person.does({ slot: made, kind: 'create', wanted: this.runs }));
    await this.settle();
    return (performance.now() - backMs) / 1000;
  }

  private async recovery(): Promise<Pick<Recovery, 'leadsS' | 'reconciledS'>> {
    const backMs = performance.now();
    const backAt = Date.now();
    const sinceS = (): number => (performance.now() - backMs) / 1000;
    const leading = waitUntil('an operator leads', this.options.settleMs, async () => {
      return Date.parse((await leaseOf(this.ground.server)).renewTime ?? '') > backAt;
    }).then(sinceS);
    const slot = await this.make(`asked-${Math.round(backMs)}`);
    const reconciling = this.untilReported(slot).then(sinceS);
    const [leadsS, reconciledS] = await Promise.all([leading, reconciling]);
    return { leadsS, reconciledS };
  }

  /** How many operators say that they lead. */
  async leading(): Promise<number> {
    const texts = await Promise.all(
      (await operatorPods(this.ground.server)).map(async ({ status }) => {
        return (await fetch(`http://${status.podIP}:8081/metrics`)).text();
      })
    );
    return texts.filter(text => /^berth_operator_leading 1$/m.test(text)).length;
  }

  async end(): Promise<void> {
    await clearGround(this.ground);
    this.ground.server.close();
  }

  private async make(name: string): Promise<Slot> {
    const slot: Slot = { namespace: this.ground.namespaces[0] ?? '', name, whenDeleted: 'Keep' };
    await this.does(slot, this.runs, () => this.person.does({ slot, kind: 'create', wanted: this.runs }));
    return slot;
  }

  private power(slot: Slot, running: boolean): Promise<void> {
    const operation = { slot, kind: 'change', to: { running }, stops: !running } as const;
    return this.does(slot, { ...this.runs, running }, () => this.person.does(operation));
  }

  private async does(slot: Slot, wanted: Wanted | undefined, act: () => Promise<void>): Promise<void> {
    this.outcomes.set(keyOf(slot), { slot, wasOrphaned: false, ...(wanted !== undefined && { wanted }) });
    await act();
  }

  /** Until the cluster is what people want. */
  private async settle(): Promise<void> {
    const { server, namespaces } = this.ground;
    let left: string[] = [];
    await waitUntil('the cluster is what people want', this.options.settleMs, async () => {
      left = await differences({ server, namespaces, images: this.images }, [...this.outcomes.values()]);
      return left.length === 0;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}:\n  ${left.join('\n  ')}`);
    });
  }

  private async untilReported(slot: Slot): Promise<void> {
    const url = workspacePath(slot);
    await waitUntil('somebody reports on it', this.options.settleMs, async () => {
      return (await this.ground.server.find<{ status?: { phase?: string } }>(url))?.status?.phase !== undefined;
    });
  }

  private async pods(): Promise<Map<string, string>> {
    const { server, namespaces } = this.ground;
    const { items } = await server.sooner<List<Json>>('GET', collection('pods', namespaces[0] ?? ''));
    return new Map(items.map(({ metadata: { name, uid } }) => [name, uid]));
  }

  private async restarts(): Promise<number> {
    return (await operatorPods(this.ground.server)).reduce((sum, pod) => sum + restartsOf(pod), 0);
  }
}

function requireSame(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): void {
  const lost = [...before].filter(([name, uid]) => now.get(name) !== uid).map(([name]) => name);
  if (lost.length > 0) throw new Error(`pods were ended, or made anew: ${lost.join(', ')}`);
}

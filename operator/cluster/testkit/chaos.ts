/**
 * Chaos: people make, change, stop and delete workspaces while operators, the API server and etcd are killed. In the end the cluster is
 * what people want, and meanwhile nothing was lost, doubled, or ended without anybody's asking.
 */
import { waitUntil } from '../../../scripts/wait-until.ts';
import { ApiServer } from './api-server.ts';
import { differences } from './chaos/differences.ts';
import { clearGround, names, prepareGround } from './chaos/ground.ts';
import { Ledger } from './chaos/ledger.ts';
import { keyOf, type Operation, planOperations } from './chaos/operations.ts';
import { killLeader, killOperators, replaceTired, untilOperatorsAreReady } from './chaos/operator-pods.ts';
import { Person } from './chaos/person.ts';
import { SeededRandom } from './chaos/seeded-random.ts';
import { Witness } from './chaos/witness.ts';
import type { Faults } from './faults.ts';
import { away, revive } from './chaos/outage.ts';

export type Fault = 'kill-leader' | 'kill-operators' | 'kill-apiserver' | 'kill-etcd';

export interface ChaosOptions {
  readonly cluster: string;
  readonly faults: Faults;
  readonly prefix: string;
  readonly seed: number;
  readonly namespaces: number;
  readonly workspaces: number;
  readonly operations: number;
  /** In this order, at moments that the seed chooses. */
  readonly strikes: readonly Fault[];
  /** How long the API server stays away when it is killed. */
  readonly awayMs: number;
  /** How long the cluster may take from the last operation and the end of the faults until it is as wanted. */
  readonly settleMs: number;
  /** People who are at it at once. */
  readonly people?: number;
  /** How long each of them thinks between two operations, at most. */
  readonly thinkMs?: number;
  readonly say?: (line: string) => void;
}

export interface ChaosReport {
  readonly operations: Readonly<Record<string, number>>;
  readonly strikes: readonly Fault[];
  readonly podsSeen: number;
  readonly operationsS: number;
  readonly settledS: number;
  /** What must never happen and did, in words; nothing, one hopes. */
  readonly complaints: readonly string[];
}

const PERSON = 'chaos';
const ENVIRONMENTS = 3;

/** @throws Error that says how the cluster differs from what is wanted, where it does at the end */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { prefix, say = () => undefined } = options;
  const admin = await ApiServer.of(options.cluster);
  const namespaces = names(prefix, options.namespaces);
  const environments = names(prefix, ENVIRONMENTS);
  const { operations, outcomes } = planOperations({ ...options, namespaces, environments });
  const homes = operations.filter(({ kind }) => kind === 'create' || kind === 'replace').length;
  const groundOptions = { server: admin, prefix, namespaces, environments, homes, person: PERSON };
  const ground = await prepareGround(groundOptions);
  const ledger = new Ledger();
  const witness = new Witness(admin, ledger, namespaces);
  const person = new Person({ server: admin.as(PERSON), ledger, ...ground });
  say(`chaos ${prefix}: seed ${options.seed}`);
  try {
    await replaceTired(admin);
    await untilOperatorsAreReady(admin);
    const startMs = performance.now();
    await atRandomMoments(options, admin, operations, operation => person.does(operation));
    const operatedMs = performance.now();
    let left: string[] = [];
    await waitUntil('the cluster is what people want', options.settleMs, async () => {
      await revive(options.cluster);
      left = await differences({ server: admin, namespaces, images: ground.images }, outcomes);
      return left.length === 0;
    }).catch((error: unknown) => {
      throw new Error(`seed ${options.seed}: ${String(error)}:\n  ${left.join('\n  ')}`);
    });
    const settledMs = performance.now();
    return {
      operations: countsOf(operations),
      strikes: options.strikes,
      podsSeen: witness.podsSeen,
      operationsS: (operatedMs - startMs) / 1000,
      settledS: (settledMs - operatedMs) / 1000,
      complaints: [...witness.complaints]
    };
  } finally {
    await witness.end();
    await clearGround(groundOptions);
    admin.close();
  }
}

/** Several people go through the operations, each workspace's in their order; faults strike in between. */
async function atRandomMoments(
  options: ChaosOptions,
  admin: ApiServer,
  operations: readonly Operation[],
  carryOut: (operation: Operation) => Promise<void>
): Promise<void> {
  const { people = 4, thinkMs = 0, strikes, seed, say = () => undefined } = options;
  const random = new SeededRandom(seed + 1);
  const moments = strikes.map(() => random.below(operations.length)).sort((one, other) => one - other);
  const waiting = strikes.map((fault, index) => ({ fault, at: moments[index] ?? 0 }));
  let begun = 0;
  let striking: Promise<unknown> = Promise.resolve();
  const failures: unknown[] = [];
  const strikeNow = (fault: Fault): void => {
    striking = striking
      .then(() => strike(fault, options, admin))
      .then(what => say(`operation ${begun}: ${what}`))
      .catch((error: unknown) => failures.push(error));
  };
  const work = async (lane: readonly Operation[]): Promise<void> => {
    for (const operation of lane) {
      begun += 1;
      while (waiting[0] !== undefined && waiting[0].at < begun) strikeNow((waiting.shift() as { fault: Fault }).fault);
      await carryOut(operation);
      await new Promise(resolve => setTimeout(resolve, random.next() * thinkMs));
    }
  };
  // All have ended, well or not, before the ground is cleared.
  const outcomes = await Promise.allSettled(lanesOf(operations, people).map(work));
  await striking;
  for (const outcome of outcomes) if (outcome.status === 'rejected') failures.push(outcome.reason);
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('\n'));
}

/** Each workspace is one person's. */
function lanesOf(operations: readonly Operation[], people: number): Operation[][] {
  const lanes = Array.from({ length: people }, (): Operation[] => []);
  for (const operation of operations) lanes[hash(keyOf(operation.slot)) % people]?.push(operation);
  return lanes;
}

async function strike(fault: Fault, { cluster, faults, awayMs }: ChaosOptions, admin: ApiServer): Promise<string> {
  switch (fault) {
    case 'kill-leader':
      await replaceTired(admin);
      await killLeader(cluster, admin);
      return 'the leading operator killed';
    case 'kill-operators':
      await replaceTired(admin);
      await killOperators(cluster);
      return 'all operators killed';
    case 'kill-apiserver':
      await away(cluster, faults, ['apiserver'], awayMs);
      return 'API server killed and back';
    case 'kill-etcd':
      await away(cluster, faults, ['etcd'], 0);
      return 'etcd killed and back';
  }
}

function countsOf(operations: readonly Operation[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of operations) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function hash(text: string): number {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
}

/**
 * Kills the operator after each write of each of its plans, and has another go on from there. What a write has changed is all that is left of an
 * operator: so "after one" and "before the next" are the same, and before the first is where every plan begins.
 */
import { waitUntil } from '../../../scripts/wait-until.ts';
import { ApiServer } from './api-server.ts';
import { differences } from './chaos/differences.ts';
import { clearGround, names, prepareGround } from './chaos/ground.ts';
import { Ledger } from './chaos/ledger.ts';
import { keyOf, type Outcome, type Slot, type Wanted } from './chaos/operations.ts';
import { childPath } from './chaos/paths.ts';
import { Person } from './chaos/person.ts';
import { Witness } from './chaos/witness.ts';
import { type Actors, type KilledPlan, killedPlans } from './killed/plans.ts';
import { Relay } from './killed/relay.ts';
import { type Step, stepOf } from './killed/steps.ts';

export interface KilledOptions {
  readonly cluster: string;
  readonly prefix: string;
  /** Of the operator's account. */
  readonly token: string;
  readonly settleMs: number;
}

export interface KilledReport {
  /** The steps of each plan, in their order. */
  readonly steps: Readonly<Record<string, readonly string[]>>;
  readonly kills: number;
  /** Steps that were not come to a second time. */
  readonly missed: readonly string[];
  readonly podsSeen: number;
  readonly podsWanted: number;
  /** What must never happen and did. */
  readonly complaints: readonly string[];
}

interface Case {
  readonly slot: Slot;
  readonly plan: KilledPlan;
  /** After which the operator is killed; absent: it is not. */
  readonly step?: string;
}

const PERSON = 'killed';
/** More than every plan has steps. */
const HOMES = 120;

/** No other operator runs. @throws Error that says how the cluster differs from what is wanted, where it does at the end */
export async function killAtEachStep(options: KilledOptions): Promise<KilledReport> {
  const { cluster, prefix } = options;
  const server = await ApiServer.of(cluster);
  const namespaces = names(prefix, 1);
  const environments = names(prefix, 2);
  const ground = { server, prefix, namespaces, environments, homes: HOMES, person: PERSON };
  const { images, ...classes } = await prepareGround(ground);
  const ledger = new Ledger();
  const witness = new Witness(server, ledger, namespaces);
  const person = new Person({ server: server.as(PERSON), ledger, ...classes });
  const world = { server, namespaces, images };
  const stage = new Stage({ person, admin: server, ledger }, outcomes => differences(world, outcomes), options);
  try {
    return { ...(await stage.play(killedPlans(environments), namespaces[0] ?? '')), ...pick(witness) };
  } finally {
    await stage.end();
    await witness.end();
    await clearGround(ground);
    server.close();
  }
}

const pick = ({ podsSeen, complaints }: Witness) => ({ podsSeen, complaints: [...complaints] });

class Stage {
  private readonly actors: Actors;
  private readonly compare: (outcomes: readonly Outcome[]) => Promise<string[]>;
  private readonly options: KilledOptions;
  private relay: Relay | undefined;
  /** What each step is the last of: by workspace. */
  private readonly armed = new Map<string, string>();
  private heard: Step[] = [];

  constructor(actors: Actors, compare: (outcomes: readonly Outcome[]) => Promise<string[]>, options: KilledOptions) {
    this.actors = actors;
    this.compare = compare;
    this.options = options;
  }

  async play(plans: readonly KilledPlan[], namespace: string): Promise<Omit<KilledReport, 'podsSeen' | 'complaints'>> {
    const slot = (name: string): Slot => ({ namespace, name, whenDeleted: 'Keep' });
    const undisturbed = plans.map((plan, index) => ({ plan, slot: slot(`undisturbed-${index}`) }));
    await this.carryOut(undisturbed);
    const steps = new Map(undisturbed.map(({ plan, slot }) => [plan, this.stepsOf(slot)]));
    const cases = [...steps].flatMap(([plan, each], index) =>
      each.map((step, at) => ({ plan, step, slot: slot(`killed-${index}-${at}`) }))
    );
    await this.carryOut(cases);
    return {
      steps: Object.fromEntries([...steps].map(([{ name }, each]) => [name, each])),
      kills: cases.length - this.armed.size,
      missed: [...this.armed].map(([workspace, step]) => `${workspace}: ${step}`),
      podsWanted: [...undisturbed, ...cases].reduce((sum, { plan }) => sum + plan.pods, 0)
    };
  }

  async end(): Promise<void> {
    await this.relay?.end();
  }

  /** All cases at once: first what is there before, then, while nobody leads, what begins the plans. */
  private async carryOut(cases: readonly Case[]): Promise<void> {
    const { cluster, token } = this.options;
    const isLast = (write: Parameters<typeof stepOf>[0]): boolean => this.hear(stepOf(write));
    this.relay ??= await Relay.start({ cluster, server: this.actors.admin, token, isLast });
    for (const round of [0, 1]) await this.prepare(cases, round);
    await this.relay.kill();
    this.heard = [];
    await Promise.all(cases.map(({ slot, plan }) => plan.begin(slot, this.actors)));
    for (const { slot, step } of cases) if (step !== undefined) this.armed.set(keyOf(slot), step);
    await this.relay.lead();
    await this.until(cases.map(({ slot, plan }) => ({ slot, ...plan.after })));
  }

  private async prepare(cases: readonly Case[], round: number): Promise<void> {
    const those = cases.flatMap(({ slot, plan }) => {
      const wanted = plan.before[round];
      return wanted === undefined ? [] : [{ slot, plan, wanted }];
    });
    await Promise.all(those.map(({ slot, wanted }) => this.ask(slot, wanted, round)));
    const ready = those.filter(({ plan }) => plan.cannotStart !== true);
    await this.until(ready.map(({ slot, wanted }) => ({ slot, wanted, wasOrphaned: false })));
    for (const { slot } of those.filter(({ plan }) => plan.cannotStart === true)) await this.untilUnschedulable(slot);
  }

  private ask(slot: Slot, wanted: Wanted, round: number): Promise<void> {
    const { person } = this.actors;
    if (round === 0) return person.does({ slot, kind: 'create', wanted });
    const { running } = wanted;
    return person.does({ slot, kind: 'change', to: { running }, stops: !running });
  }

  private async until(outcomes: readonly Outcome[]): Promise<void> {
    let left: string[] = [];
    const ours = (problem: string) => outcomes.some(({ slot }) => problem.startsWith(`${keyOf(slot)}: `));
    await waitUntil('the cluster is as planned', this.options.settleMs, async () => {
      await this.relay?.check();
      left = (await this.compare(outcomes)).filter(ours);
      return left.length === 0;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}:\n  ${left.join('\n  ')}`);
    });
  }

  private async untilUnschedulable(slot: Slot): Promise<void> {
    type Pod = { readonly status?: { readonly conditions?: readonly { readonly reason?: string }[] } };
    await waitUntil(`${keyOf(slot)} finds no node`, this.options.settleMs, async () => {
      const pod = await this.actors.admin.find<Pod>(childPath('pods', slot));
      return pod?.status?.conditions?.some(({ reason }) => reason === 'Unschedulable') === true;
    });
  }

  private hear(step: Step | undefined): boolean {
    if (step === undefined) return false;
    this.heard.push(step);
    if (this.armed.get(step.workspace) !== step.step) return false;
    return this.armed.delete(step.workspace);
  }

  private stepsOf(slot: Slot): string[] {
    const steps = this.heard.filter(({ workspace }) => workspace === keyOf(slot)).map(({ step }) => step);
    return [...new Set(steps)];
  }
}

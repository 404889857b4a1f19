/**
 * Keeps every run on its way: observe → plan → apply → report, again and again while there is anything to care for, and
 * not at all otherwise. A pass looks at all runs, then decides for all of them in one go (so that the queue is just), then
 * begins what is to be done; for one run, only one thing is done at a time.
 */
import { planQueue, planRun } from '@berth/operator/plan';
import type { QueuePlace, RunAction, RunPlan } from '@berth/operator/plan';
import type { AttemptEnding } from './attempt-ending.js';
import type { AttemptRunner } from './attempt-runner.js';
import type { ComputeClaim, PlatformCompute, PlatformLog, RunEnvironments } from './ports.js';
import { liveAttempt } from './run-record.js';
import type { RunObserver } from './run-observer.js';
import type { TrackedRun } from './tracked-run.js';

const CALM_MS = 500;
/** While something begins or ends, people wait for it. */
const BUSY_MS = 100;

export interface RunLoopDeps {
  readonly runs: ReadonlyMap<string, TrackedRun>;
  readonly compute: Pick<PlatformCompute, 'capacities' | 'pickDevices'>;
  /** All that hold or wait for compute, the runs among them. */
  readonly claims: () => readonly ComputeClaim[];
  readonly observer: RunObserver;
  readonly runner: AttemptRunner;
  readonly ending: AttemptEnding;
  readonly environments: RunEnvironments;
  readonly clock: () => Date;
  readonly log: PlatformLog;
  /** Tell who listens what has changed; called after each pass. */
  readonly announce: () => void;
}

export class RunLoop {
  private chain: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly deps: RunLoopDeps) {}

  /** Looks soon. */
  nudge(): void {
    void this.pass();
  }

  /** Looks now, or joins a look that has not begun; done when it is. What it has begun may take longer. */
  pass(): Promise<void> {
    this.next ??= this.chain = this.chain.then(async () => {
      this.next = undefined;
      await this.once().catch((error: unknown) => {
        this.deps.log.error('a look at the runs failed; the next one is tried', { error });
        this.schedule(CALM_MS);
      });
    });
    return this.next;
  }

  /** Looks until what is wanted of this run now is done. */
  async settle(run: TrackedRun): Promise<void> {
    run.preparation?.abort();
    await run.applying;
    await this.pass();
    await run.applying;
    await this.pass();
  }

  /** Lets what was begun come to an end and begins nothing more. Preparations are cut; runs go on by themselves. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.chain;
    for (const run of this.deps.runs.values()) run.preparation?.abort();
    await Promise.all([...this.deps.runs.values()].flatMap(run => run.applying ?? []));
    await Promise.all([...this.deps.runs.values()].map(run => run.save()));
  }

  private async once(): Promise<void> {
    if (this.isClosed) return;
    clearTimeout(this.timer);
    const idle = [...this.deps.runs.values()].filter(run => run.needsCare && run.applying === undefined);
    const seen = await Promise.all(idle.map(run => this.observe(run)));
    const places = this.places();
    const rechecks = idle.map((run, index) => (seen[index] === true ? this.decide(run, places) : undefined));
    this.deps.announce();
    this.schedule(Math.min(...rechecks.filter(ms => ms !== undefined), Infinity));
  }

  private places(): ReadonlyMap<string, QueuePlace> {
    const { compute, claims } = this.deps;
    const all = claims();
    return planQueue(all, compute.capacities(all));
  }

  /** Its own devices to be; with none it goes on waiting: what is admitted may have been taken since the last look. */
  private pickDevices(run: TrackedRun): readonly string[] | undefined {
    const { compute, claims } = this.deps;
    const { offer, processes } = run.record.request;
    return compute.pickDevices(offer, processes, claims());
  }

  private async observe(run: TrackedRun): Promise<boolean> {
    try {
      await this.deps.observer.observe(run);
      return true;
    } catch (error: unknown) {
      this.note(run, 'a run could not be looked at; it is tried again', error);
      return false;
    }
  }

  /** Decides what is next for one run and begins it; returns when to look again at the latest. */
  private decide(run: TrackedRun, places: ReadonlyMap<string, QueuePlace>): number | undefined {
    const live = liveAttempt(run.record);
    if (live !== undefined && run.sight.exit !== undefined) {
      const { exit } = run.sight;
      this.begin(run, () => this.deps.ending.record(run, live.number, exit));
      return undefined;
    }
    run.place = places.get(run.id);
    const devices = run.place?.place === 'admitted' ? this.pickDevices(run) : undefined;
    const plan = planRun(run.observed(devices !== undefined), this.deps.clock());
    run.status = plan.status;
    const steps = this.stepsOf(run, plan, devices ?? []);
    if (steps.length > 0) this.begin(run, () => this.inTurn(run, steps));
    return plan.recheckAfterMs;
  }

  /** The plan's actions, and what is left to do of earlier ones. */
  private stepsOf(run: TrackedRun, plan: RunPlan, devices: readonly string[]): (() => Promise<void>)[] {
    const start = this.startStep(run, plan);
    if (start !== undefined) return [start];
    const steps = plan.actions.map(action => () => this.act(run, action, devices));
    if (steps.length === 0 && !run.isSaved) steps.push(async () => void (await run.save()));
    return steps;
  }

  /**
   * What an attempt needs that nobody has taken up. A launcher of ours that has ended without doing so decides before the
   * plan, which after some time asks for a start at each look; only a stop goes first.
   */
  private startStep(run: TrackedRun, plan: RunPlan): (() => Promise<void>) | undefined {
    const live = liveAttempt(run.record);
    const isStop = plan.actions.some(action => action.kind === 'stop-attempt');
    if (live === undefined || run.sight.state !== 'starting' || isStop) return undefined;
    const hand = run.handOf(live.number);
    if (hand.launcherEnd !== undefined) return () => this.deps.runner.giveUp(run, live.number);
    return hand.launched ? undefined : () => this.deps.runner.start(run, live.number, live.devices);
  }

  private async act(run: TrackedRun, action: RunAction, devices: readonly string[]): Promise<void> {
    const { runner, ending, environments } = this.deps;
    const nowMs = this.deps.clock().getTime();
    switch (action.kind) {
      case 'create-environment':
        await environments.create(run.record.request.environment);
        return;
      case 'start-attempt':
        return runner.start(run, action.number, devices);
      case 'stop-attempt':
        return runner.stop(run, action.number, action.reason);
      case 'reap-attempt':
        return runner.reap(run, action.number);
      case 'end-attempt':
        return ending.recordOutcome(run, action.number, action.outcome, nowMs);
      case 'end-run':
        run.update({ ended: { ...action.outcome, endedAtMs: nowMs } });
        await run.save();
    }
  }

  private async inTurn(run: TrackedRun, steps: readonly (() => Promise<void>)[]): Promise<void> {
    for (const step of steps) await step();
    await run.save();
  }

  /** Begins something for a run that nothing is done for. What fails is tried again: the next look finds it undone. */
  private begin(run: TrackedRun, act: () => Promise<void>): void {
    const before = run.record;
    run.applying = act()
      .then(() => {
        run.trouble = undefined;
      })
      .catch((error: unknown) => this.note(run, 'a step of a run failed; it is tried again', error))
      .then(() => {
        run.applying = undefined;
        // a step that changed nothing is repeated by the clock, not at once
        if (run.isSaved && run.record !== before) this.nudge();
        else this.schedule(CALM_MS);
      });
  }

  /** What goes wrong again and again in the same way is said once. */
  private note(run: TrackedRun, message: string, error: unknown): void {
    const trouble = `${message}: ${error instanceof Error ? error.message : String(error)}`;
    if (run.trouble !== trouble) this.deps.log.warn(message, { run: run.id, error });
    run.trouble = trouble;
  }

  private schedule(recheckAfterMs: number): void {
    clearTimeout(this.timer);
    const careful = [...this.deps.runs.values()].filter(run => run.needsCare);
    if (this.isClosed || careful.length === 0) return;
    const isBusy = careful.some(
      run => ['Starting', 'Stopping'].includes(run.status.phase) && run.saveProblem === undefined
    );
    this.timer = setTimeout(() => this.nudge(), Math.min(isBusy ? BUSY_MS : CALM_MS, recheckAfterMs)).unref();
  }
}

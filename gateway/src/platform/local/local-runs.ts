/**
 * The runs of this machine: processes under our launcher, files. They belong to nobody's life but their own: they go on
 * when the gateway ends, and the next one takes them up again.
 */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { BundleStore, DEFAULT_BUNDLE_LIMITS } from '../../bundle/index.js';
import type { BundleLimits } from '../../bundle/index.js';
import { PlatformError } from '../../contract/index.js';
import type { LogPage, LogQuery, RunSubmission, RunView, Verdict } from '../../contract/index.js';
import type { Actor } from '../platform.js';
import { AttemptEnding } from './attempt-ending.js';
import { AttemptRunner } from './attempt-runner.js';
import type { ChangeFeed } from './change-feed.js';
import type { LauncherOptions } from './launcher.js';
import type { ComputeClaim, PlatformCompute, PlatformLog, RunEnvironments } from './ports.js';
import { endsOf, runClaims } from './queue-sight.js';
import type { QueueSight } from './queue-sight.js';
import { RunLogs } from './run-logs.js';
import { RunLoop } from './run-loop.js';
import { RunObserver } from './run-observer.js';
import { RunShelf } from './run-shelf.js';
import { RunStore } from './run-store.js';
import { runView } from './run-view.js';
import { checkSubmission } from './submission-check.js';
import type { CheckedSubmission } from './submission-check.js';
import { strangerWarnings } from './stranger-warnings.js';
import { Submissions } from './submissions.js';
import type { TrackedRun } from './tracked-run.js';
import { verdictView } from './verdict-view.js';

const SUFFIX_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const SUFFIX_LENGTH = 5;

export interface LocalRunsOptions {
  /** Private to these runs; one gateway uses it at a time. */
  readonly dataFolder: string;
  readonly launcher: LauncherOptions;
  readonly environments: RunEnvironments;
  readonly compute: PlatformCompute;
  /** Who else holds or waits for compute. */
  readonly others: () => readonly ComputeClaim[];
  readonly feed: ChangeFeed;
  /** Called after each look at the runs, when what has changed of them was told. */
  readonly onLook: () => void;
  readonly log: PlatformLog;
  readonly clock: () => Date;
  readonly bundleLimits?: BundleLimits | undefined;
  readonly randomSuffix?: (() => string) | undefined;
}

export class LocalRuns {
  private readonly shelf: RunShelf;
  private readonly logReader: RunLogs;
  private readonly observer: RunObserver;
  private readonly loop: RunLoop;
  private readonly submissions: Submissions;
  private isLoaded = false;

  constructor(private readonly options: LocalRunsOptions) {
    const { dataFolder, environments, compute, feed, launcher, log, clock } = options;
    const store = new RunStore(join(dataFolder, 'runs'));
    const bundles = new BundleStore(join(dataFolder, 'bundles'));
    this.logReader = new RunLogs(store);
    const shared = { store, bundles, environments, compute, launcher, feed, clock, log };
    const ending = new AttemptEnding(shared);
    const observer = new RunObserver({ ...shared, onLog: (run, attempt) => feed.logGrew(run.id, attempt) });
    const runner = new AttemptRunner({ ...shared, ending, nudge: () => this.nudge() });
    this.observer = observer;
    this.shelf = new RunShelf({ ...shared, ending, observer });
    const { runs } = this.shelf;
    const claims = (): ComputeClaim[] => this.allClaims();
    const announce = (): void => this.announce();
    this.loop = new RunLoop({ ...shared, runs, claims, observer, runner, ending, announce });
    const check = this.check.bind(this);
    this.submissions = new Submissions({
      ...shared,
      runs,
      check,
      randomSuffix: options.randomSuffix ?? randomSuffix
    });
  }

  /** Takes up the runs that there are; nothing is decided before all are known. */
  async load(): Promise<void> {
    await this.shelf.load();
    this.isLoaded = true;
  }

  /** Looks at all of them once: finishes those that have ended meanwhile, starts those that may. */
  async start(): Promise<void> {
    await this.loop.pass();
  }

  /** What the runs hold and wait for. */
  claims(): ComputeClaim[] {
    return runClaims(this.shelf.runs.values(), this.options.clock());
  }

  /** Those that have not ended, with the environment that each needs. */
  users(): { readonly id: string; readonly name: string; readonly environment: string }[] {
    const open = [...this.shelf.runs.values()].filter(run => !run.isFinal);
    return open.map(({ id, record }) => ({ id, name: record.stem, environment: record.request.environment }));
  }

  /** Those that cannot start before this environment is made. */
  waitingFor(environment: string): string[] {
    const waiting = [...this.shelf.runs.values()].filter(run => isWaitingForEnvironment(run, environment));
    return waiting.map(run => run.id);
  }

  /** Looks soon. */
  nudge(): void {
    if (this.isLoaded) this.loop.nudge();
  }

  async verdict(actor: Actor, submission: RunSubmission, signal: AbortSignal): Promise<Verdict> {
    const checked = await this.check(actor, submission, signal);
    const strangers = checked.planned.verdict === 'now' ? this.strangersFor(submission) : [];
    return verdictView(submission, { ...checked, warnings: [...checked.warnings, ...strangers] });
  }

  async submit(actor: Actor, submission: RunSubmission, signal: AbortSignal): Promise<RunView> {
    const { run, isNew } = await this.submissions.submit(actor, submission, signal);
    if (isNew) {
      await this.remakeFailedEnvironment(run).catch((error: unknown) => {
        this.options.log.warn('an environment could not be made anew', { run: run.id, error }); // the run will say so
      });
      await this.loop.pass();
    }
    return runView(run);
  }

  /** All runs, newest first. */
  list(): RunView[] {
    const runs = [...this.shelf.runs.values()].sort((a, b) => b.record.submittedAtMs - a.record.submittedAtMs);
    return runs.map(run => runView(run));
  }

  async get(id: string): Promise<RunView> {
    const run = this.shelf.find(id);
    if (run.isFinal) await this.observer.lookAtResults(run);
    return runView(run);
  }

  async cancel(id: string): Promise<RunView> {
    const run = this.shelf.find(id);
    if (run.isFinal) throw new PlatformError('conflict', `${id} is ${run.status.phase}; there is nothing to cancel.`);
    if (run.record.stopRequested?.reason !== 'cancel') {
      run.update({ stopRequested: { atMs: this.options.clock().getTime(), reason: 'cancel' } });
      await run.save();
      await this.loop.settle(run);
    }
    return runView(run);
  }

  async retry(id: string): Promise<RunView> {
    await this.remakeFailedEnvironment(this.requireRetriable(id));
    await this.shelf.find(id).applying;
    const run = this.requireRetriable(id); // once more: nothing is awaited from here on, so only one of two retries counts
    run.update({ stopRequested: null, ended: null, retryAfterAttempt: run.record.attempts.at(-1)?.number ?? 0 });
    run.status = { phase: 'Queued' };
    await run.save();
    await this.loop.pass();
    return runView(run);
  }

  async remove(id: string): Promise<void> {
    await this.shelf.remove(id);
  }

  async logs(id: string, query: LogQuery): Promise<LogPage> {
    return this.logReader.page(this.shelf.find(id).record, query);
  }

  async *logText(id: string, query: Pick<LogQuery, 'rank' | 'attempt'>): AsyncGenerator<string> {
    yield* this.logReader.text(this.shelf.find(id).record, query);
  }

  /** Lets what was begun come to an end; the runs go on. */
  async close(): Promise<void> {
    await this.loop.close();
  }

  private allClaims(): ComputeClaim[] {
    return [...this.claims(), ...this.options.others()];
  }

  private requireRetriable(id: string): TrackedRun {
    const run = this.shelf.findEnded(id, 'it can be retried when it has ended');
    if (run.damage !== undefined) {
      throw new PlatformError('conflict', `The record of ${id} cannot be read, so it cannot be retried.`);
    }
    if (run.status.phase !== 'Succeeded') return run;
    throw new PlatformError('conflict', `${id} has Succeeded; submit the notebook again to train anew.`);
  }

  /** A run that starts anew gives its environment another chance. */
  private async remakeFailedEnvironment(run: TrackedRun): Promise<void> {
    const name = run.record.request.environment;
    const { state } = await this.options.environments.get(name);
    if (state === 'failed') await this.options.environments.create(name);
  }

  private announce(): void {
    const { feed, onLook } = this.options;
    for (const run of this.shelf.runs.values()) if (run.takeNews()) feed.run(runView(run));
    feed.tellLogs(id => this.shelf.runs.get(id)?.isFinal ?? true);
    onLook();
  }

  private check(actor: Actor, submission: RunSubmission, signal: AbortSignal): Promise<CheckedSubmission> {
    const { environments, bundleLimits = DEFAULT_BUNDLE_LIMITS } = this.options;
    return checkSubmission({ environments, bundleLimits }, actor, submission, this.queueSight(), signal);
  }

  private strangersFor({ offer, processes }: RunSubmission): string[] {
    const { compute } = this.options;
    const claims = this.allClaims();
    return strangerWarnings(compute.offers(claims), compute.pickDevices(offer, processes, claims) ?? []);
  }

  private queueSight(): QueueSight {
    const { compute, clock } = this.options;
    const entries = this.allClaims();
    return { capacities: compute.capacities(entries), entries, endsInMs: endsOf(this.shelf.runs.values(), clock()) };
  }
}

function isWaitingForEnvironment(run: TrackedRun, name: string): boolean {
  return run.record.request.environment === name && run.status.reason?.code === 'CreatingEnvironment';
}

function randomSuffix(): string {
  return Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)]).join('');
}

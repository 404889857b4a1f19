/**
 * The platform on this machine: its processors, local Python environments, processes under our launcher, files.
 * Runs belong to nobody's life but their own: they go on when the gateway ends, and the next one takes them up again.
 */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { BundleStore, DEFAULT_BUNDLE_LIMITS } from '../../bundle/index.js';
import type { BundleLimits } from '../../bundle/index.js';
import { PlatformError } from '../../contract/index.js';
import type {
  Environment,
  LogPage,
  LogQuery,
  Offer,
  PlatformChange,
  RunSubmission,
  RunView,
  Verdict
} from '../../contract/index.js';
import { makePrivateFolder } from '../../store/index.js';
import type { Actor, Platform } from '../platform.js';
import { AttemptEnding } from './attempt-ending.js';
import { AttemptRunner } from './attempt-runner.js';
import { ChangeFeed } from './change-feed.js';
import { capacitiesOf, measureMachine } from './offers.js';
import type { Machine } from './offers.js';
import type { PlatformLog, RunEnvironments } from './ports.js';
import { offersNow, queueSight } from './queue-sight.js';
import type { QueueSight } from './queue-sight.js';
import { RunLogs } from './run-logs.js';
import { RunLoop } from './run-loop.js';
import { RunObserver } from './run-observer.js';
import { RunShelf } from './run-shelf.js';
import { RunStore } from './run-store.js';
import { inheritedVariables } from './run-variables.js';
import { runView } from './run-view.js';
import { checkSubmission } from './submission-check.js';
import { Submissions } from './submissions.js';
import type { TrackedRun } from './tracked-run.js';
import { verdictView } from './verdict-view.js';

const SUFFIX_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const SUFFIX_LENGTH = 5;

export interface LocalPlatformOptions {
  /** Private to this platform; one gateway uses it at a time. */
  readonly dataFolder: string;
  /** The Python package `berth_launcher`. */
  readonly launcherFolder: string;
  /** An interpreter for cleaning up after launchers; any from 3.10 on. */
  readonly pythonPath: string;
  /** Stays the caller's: it is not closed with the platform. */
  readonly environments: RunEnvironments;
  /** The variables of this process; what runs inherit is chosen from them. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly log: PlatformLog;
  readonly bundleLimits?: BundleLimits;
  /** Default: this machine, measured. */
  readonly machine?: Machine;
  readonly clock?: () => Date;
  readonly randomSuffix?: () => string;
}

export class LocalPlatform implements Platform {
  private readonly shelf: RunShelf;
  private readonly clock: () => Date;
  private readonly environmentSet: RunEnvironments;
  private readonly store: RunStore;
  private readonly bundles: BundleStore;
  private readonly logReader: RunLogs;
  private readonly feed: ChangeFeed;
  private readonly observer: RunObserver;
  private readonly loop: RunLoop;
  private readonly submissions: Submissions;
  private readonly stopListening: () => void;
  private isClosed = false;

  /** Opens the data folder, takes up the runs in it that live, and finishes those that have ended meanwhile. */
  static async open(options: LocalPlatformOptions): Promise<LocalPlatform> {
    await makePrivateFolder(options.dataFolder);
    const platform = new LocalPlatform(options, options.machine ?? (await measureMachine()));
    await platform.start();
    return platform;
  }

  private constructor(
    private readonly options: LocalPlatformOptions,
    private readonly machine: Machine
  ) {
    const { dataFolder, environments, log } = options;
    this.clock = options.clock ?? (() => new Date());
    this.environmentSet = environments;
    this.store = new RunStore(join(dataFolder, 'runs'));
    this.bundles = new BundleStore(join(dataFolder, 'bundles'));
    this.logReader = new RunLogs(this.store);
    this.feed = new ChangeFeed(this.clock, log);
    const shared = { store: this.store, bundles: this.bundles, environments, clock: this.clock, log };
    const ending = new AttemptEnding(shared);
    this.observer = new RunObserver({ ...shared, onLog: (run, attempt) => this.feed.logGrew(run.id, attempt) });
    const launcher = {
      launcherFolder: options.launcherFolder,
      fallbackPython: options.pythonPath,
      variables: inheritedVariables(options.variables)
    };
    const nudge = (): void => this.loop.nudge();
    const runner = new AttemptRunner({ ...shared, launcher, ending, nudge });
    const { observer, feed } = this;
    this.shelf = new RunShelf({ ...shared, launcher, ending, observer, feed });
    const { runs } = this.shelf;
    const announce = (): void => this.announce();
    this.loop = new RunLoop({ ...shared, runs, capacities: capacitiesOf(machine), observer, runner, ending, announce });
    this.submissions = new Submissions({
      ...shared,
      runs,
      randomSuffix: options.randomSuffix ?? randomSuffix,
      check: (actor, submission, signal) =>
        checkSubmission(this.checkDeps, actor, submission, this.queueSight(), signal)
    });
    this.stopListening = environments.onChange(environment => {
      this.feed.tell({ type: 'environment', environment });
      nudge();
    });
  }

  async offers(_actor: Actor): Promise<Offer[]> {
    return this.offersNow();
  }

  async verdict(actor: Actor, submission: RunSubmission, signal: AbortSignal): Promise<Verdict> {
    return verdictView(submission, await checkSubmission(this.checkDeps, actor, submission, this.queueSight(), signal));
  }

  async environments(_actor: Actor): Promise<Environment[]> {
    return this.environmentSet.list();
  }

  async createEnvironment(_actor: Actor, name: string): Promise<Environment> {
    return this.environmentSet.create(name);
  }

  /** Also cancels the runs that wait for it: they would have it made again at once. */
  async cancelEnvironment(actor: Actor, name: string): Promise<Environment> {
    const waiting = [...this.shelf.runs.values()].filter(run => isWaitingForEnvironment(run, name));
    await Promise.all(waiting.map(run => this.cancel(actor, run.id)));
    return this.environmentSet.cancel(name);
  }

  async submit(actor: Actor, submission: RunSubmission, signal: AbortSignal): Promise<RunView> {
    this.requireOpen();
    const { run, isNew } = await this.submissions.submit(actor, submission, signal);
    if (isNew) {
      await this.remakeFailedEnvironment(run).catch((error: unknown) => {
        this.options.log.warn('an environment could not be made anew', { run: run.id, error }); // the run will say so
      });
      await this.loop.pass();
    }
    return runView(run);
  }

  async runs(_actor: Actor): Promise<RunView[]> {
    const runs = [...this.shelf.runs.values()].sort((a, b) => b.record.submittedAtMs - a.record.submittedAtMs);
    return runs.map(run => runView(run));
  }

  async run(_actor: Actor, id: string): Promise<RunView> {
    const run = this.shelf.find(id);
    if (run.isFinal) await this.observer.lookAtResults(run);
    return runView(run);
  }

  async cancel(_actor: Actor, id: string): Promise<RunView> {
    this.requireOpen();
    const run = this.shelf.find(id);
    if (run.isFinal) throw new PlatformError('conflict', `${id} is ${run.status.phase}; there is nothing to cancel.`);
    if (run.record.stopRequested?.reason !== 'cancel') {
      run.update({ stopRequested: { atMs: this.clock().getTime(), reason: 'cancel' } });
      await run.save();
      await this.loop.settle(run);
    }
    return runView(run);
  }

  async retry(_actor: Actor, id: string): Promise<RunView> {
    this.requireOpen();
    await this.remakeFailedEnvironment(this.requireRetriable(id));
    await this.shelf.find(id).applying;
    const run = this.requireRetriable(id); // once more: nothing is awaited from here on, so only one of two retries counts
    run.update({ stopRequested: null, ended: null, retryAfterAttempt: run.record.attempts.at(-1)?.number ?? 0 });
    run.status = { phase: 'Queued' };
    await run.save();
    await this.loop.pass();
    return runView(run);
  }

  async delete(_actor: Actor, id: string): Promise<void> {
    this.requireOpen();
    await this.shelf.remove(id);
  }

  async logs(_actor: Actor, id: string, query: LogQuery): Promise<LogPage> {
    return this.logReader.page(this.shelf.find(id).record, query);
  }

  async *logText(_actor: Actor, id: string, query: Pick<LogQuery, 'rank' | 'attempt'>): AsyncGenerator<string> {
    yield* this.logReader.text(this.shelf.find(id).record, query);
  }

  onChange(listener: (change: PlatformChange) => void): () => void {
    return this.feed.listen(listener);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.stopListening();
    await this.loop.close();
  }

  private requireRetriable(id: string): TrackedRun {
    const run = this.shelf.findEnded(id, 'it can be retried when it has ended');
    if (run.damage !== undefined) {
      throw new PlatformError('conflict', `The record of ${id} cannot be read, so it cannot be retried.`);
    }
    if (run.status.phase !== 'Succeeded') return run;
    throw new PlatformError('conflict', `${id} has Succeeded; submit the notebook again to train anew.`);
  }

  private async start(): Promise<void> {
    await this.shelf.load();
    this.feed.offersAre(this.offersNow(), true);
    await this.loop.pass();
  }

  /** A run that starts anew gives its environment another chance. */
  private async remakeFailedEnvironment(run: TrackedRun): Promise<void> {
    const name = run.record.request.environment;
    const { state } = await this.environmentSet.get(name);
    if (state === 'failed') await this.environmentSet.create(name);
  }

  private announce(): void {
    for (const run of this.shelf.runs.values()) if (run.takeNews()) this.feed.run(runView(run));
    this.feed.tellLogs(id => this.shelf.runs.get(id)?.isFinal ?? true);
    this.feed.offersAre(this.offersNow());
  }

  private offersNow(): Offer[] {
    return offersNow([...this.shelf.runs.values()], this.machine, this.clock());
  }

  private get checkDeps(): Parameters<typeof checkSubmission>[0] {
    const { environments, bundleLimits = DEFAULT_BUNDLE_LIMITS } = this.options;
    return { environments, bundleLimits };
  }

  private queueSight(): QueueSight {
    return queueSight([...this.shelf.runs.values()], this.machine, this.clock());
  }

  private requireOpen(): void {
    if (this.isClosed) throw new PlatformError('shutting-down', 'The gateway is going down; try again in a moment.');
  }
}

function isWaitingForEnvironment(run: TrackedRun, name: string): boolean {
  return run.record.request.environment === name && run.status.reason?.code === 'CreatingEnvironment';
}

function randomSuffix(): string {
  return Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)]).join('');
}

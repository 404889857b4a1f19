/** The runs that this gateway knows, in memory and on disk: takes them up at the start, and lets them go for good. */
import { planRun } from '@berth/operator/plan';
import type { BundleStore } from '../../bundle/index.js';
import { PlatformError } from '../../contract/index.js';
import type { AttemptEnding } from './attempt-ending.js';
import type { ChangeFeed } from './change-feed.js';
import { damagedRecord, stopDamagedRun } from './damaged-run.js';
import type { DamagedRun } from './damaged-run.js';
import type { LauncherOptions } from './launcher.js';
import type { PlatformLog } from './ports.js';
import type { RunObserver } from './run-observer.js';
import type { RunStore } from './run-store.js';
import { runView } from './run-view.js';
import { TrackedRun } from './tracked-run.js';

export interface RunShelfDeps {
  readonly store: RunStore;
  readonly bundles: BundleStore;
  readonly ending: AttemptEnding;
  readonly observer: RunObserver;
  readonly feed: ChangeFeed;
  readonly launcher: LauncherOptions;
  readonly clock: () => Date;
  readonly log: PlatformLog;
}

export class RunShelf {
  readonly runs = new Map<string, TrackedRun>();
  private readonly leaving = new Set<string>();

  constructor(private readonly deps: RunShelfDeps) {}

  /** Takes up all runs on disk; one that cannot be read is there as well, lost and with the reason. */
  async load(): Promise<void> {
    const { store, ending, observer, feed } = this.deps;
    const { records, damaged } = await store.load();
    for (const one of damaged) await this.takeUpDamaged(one);
    for (const record of records) {
      const run = this.add(new TrackedRun(record, store));
      await ending.tidy(run);
      await observer.lookAtResults(run);
    }
    for (const run of this.runs.values()) if (run.isFinal) feed.run(runView(run), true);
    await this.collectGarbage();
  }

  /** @throws PlatformError `not-found` */
  find(id: string): TrackedRun {
    const run = this.runs.get(id);
    if (run === undefined) throw new PlatformError('not-found', `There is no run ${id}.`);
    return run;
  }

  /** @throws PlatformError `conflict` for one that has not ended, `not-found` for one that is not there (any more) */
  findEnded(id: string, advice: string): TrackedRun {
    const run = this.find(id);
    if (!run.isFinal) throw new PlatformError('conflict', `${id} is ${run.status.phase}; ${advice}.`);
    if (this.leaving.has(id)) throw new PlatformError('conflict', `${id} is being deleted.`);
    return run;
  }

  /** Removes a run that has ended: first from the disk, so that a failure leaves all as it was. */
  async remove(id: string): Promise<void> {
    const { store, feed, log } = this.deps;
    await this.find(id).applying;
    const run = this.findEnded(id, 'cancel it first, then delete it');
    this.leaving.add(id);
    try {
      if (run.damage !== undefined) await this.requireStopped(id);
      await store.putAway(id);
      this.runs.delete(id);
      feed.runDeleted(id);
    } finally {
      this.leaving.delete(id);
    }
    await store.removeAway(id).catch((error: unknown) => {
      log.warn('what is left of a deleted run could not be removed; the next start does it', { run: id, error });
    });
    await this.collectGarbage();
  }

  /** Removes bundles that no run needs. While a record cannot be read, nobody knows which those are. */
  private async collectGarbage(): Promise<void> {
    const { bundles, log } = this.deps;
    const all = [...this.runs.values()];
    if (all.some(run => run.damage !== undefined)) return;
    try {
      await bundles.collectGarbage(new Set(all.map(run => run.record.bundle.digest)));
    } catch (error: unknown) {
      log.warn('bundles that nobody needs could not be removed; it is tried again', { error });
    }
  }

  private add(run: TrackedRun): TrackedRun {
    run.status = planRun(run.observed(false), this.deps.clock()).status;
    this.runs.set(run.id, run);
    return run;
  }

  private async takeUpDamaged(one: DamagedRun): Promise<void> {
    const { store, log } = this.deps;
    log.error('the record of a run cannot be read', { run: one.id, problem: one.problem });
    this.add(new TrackedRun(damagedRecord(one), store, one.problem));
    await this.stopDamaged(one.id).catch((error: unknown) => {
      log.error('a run without a record could not be stopped', { run: one.id, error });
    });
  }

  private async requireStopped(id: string): Promise<void> {
    const living = await this.stopDamaged(id);
    if (living > 0) throw new PlatformError('conflict', `${id} is being stopped; delete it when it has ended.`);
  }

  private stopDamaged(id: string): Promise<number> {
    const { store, launcher, clock } = this.deps;
    return stopDamagedRun(store, launcher, id, clock().getTime());
  }
}

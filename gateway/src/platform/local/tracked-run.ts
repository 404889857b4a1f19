/**
 * One run in the memory of this gateway: its record, and what was last seen of it. The record changes here first and is
 * saved before anybody is told; a save that fails (a full disk) is tried again and said, never forgotten.
 */
import { isFinalPhase } from '@berth/operator/plan';
import type { ObservedRun, QueuePlace, RunStatus } from '@berth/operator/plan';
import type { RankRecord } from './attempt-files.js';
import type { LauncherEnd } from './launcher.js';
import type { AttemptSight } from './observe-attempt.js';
import type { ProgressTail } from './progress-tail.js';
import { NO_RESULTS } from './results-folder.js';
import type { Results } from './results-folder.js';
import { liveAttempt, observedRun } from './run-record.js';
import type { AttemptRecord, RunRecord } from './run-record.js';
import type { RunStore } from './run-store.js';

/** What this gateway has done for the attempt that lives; another gateway may have done more before it. */
export interface Hand {
  readonly number: number;
  /** It has started a launcher. */
  launched: boolean;
  /** That launcher has ended, well or not. */
  launcherEnd: LauncherEnd | undefined;
  stopAskedAtMs: number | undefined;
  tail: ProgressTail | undefined;
}

export class TrackedRun {
  record: RunRecord;
  status: RunStatus = { phase: 'Queued' };
  place: QueuePlace | undefined;
  environment: ObservedRun['environment'] = { state: 'absent' };
  /** Of the attempt that lives. */
  sight: AttemptSight = { state: 'starting' };
  ranks: readonly RankRecord[] = [];
  results: Results = NO_RESULTS;
  resultsSeenAtMs = 0;
  /** Why the record on disk is older than this one. */
  saveProblem: string | undefined;
  /** What went wrong last, while it goes wrong. */
  trouble: string | undefined;
  /** What of it was last announced: a run that has ended is not looked at again for that. */
  private announced: readonly unknown[] = [];
  /** What is being done for it now; nothing else is begun meanwhile. */
  applying: Promise<void> | undefined;
  /** Cuts the preparation of an attempt short. */
  preparation: AbortController | undefined;
  private hand: Hand | undefined;
  private isDirty = false;
  private saving: Promise<void> = Promise.resolve();

  constructor(
    record: RunRecord,
    private readonly store: RunStore,
    /** Why its record on disk cannot be read; `record` only stands in for it then. */
    readonly damage?: string
  ) {
    this.record = record;
  }

  get id(): string {
    return this.record.id;
  }

  get isFinal(): boolean {
    return isFinalPhase(this.status.phase);
  }

  /** Whether anything can happen to it by itself. */
  get needsCare(): boolean {
    return !this.isFinal || this.isDirty || liveAttempt(this.record) !== undefined;
  }

  get isSaved(): boolean {
    return !this.isDirty;
  }

  /** Whether listeners may have something to hear; asked once, and then taken for told. */
  takeNews(): boolean {
    if (this.isDirty && this.saveProblem === undefined) return false; // first it must be on disk
    const now = [this.record, this.status, this.results, this.saveProblem];
    const isOld = this.isFinal && now.every((part, index) => part === this.announced[index]);
    this.announced = now;
    return !isOld;
  }

  get tail(): ProgressTail | undefined {
    return this.hand?.tail;
  }

  /** What this gateway has done for the attempt; begun anew with each. */
  handOf(number: number): Hand {
    if (this.hand?.number !== number) {
      this.hand = { number, launched: false, launcherEnd: undefined, stopAskedAtMs: undefined, tail: undefined };
    }
    return this.hand;
  }

  /** What a plan may see of it. */
  observed(admitted: boolean): ObservedRun {
    const live = liveAttempt(this.record);
    // what has exited is over in all but name: its slots are held until its end is recorded
    const state = this.sight.state === 'exited' ? 'running' : this.sight.state;
    return observedRun(
      this.record,
      new Map(live === undefined ? [] : [[live.number, state]]),
      this.environment,
      admitted
    );
  }

  /** Changes the record in memory; `save` makes it last. */
  update(change: Partial<RunRecord>): void {
    this.record = { ...this.record, ...change };
    this.isDirty = true;
  }

  updateAttempt(number: number, change: Partial<AttemptRecord>): void {
    const attempts = this.record.attempts.map(one => (one.number === number ? { ...one, ...change } : one));
    this.update({ attempts });
  }

  /** Saves what has changed, one at a time and the newest last. Never throws: see `saveProblem`. */
  async save(): Promise<boolean> {
    this.saving = this.saving.then(() => this.saveNow());
    await this.saving;
    return !this.isDirty;
  }

  private async saveNow(): Promise<void> {
    if (!this.isDirty) return;
    const { record } = this;
    try {
      await this.store.save(record);
      if (this.record === record) this.isDirty = false;
      this.saveProblem = undefined;
    } catch (error: unknown) {
      this.saveProblem = error instanceof Error ? error.message : String(error);
    }
  }
}

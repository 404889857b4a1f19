/** Looks at one run: its environment, its living attempt, its logs and what it has left beside the notebook so far. */
import { join } from 'node:path';
import { isPlatformError } from '../../contract/index.js';
import { ATTEMPT_FILES, readRanks } from './attempt-files.js';
import { observeAttempt } from './observe-attempt.js';
import type { RunEnvironments } from './ports.js';
import { ProgressTail } from './progress-tail.js';
import { readResults, resultsFolderOf } from './results-folder.js';
import { liveAttempt } from './run-record.js';
import type { AttemptRecord } from './run-record.js';
import type { RunStore } from './run-store.js';
import type { TrackedRun } from './tracked-run.js';

/** Counting files costs more than a look at the processes. */
const RESULTS_EVERY_MS = 2_000;

export interface RunObserverDeps {
  readonly store: RunStore;
  readonly environments: RunEnvironments;
  readonly clock: () => Date;
  /** The logs of an attempt have grown. */
  readonly onLog: (run: TrackedRun, attempt: number) => void;
}

export class RunObserver {
  constructor(private readonly deps: RunObserverDeps) {}

  async observe(run: TrackedRun): Promise<void> {
    const live = liveAttempt(run.record);
    if (live === undefined) await this.lookAtEnvironment(run);
    else await this.lookAtAttempt(run, live);
  }

  /** Looks at what lies beside the notebook; a person may have removed it. */
  async lookAtResults(run: TrackedRun): Promise<void> {
    const { notebookFolder, stem, id } = run.record;
    run.results = await readResults(resultsFolderOf(notebookFolder, stem, id));
    run.resultsSeenAtMs = this.deps.clock().getTime();
  }

  private async lookAtEnvironment(run: TrackedRun): Promise<void> {
    if (run.isFinal) return;
    try {
      const { state, message } = await this.deps.environments.get(run.record.request.environment);
      run.environment = { state, message };
    } catch (error: unknown) {
      if (!isPlatformError(error) || error.code !== 'not-found') throw error;
      run.environment = { state: 'failed', message: error.message }; // its definition was taken away meanwhile
    }
  }

  private async lookAtAttempt(run: TrackedRun, { number, resumed }: AttemptRecord): Promise<void> {
    const nowMs = this.deps.clock().getTime();
    const folder = this.deps.store.attemptFolder(run.id, number);
    const hand = run.handOf(number);
    // from the end to the beginning: what is seen of logs and ranks belongs to the state that was seen before or to a later one
    run.sight = await observeAttempt(folder, nowMs);
    if (run.sight.state === 'starting') return;
    run.ranks = await readRanks(folder);
    hand.tail ??= new ProgressTail(join(folder, ATTEMPT_FILES.logs), resumed ? run.record.progress : []);
    if (await hand.tail.look()) this.deps.onLog(run, number);
    if (Math.abs(nowMs - run.resultsSeenAtMs) >= RESULTS_EVERY_MS) await this.lookAtResults(run);
  }
}

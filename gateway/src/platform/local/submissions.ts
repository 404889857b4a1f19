/**
 * Makes runs of submissions: look, take the snapshot, record, all or nothing. The same submission sent twice, one after
 * the other or at the same time, is one run.
 */
import type { BundleStore, FolderSurvey, StoredBundle } from '../../bundle/index.js';
import { gitState } from '../../bundle/index.js';
import type { BundleView, RunSubmission } from '../../contract/index.js';
import type { Actor } from '../platform.js';
import { runId, scriptNameOf } from './run-names.js';
import type { RunRecord } from './run-record.js';
import type { RunStore } from './run-store.js';
import type { CheckedSubmission } from './submission-check.js';
import { TrackedRun } from './tracked-run.js';
import { submissionError } from './verdict-view.js';

export interface SubmissionsDeps {
  readonly runs: Map<string, TrackedRun>;
  readonly store: RunStore;
  readonly bundles: BundleStore;
  readonly check: (actor: Actor, submission: RunSubmission, signal: AbortSignal) => Promise<CheckedSubmission>;
  readonly clock: () => Date;
  /** A few letters and digits that nobody can guess the next of. */
  readonly randomSuffix: () => string;
}

/** What a look must have found for a run to be made. */
type Complete = Required<CheckedSubmission>;

export class Submissions {
  private readonly making = new Map<string, Promise<TrackedRun>>();

  constructor(private readonly deps: SubmissionsDeps) {}

  /** The run of this submission: made now, or before. `isNew` says which. */
  async submit(
    actor: Actor,
    submission: RunSubmission,
    signal: AbortSignal
  ): Promise<{ run: TrackedRun; isNew: boolean }> {
    if (submission.submissionId === undefined) return { run: await this.make(actor, submission, signal), isNew: true };
    const key = JSON.stringify([actor.name, submission.submissionId]);
    for (;;) {
      const found = this.made(actor, submission.submissionId);
      if (found !== undefined) return { run: found, isNew: false };
      const other = this.making.get(key);
      if (other === undefined) break;
      await other.catch(() => undefined); // cut or refused: then it is our turn
      signal.throwIfAborted();
    }
    const own = this.make(actor, submission, signal);
    this.making.set(key, own);
    try {
      return { run: await own, isNew: true };
    } finally {
      this.making.delete(key);
    }
  }

  private made(actor: Actor, submissionId: string): TrackedRun | undefined {
    return [...this.deps.runs.values()].find(({ record }) => {
      return record.request.submissionId === submissionId && record.submittedBy === actor.name;
    });
  }

  private async make(actor: Actor, submission: RunSubmission, signal: AbortSignal): Promise<TrackedRun> {
    const checked = await this.deps.check(actor, submission, signal);
    if (!isComplete(checked)) throw submissionError(checked.findings);
    const [stored, git] = await Promise.all([
      this.deps.bundles.put(checked.entry.folder, checked.survey, signal),
      gitState(checked.entry.folder)
    ]);
    signal.throwIfAborted();
    const bundle = bundleView(stored, checked.survey, git);
    const record = this.record(actor, submission, checked, bundle);
    await this.deps.store.create(record, checked.script);
    const run = new TrackedRun(record, this.deps.store);
    this.deps.runs.set(run.id, run); // from here on it exists, whether or not its client is still there
    return run;
  }

  private record(actor: Actor, submission: RunSubmission, checked: Complete, bundle: BundleView): RunRecord {
    const { entry, survey, environment } = checked;
    return {
      version: 1,
      id: this.freeId(entry.stem),
      submittedBy: actor.name,
      submittedAtMs: this.deps.clock().getTime(),
      request: submission,
      stem: entry.stem,
      notebookFolder: entry.folder,
      resultsFolder: entry.resultsFolder,
      scriptName: scriptNameOf(entry, new Set(survey.files.map(file => file.path))),
      environmentHash: environment.hash,
      lockHash: environment.lockHash,
      bundle,
      attempts: [],
      stopRequested: null,
      retryAfterAttempt: null,
      ended: null,
      progress: []
    };
  }

  private freeId(stem: string): string {
    for (;;) {
      const id = runId(stem, this.deps.randomSuffix());
      if (!this.deps.runs.has(id)) return id;
    }
  }
}

function isComplete(checked: CheckedSubmission): checked is Complete {
  const { findings, entry, survey, script, environment } = checked;
  return findings.length === 0 && [entry, survey, script, environment].every(part => part !== undefined);
}

function bundleView(
  { digest, files, bytes, warnings }: StoredBundle,
  survey: FolderSurvey,
  git: { readonly commit: string | null; readonly dirty: boolean | null }
): BundleView {
  return {
    digest,
    files,
    bytes,
    gitCommit: git.commit,
    gitDirty: git.dirty,
    warnings: [...survey.warnings, ...warnings]
  };
}

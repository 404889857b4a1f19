/** Records how an attempt ended, after bringing home what it wrote. Repeating it after a crash does no harm. */
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cellOfLine, outcomeOf } from '@berth/operator/plan';
import type { ExitReport, Outcome } from '@berth/operator/plan';
import type { BundleStore } from '../../bundle/index.js';
import { ATTEMPT_FILES, readRanks } from './attempt-files.js';
import type { RankRecord } from './attempt-files.js';
import type { PlatformLog } from './ports.js';
import { readResults, resultsFolderOf } from './results-folder.js';
import type { RunStore } from './run-store.js';
import { rankView } from './run-view.js';
import type { TrackedRun } from './tracked-run.js';

/** Of the outputs that stayed behind, so many are told by name. */
const MOST_NAMED = 10;

export interface AttemptEndingDeps {
  readonly store: RunStore;
  readonly bundles: BundleStore;
  readonly clock: () => Date;
  readonly log: PlatformLog;
}

export class AttemptEnding {
  constructor(private readonly deps: AttemptEndingDeps) {}

  /** Records what the launcher reported, or what we report in its place. */
  async record(run: TrackedRun, number: number, report: ExitReport): Promise<void> {
    const located = await this.ranksOf(run, number);
    const ranks = report.ranks.map(end => {
      const lastError = located.find(rank => rank.rank === end.rank)?.lastError ?? null;
      return lastError === null ? end : { ...end, lastError };
    });
    const outcome = outcomeOf({ ...report, ranks }, run.record.request);
    await this.recordOutcome(run, number, outcome, report.endedAtMs);
  }

  /** Records an outcome that nobody reported. */
  async recordOutcome(run: TrackedRun, number: number, outcome: Outcome, endedAtMs: number): Promise<void> {
    const folder = this.deps.store.attemptFolder(run.id, number);
    await run.tail?.finish();
    const ranks = (await this.ranksOf(run, number)).map(rankView);
    const problem = await this.bringHome(run, join(folder, ATTEMPT_FILES.work));
    const message = problem === undefined ? outcome.message : `${outcome.message} ${problem}`;
    run.results = await readResults(resultsFolderOf(run.record.notebookFolder, run.record.stem, run.id));
    if (run.tail !== undefined) run.update({ progress: run.tail.progress });
    run.updateAttempt(number, { endedAtMs, outcome: { ...outcome, message }, ranks, keptWork: problem !== undefined });
    if ((await run.save()) && problem === undefined) await this.removeWork(folder);
  }

  /** Removes what ended attempts left behind when a crash or a full disk came between. */
  async tidy(run: TrackedRun): Promise<void> {
    for (const { number, outcome, keptWork } of run.record.attempts) {
      if (outcome !== null && !keptWork) await this.removeWork(this.deps.store.attemptFolder(run.id, number));
    }
  }

  /** The ranks, with the place of an error in the notebook where it can be told. */
  private async ranksOf(run: TrackedRun, number: number): Promise<RankRecord[]> {
    const ranks = await readRanks(this.deps.store.attemptFolder(run.id, number));
    if (ranks.every(rank => rank.lastError === null)) return ranks;
    const script = await this.deps.store.script(run.id).catch(() => '');
    return ranks.map(rank => ({ ...rank, lastError: locatedError(rank, run.record.scriptName, script) }));
  }

  /** New and changed files of the working folder go to the outputs; returns why that was not possible. */
  private async bringHome(run: TrackedRun, work: string): Promise<string | undefined> {
    const { notebookFolder, stem, bundle, request, scriptName } = run.record;
    try {
      await access(work);
    } catch {
      return undefined; // nothing was prepared, or it is all home
    }
    try {
      const { outputs } = resultsFolderOf(notebookFolder, stem, run.id);
      // a script that was made from a notebook is ours, not an output
      if (request.notebook.endsWith('.ipynb')) await rm(join(work, scriptName), { force: true });
      const { skipped, unplaced } = await this.deps.bundles.collectOutputs(bundle.digest, work, outputs);
      if (skipped.length > 0)
        this.deps.log.warn('some outputs stayed behind', { run: run.id, skipped: skipped.slice(0, 10) });
      return unplaced.length === 0 ? undefined : unplacedProblem(unplaced, work);
    } catch (error: unknown) {
      this.deps.log.warn('outputs could not be brought home', { run: run.id, error });
      const why = error instanceof Error ? error.message : String(error);
      return `What it wrote could not be put beside the notebook and stays in ${work}: ${why}`;
    }
  }

  private async removeWork(folder: string): Promise<void> {
    await rm(join(folder, ATTEMPT_FILES.work), { recursive: true, force: true }).catch((error: unknown) => {
      this.deps.log.warn('a working folder could not be removed', { folder, error });
    });
  }
}

function unplacedProblem(paths: readonly string[], work: string): string {
  const named = paths.slice(0, MOST_NAMED).join(', ');
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
  return `Something else is in the place of outputs that it wrote (${named}${more}); they stay in ${work}.`;
}

/** The last error with the cell that it comes from, where that is known. */
function locatedError({ lastError, lastErrorAt }: RankRecord, scriptName: string, script: string): string | null {
  if (lastError === null) return null;
  const [, line] = /, line (\d+)$/.exec(lastErrorAt ?? '') ?? [];
  if (line === undefined || !lastErrorAt?.startsWith(`${scriptName}, `)) return lastError;
  const place = cellOfLine(script, Number(line));
  return place === undefined
    ? `${lastError} (${lastErrorAt})`
    : `${lastError} (cell ${place.cell}, line ${place.line})`;
}

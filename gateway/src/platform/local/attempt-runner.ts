/**
 * Carries out what a plan wants for one attempt: prepare and start it, stop it, clean up after it, record its end. Each
 * step can be repeated after a crash at any point: what marks it as done is written last.
 */
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deadlineAtMs } from '@berth/operator/plan';
import type { StopReason } from '@berth/operator/plan';
import type { BundleStore } from '../../bundle/index.js';
import { isPlatformError } from '../../contract/index.js';
import { writeFileAtomic } from '../../store/index.js';
import type { AttemptEnding } from './attempt-ending.js';
import { ATTEMPT_FILES, readLauncher } from './attempt-files.js';
import type { AttemptOrder } from './attempt-files.js';
import { claimAttempt, reapAttempt, startLauncher, stopAttempt } from './launcher.js';
import type { LauncherOptions } from './launcher.js';
import type { PlatformCompute, RunEnvironments } from './ports.js';
import { makeResultsFolder, readResults } from './results-folder.js';
import type { ResultsFolder } from './results-folder.js';
import type { RunStore } from './run-store.js';
import { runVariables } from './run-variables.js';
import type { TrackedRun } from './tracked-run.js';

const LOG_LIMITS = { segmentBytes: 1024 * 1024, maxSegments: 64 } as const;
/** A stop that has not shown an effect is asked for again. */
const STOP_PATIENCE_MS = 15_000;

export interface AttemptRunnerDeps {
  readonly store: RunStore;
  readonly bundles: BundleStore;
  readonly environments: RunEnvironments;
  readonly compute: Pick<PlatformCompute, 'variables'>;
  readonly launcher: LauncherOptions;
  readonly ending: AttemptEnding;
  readonly clock: () => Date;
  /** Look again: a launcher has ended. */
  readonly nudge: () => void;
}

export class AttemptRunner {
  constructor(private readonly deps: AttemptRunnerDeps) {}

  /**
   * Starts the attempt, or goes on where an earlier start was cut. The record comes first: it holds the slots.
   *
   * @param devices its own from now on, when it is new; one that is on record keeps those that it has
   */
  async start(run: TrackedRun, number: number, devices: readonly string[]): Promise<void> {
    const hand = run.handOf(number);
    if (hand.launched) return; // one launcher is enough: it claims the attempt, or it ends and the attempt with it
    if (!run.record.attempts.some(attempt => attempt.number === number)) this.record(run, number, devices);
    if (!(await run.save())) return; // no room even for that: asked for again when it is saved
    const folder = this.deps.store.attemptFolder(run.id, number);
    try {
      await this.deps.store.makeAttemptFolder(run.id, number);
      const python = await this.prepare(run, number, folder);
      await startLauncher(this.deps.launcher, python, folder, end => {
        hand.launcherEnd = end;
        this.deps.nudge();
      });
      hand.launched = true;
    } catch (error: unknown) {
      if (run.preparation?.signal.aborted !== true) await this.failToStart(run, number, folder, error);
    } finally {
      run.preparation = undefined;
    }
  }

  /** Asks a living attempt to stop; one that nobody has taken up ends here and now. */
  async stop(run: TrackedRun, number: number, reason: StopReason): Promise<void> {
    const hand = run.handOf(number);
    const nowMs = this.deps.clock().getTime();
    const folder = await this.deps.store.makeAttemptFolder(run.id, number);
    const report = { endedAtMs: nowMs, stopped: reason, oomKilled: false, launcherKilled: false, ranks: [] };
    if ((await readLauncher(folder)) === undefined && (await claimAttempt(folder, report))) {
      return this.deps.ending.record(run, number, report);
    }
    if (hand.stopAskedAtMs !== undefined && Math.abs(nowMs - hand.stopAskedAtMs) < STOP_PATIENCE_MS) return;
    await stopAttempt(folder, reason, nowMs);
    hand.stopAskedAtMs = nowMs;
  }

  /** Cleans up after a launcher that is gone; its report is then found like any other. */
  async reap(run: TrackedRun, number: number): Promise<void> {
    await reapAttempt(this.deps.launcher, this.deps.store.attemptFolder(run.id, number));
  }

  /** Ends an attempt whose launcher ended without taking it up: its interpreter does not work. */
  async giveUp(run: TrackedRun, number: number): Promise<void> {
    const end = run.handOf(number).launcherEnd;
    const how = end?.signal === null ? `ended with code ${end.code}` : `was killed by ${end?.signal}`;
    const why = [`the launcher ${how}`, end?.lastError].filter(Boolean).join(': ');
    await this.failToStart(run, number, this.deps.store.attemptFolder(run.id, number), new Error(why));
  }

  private record(run: TrackedRun, number: number, devices: readonly string[]): void {
    const startedAtMs = this.deps.clock().getTime();
    const open = { resumed: false, endedAtMs: null, outcome: null, ranks: [], keptWork: false };
    run.update({ attempts: [...run.record.attempts, { number, startedAtMs, ...open, devices: [...devices] }] });
    run.sight = { state: 'starting' };
    run.ranks = [];
  }

  /** Makes the attempt's folder ready, its order last; returns the interpreter. Does nothing where the order is there. */
  private async prepare(run: TrackedRun, number: number, folder: string): Promise<string> {
    const { record } = run;
    const python = await this.deps.environments.python(record.request.environment);
    if (await exists(join(folder, ATTEMPT_FILES.order))) return python; // somebody may be running in there
    run.preparation = new AbortController();
    const { signal } = run.preparation;
    const results = await makeResultsFolder(record.notebookFolder, record.stem, record.id);
    const work = join(folder, ATTEMPT_FILES.work);
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { mode: 0o700 });
    await this.deps.bundles.materialise(record.bundle.digest, work, signal);
    await writeFile(join(work, record.scriptName), await this.deps.store.script(record.id));
    const resumed = (await readResults(results)).checkpoint;
    run.updateAttempt(number, { resumed });
    const { hash, lockHash } = await this.deps.environments.get(record.request.environment);
    run.update({ environmentHash: hash, lockHash });
    if (!(await run.save())) throw new Error(run.saveProblem);
    signal.throwIfAborted();
    await writeFileAtomic(
      join(folder, ATTEMPT_FILES.order),
      JSON.stringify(this.order(run, number, python, results, work))
    );
    return python;
  }

  private order(run: TrackedRun, number: number, python: string, results: ResultsFolder, work: string): AttemptOrder {
    const { request, scriptName, attempts, lockHash } = run.record;
    const script = scriptName.startsWith('-') ? `./${scriptName}` : scriptName;
    const attempt = attempts.find(one => one.number === number);
    const compute = this.deps.compute.variables(request.offer, attempt?.devices ?? []);
    const { offer, environment, variables: asked = {} } = request;
    const surroundings = { python, ...results, resumed: attempt?.resumed ?? false, asked, compute };
    const { variables: inherited } = this.deps.launcher;
    return {
      version: 1,
      runId: run.id,
      attempt: number,
      framework: request.framework,
      python,
      command: [python, '-u', script],
      processes: request.processes,
      workDir: work,
      env: runVariables({ ...surroundings, inherited, offer, environment, lockHash }),
      ...LOG_LIMITS,
      graceMs: request.graceMs,
      deadlineMs: deadlineAtMs(run.observed(true)) ?? null
    };
  }

  private async failToStart(run: TrackedRun, number: number, folder: string, error: unknown): Promise<void> {
    const nowMs = this.deps.clock().getTime();
    const message = error instanceof Error ? error.message : String(error);
    const isFull = (isPlatformError(error) && error.code === 'storage-full') || message === run.saveProblem;
    const launchError = isFull ? `ENOSPC: ${message}` : message;
    const report = { endedAtMs: nowMs, oomKilled: false, launcherKilled: false, launchError, ranks: [] };
    // no folder: no launcher can be in it
    if ((await exists(folder)) && !(await claimAttempt(folder, report))) return;
    await this.deps.ending.record(run, number, report);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false
  );
}

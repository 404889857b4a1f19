/**
 * A run whose record cannot be read: it is shown as lost, with the reason, and can only be deleted. Nothing is renamed or
 * rewritten: a disk may come back, and another version of this program may understand the record.
 */
import { RunSubmission } from '../../contract/index.js';
import { reapAttempt, stopAttempt } from './launcher.js';
import type { LauncherOptions } from './launcher.js';
import { observeAttempt } from './observe-attempt.js';
import type { RunRecord } from './run-record.js';
import type { RunStore } from './run-store.js';

const LONGEST_PROBLEM = 500;

/** A run whose record could not be read. */
export interface DamagedRun {
  readonly id: string;
  readonly folder: string;
  readonly problem: string;
  /** When its folder was last changed: as much as is known of its times. */
  readonly atMs: number;
}

/** What stands for the record in memory; it is never saved. */
export function damagedRecord({ id, folder, problem, atMs }: DamagedRun): RunRecord {
  const why = problem.length > LONGEST_PROBLEM ? `${problem.slice(0, LONGEST_PROBLEM)}…` : problem;
  const message = `Its record cannot be read: ${why}. What there is of it stays in ${folder} until it is deleted.`;
  return {
    version: 1,
    id,
    submittedBy: '',
    submittedAtMs: atMs,
    request: RunSubmission.parse({ notebook: 'unknown', framework: 'process' }),
    stem: id,
    notebookFolder: folder, // there are no results in there
    resultsFolder: 'unknown',
    scriptName: '',
    environmentHash: '',
    lockHash: '',
    bundle: { digest: '', files: 0, bytes: 0, gitCommit: null, gitDirty: null, warnings: [] },
    attempts: [],
    stopRequested: null,
    retryAfterAttempt: null,
    ended: { cause: 'LauncherKilled', message, endedAtMs: atMs },
    progress: []
  };
}

/**
 * Stops what goes on of it, as nobody can see it or account for its slots. It is told that it is preempted: should the
 * record be read one day, the run goes on from its checkpoint.
 *
 * @returns how many of its attempts live, with their time to stop
 */
export async function stopDamagedRun(
  store: RunStore,
  launcher: LauncherOptions,
  id: string,
  nowMs: number
): Promise<number> {
  let living = 0;
  for (const number of await store.attemptNumbers(id)) {
    const folder = store.attemptFolder(id, number);
    const { state } = await observeAttempt(folder, nowMs);
    if (state === 'running') {
      living += 1;
      await stopAttempt(folder, 'preempted', nowMs);
    }
    if (state === 'starting' || state === 'vanished') await reapAttempt(launcher, folder);
  }
  return living;
}

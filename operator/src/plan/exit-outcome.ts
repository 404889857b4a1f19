/**
 * Decides why an attempt ended, and says it in one sentence that names the first rank that failed.
 *
 * What we did comes before what we saw: after a SIGTERM of ours, any exit code is an answer to it. A rank that torchrun
 * stopped because another one had failed is a consequence, never the cause. Nothing but exit codes of 0 is a success.
 */
import type { Cause, ExitReport, Outcome, RankEnd, StopReason } from './run.js';

const STOPPED: Readonly<Record<StopReason, { readonly cause: Cause; readonly sentence: string }>> = {
  cancel: { cause: 'Cancelled', sentence: 'Cancelled.' },
  deadline: { cause: 'DeadlineExceeded', sentence: 'Stopped, because the deadline of the run had passed.' },
  preempted: { cause: 'Preempted', sentence: 'Stopped, because the platform took the compute back.' }
};

const SEE_LOG = "the launcher's log says more";
const NO_ROOM = /ENOSPC|EDQUOT|no space left on device|disk quota exceeded/i;
const OUT_OF_DEVICE_MEMORY = /CUDA out of memory|OutOfMemoryError|CUBLAS_STATUS_ALLOC_FAILED/;

/** The cause of an attempt's end and the sentence for it; `processes` is how many ranks there were to be. */
export function outcomeOf(report: ExitReport, world: { readonly processes: number }): Outcome {
  return (
    endedByUs(report) ?? failedToRun(report) ?? failedInCode(report, world.processes) ?? completed(world.processes)
  );
}

function endedByUs(report: ExitReport): Outcome | undefined {
  if (report.stopped !== undefined) {
    const { cause, sentence } = STOPPED[report.stopped];
    return { cause, message: [sentence, ...killedAfterGrace(report.ranks)].join(' ') };
  }
  if (!report.launcherKilled) return undefined;
  return {
    cause: 'LauncherKilled',
    message: 'Our launcher was killed; the processes that it had started were stopped.'
  };
}

function killedAfterGrace(ranks: readonly RankEnd[]): string[] {
  const killed = ranks.filter(rank => rank.signal === 'SIGKILL').map(rank => rank.rank);
  if (killed.length === 0) return [];
  const one = killed.length === 1;
  const who = one ? `Rank ${killed[0]}` : `Ranks ${killed.sort((a, b) => a - b).join(', ')}`;
  return [`${who} had not left when the grace was over, and ${one ? 'was' : 'were'} killed.`];
}

function failedToRun({ launchError }: ExitReport): Outcome | undefined {
  if (launchError === undefined) return undefined;
  if (NO_ROOM.test(launchError)) return { cause: 'StorageFull', message: `No room to start: ${launchError}` };
  return { cause: 'LaunchFailed', message: `Could not start: ${launchError}` };
}

function failedInCode(report: ExitReport, processes: number): Outcome | undefined {
  const first = firstFailed(report.ranks);
  if (first === undefined && isProvenSuccess(report, processes)) return undefined;
  if (report.oomKilled) return outOfMemory(first);
  return first === undefined ? unexplained(report, processes) : rankFailed(first);
}

/** The rank whose end came first, among those that did not end well; at one moment, those that were not sent SIGTERM. */
function firstFailed(ranks: readonly RankEnd[]): RankEnd | undefined {
  const failed = ranks.filter(rank => rank.signal !== undefined || (rank.exitCode ?? 0) !== 0);
  return failed.sort(
    (a, b) => a.endedAtMs - b.endedAtMs || Number(isTerminated(a)) - Number(isTerminated(b)) || a.rank - b.rank
  )[0];
}

function isTerminated(rank: RankEnd): boolean {
  return rank.signal === 'SIGTERM';
}

/** The main process ends with 0 only when all ranks did; without its word, each rank must have said so. */
function isProvenSuccess(report: ExitReport, processes: number): boolean {
  if (report.exitCode !== undefined || report.signal !== undefined) return report.exitCode === 0;
  return report.ranks.filter(rank => rank.exitCode === 0).length >= processes;
}

function rankFailed(first: RankEnd): Outcome {
  const because = first.lastError === undefined ? '.' : `: ${first.lastError}`;
  if (first.signal === undefined) {
    const message = `Rank ${first.rank} exited with code ${first.exitCode}${because}${deviceMemoryHint(first)}`;
    return { cause: 'ExitCode', message };
  }
  const hint =
    first.signal === 'SIGKILL'
      ? ' Nobody here sent it; the kernel does when memory runs out. Try fewer processes or smaller batches.'
      : '';
  return { cause: 'Signal', message: `Rank ${first.rank} was killed by ${first.signal}${because}${hint}` };
}

function deviceMemoryHint({ lastError }: RankEnd): string {
  if (lastError === undefined || !OUT_OF_DEVICE_MEMORY.test(lastError)) return '';
  return ' (The memory of the GPU ran out: try smaller batches.)';
}

function outOfMemory(first: RankEnd | undefined): Outcome {
  const hint = 'Try fewer processes or smaller batches.';
  if (first === undefined)
    return { cause: 'OutOfMemory', message: `Memory ran out and the kernel killed a process. ${hint}` };
  const how = first.signal === undefined ? `exited with code ${first.exitCode}` : `was killed by ${first.signal}`;
  return { cause: 'OutOfMemory', message: `Rank ${first.rank} ${how} because memory ran out. ${hint}` };
}

/** The main process did not end well, or left no word, and no rank says why. */
function unexplained({ exitCode, signal, ranks }: ExitReport, processes: number): Outcome {
  const well = ranks.filter(rank => rank.exitCode === 0).length;
  const reported =
    well === 0
      ? 'no rank reported how it ended'
      : well >= processes
        ? 'every rank exited with 0'
        : `only ${well} of ${processes} ranks reported, with exit code 0`;
  if (signal !== undefined) {
    return { cause: 'Signal', message: `The main process was killed by ${signal}, and ${reported}; ${SEE_LOG}.` };
  }
  if (exitCode !== undefined) {
    return {
      cause: 'ExitCode',
      message: `The main process exited with code ${exitCode}, but ${reported}; ${SEE_LOG}.`
    };
  }
  return { cause: 'LauncherKilled', message: `The launcher left no exit code, and ${reported}; ${SEE_LOG}.` };
}

function completed(processes: number): Outcome {
  const message =
    processes === 1 ? 'The process exited with code 0.' : `All ${processes} processes exited with code 0.`;
  return { cause: 'Completed', message };
}

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { outcomeOf } from './exit-outcome.js';
import type { Cause, ExitReport, RankEnd } from './run.js';

const NO_CODE: ExitReport = { endedAtMs: 100, oomKilled: false, launcherKilled: false, ranks: [] };
const WELL: ExitReport = { ...NO_CODE, exitCode: 0 };

function rank(number: number, endedAtMs: number, how: Partial<RankEnd>): RankEnd {
  return { rank: number, endedAtMs, ...how };
}

const missingModule = rank(1, 10, { exitCode: 1, lastError: "ModuleNotFoundError: No module named 'foo'" });

describe('outcomeOf', () => {
  test.each<{ name: string; report: Partial<ExitReport>; processes?: number; want: [cause: Cause, message: string] }>([
    {
      name: 'all ranks ended well',
      report: { ranks: [rank(0, 9, { exitCode: 0 }), rank(1, 9, { exitCode: 0 })] },
      want: ['Completed', 'All 2 processes exited with code 0.']
    },
    {
      name: 'the one process ended well',
      report: {},
      processes: 1,
      want: ['Completed', 'The process exited with code 0.']
    },
    {
      name: 'a rank failed and torchrun stopped the other',
      report: { exitCode: 1, ranks: [rank(0, 11, { signal: 'SIGTERM' }), missingModule] },
      want: ['ExitCode', "Rank 1 exited with code 1: ModuleNotFoundError: No module named 'foo'"]
    },
    {
      name: 'torchrun stopped the other in the same millisecond',
      report: { exitCode: 1, ranks: [rank(0, 10, { signal: 'SIGTERM' }), missingModule] },
      want: ['ExitCode', "Rank 1 exited with code 1: ModuleNotFoundError: No module named 'foo'"]
    },
    {
      name: 'the first to fail is named, not the first in number',
      report: {
        exitCode: 1,
        ranks: [rank(0, 30, { exitCode: 1, lastError: 'RuntimeError: Connection reset' }), missingModule]
      },
      want: ['ExitCode', "Rank 1 exited with code 1: ModuleNotFoundError: No module named 'foo'"]
    },
    {
      name: 'a rank that ended well before is not to blame',
      report: { exitCode: 1, ranks: [rank(0, 1, { exitCode: 0 }), missingModule] },
      want: ['ExitCode', "Rank 1 exited with code 1: ModuleNotFoundError: No module named 'foo'"]
    },
    {
      name: 'a rank that failed without a word',
      report: { exitCode: 1, ranks: [rank(0, 1, { exitCode: 3 })] },
      want: ['ExitCode', 'Rank 0 exited with code 3.']
    },
    {
      name: 'a rank was terminated by somebody else',
      report: { exitCode: 1, ranks: [rank(0, 5, { signal: 'SIGTERM' }), rank(1, 9, { exitCode: 1 })] },
      want: ['Signal', 'Rank 0 was killed by SIGTERM.']
    },
    {
      name: 'a rank crashed',
      report: { exitCode: 1, ranks: [rank(0, 5, { signal: 'SIGSEGV' })] },
      want: ['Signal', 'Rank 0 was killed by SIGSEGV.']
    },
    {
      name: 'a rank was killed',
      report: { exitCode: 1, ranks: [rank(0, 5, { signal: 'SIGKILL' })] },
      want: [
        'Signal',
        'Rank 0 was killed by SIGKILL. Nobody here sent it; the kernel does when memory runs out. Try fewer processes or smaller batches.'
      ]
    },
    {
      name: 'the kernel killed a rank for memory',
      report: { exitCode: 1, oomKilled: true, ranks: [rank(1, 5, { signal: 'SIGKILL' })] },
      want: [
        'OutOfMemory',
        'Rank 1 was killed by SIGKILL because memory ran out. Try fewer processes or smaller batches.'
      ]
    },
    {
      name: 'the kernel killed a process that is no rank',
      report: { exitCode: 1, oomKilled: true },
      want: ['OutOfMemory', 'Memory ran out and the kernel killed a process. Try fewer processes or smaller batches.']
    },
    {
      name: 'a helper was killed for memory, but all ranks ended well',
      report: { oomKilled: true, ranks: [rank(0, 5, { exitCode: 0 }), rank(1, 5, { exitCode: 0 })] },
      want: ['Completed', 'All 2 processes exited with code 0.']
    },
    {
      name: 'the memory of the GPU ran out',
      report: {
        exitCode: 1,
        ranks: [rank(0, 5, { exitCode: 1, lastError: 'torch.OutOfMemoryError: CUDA out of memory.' })]
      },
      want: [
        'ExitCode',
        'Rank 0 exited with code 1: torch.OutOfMemoryError: CUDA out of memory. (The memory of the GPU ran out: try smaller batches.)'
      ]
    },
    {
      name: 'nothing could be started',
      report: { launchError: 'torchrun is not in the environment' },
      want: ['LaunchFailed', 'Could not start: torchrun is not in the environment']
    },
    {
      name: 'there was no room to start',
      report: { launchError: 'ENOSPC: no space left on device, mkdir' },
      want: ['StorageFull', 'No room to start: ENOSPC: no space left on device, mkdir']
    },
    {
      name: 'the launcher was killed',
      report: { launcherKilled: true, signal: 'SIGKILL' },
      want: ['LauncherKilled', 'Our launcher was killed; the processes that it had started were stopped.']
    },
    {
      name: 'it was cancelled',
      report: { stopped: 'cancel', exitCode: 1, ranks: [rank(0, 5, { signal: 'SIGTERM' })] },
      want: ['Cancelled', 'Cancelled.']
    },
    {
      name: 'it was cancelled, and left with 0 after its checkpoint',
      report: { stopped: 'cancel', ranks: [rank(0, 5, { exitCode: 0 }), rank(1, 5, { exitCode: 0 })] },
      want: ['Cancelled', 'Cancelled.']
    },
    {
      name: 'it was cancelled and did not leave',
      report: {
        stopped: 'cancel',
        exitCode: 1,
        ranks: [rank(1, 5, { signal: 'SIGKILL' }), rank(0, 5, { signal: 'SIGKILL' })]
      },
      want: ['Cancelled', 'Cancelled. Ranks 0, 1 had not left when the grace was over, and were killed.']
    },
    {
      name: 'its deadline passed',
      report: { stopped: 'deadline', exitCode: 143 },
      want: ['DeadlineExceeded', 'Stopped, because the deadline of the run had passed.']
    },
    {
      name: 'it was preempted',
      report: { stopped: 'preempted', signal: 'SIGTERM' },
      want: ['Preempted', 'Stopped, because the platform took the compute back.']
    },
    {
      name: 'the main process failed and no rank said anything',
      report: { exitCode: 2 },
      want: [
        'ExitCode',
        "The main process exited with code 2, but no rank reported how it ended; the launcher's log says more."
      ]
    },
    {
      name: 'the main process failed and a rank is missing',
      report: { exitCode: 1, ranks: [rank(0, 5, { exitCode: 0 }), rank(1, 5, {})] },
      want: [
        'ExitCode',
        "The main process exited with code 1, but only 1 of 2 ranks reported, with exit code 0; the launcher's log says more."
      ]
    },
    {
      name: 'the main process failed after its ranks had ended well',
      report: { exitCode: 1, ranks: [rank(0, 5, { exitCode: 0 }), rank(1, 5, { exitCode: 0 })] },
      want: [
        'ExitCode',
        "The main process exited with code 1, but every rank exited with 0; the launcher's log says more."
      ]
    },
    {
      name: 'a rank failed although the main process says otherwise',
      report: { exitCode: 0, ranks: [missingModule] },
      want: ['ExitCode', "Rank 1 exited with code 1: ModuleNotFoundError: No module named 'foo'"]
    }
  ])('$name', ({ report, processes = 2, want: [cause, message] }) => {
    expect(outcomeOf({ ...WELL, ...report }, { processes })).toEqual({ cause, message });
  });

  test('the main process was killed and no rank said anything', () => {
    expect(outcomeOf({ ...NO_CODE, signal: 'SIGKILL' }, { processes: 2 })).toEqual({
      cause: 'Signal',
      message:
        "The main process was killed by SIGKILL, and no rank reported how it ended; the launcher's log says more."
    });
  });

  test('without the word of the main process, each rank must have ended well', () => {
    const ranks = [rank(0, 5, { exitCode: 0 })];
    expect(outcomeOf({ ...NO_CODE, ranks }, { processes: 1 }).cause).toBe('Completed');
    expect(outcomeOf({ ...NO_CODE, ranks }, { processes: 2 })).toEqual({
      cause: 'LauncherKilled',
      message:
        "The launcher left no exit code, and only 1 of 2 ranks reported, with exit code 0; the launcher's log says more."
    });
  });

  test('nothing but exit codes of 0 is a success, and every outcome says something', () => {
    const how = fc.oneof(
      fc.record({ exitCode: fc.constantFrom(0, 1, 137) }),
      fc.record({ signal: fc.constantFrom('SIGTERM', 'SIGKILL') }),
      fc.constant({})
    );
    const anyRanks = fc.array(fc.tuple(fc.nat(5), how), { maxLength: 4 });
    fc.assert(
      fc.property(how, anyRanks, fc.boolean(), (main, ends, oomKilled) => {
        const ranks = ends.map(([endedAtMs, end], number) => rank(number, endedAtMs, end));
        const report: ExitReport = { endedAtMs: 9, oomKilled, launcherKilled: false, ranks, ...main };
        const outcome = outcomeOf(report, { processes: 4 });
        const isBad = ranks.some(end => end.signal !== undefined || (end.exitCode ?? 0) !== 0) || 'signal' in main;
        if (isBad) expect(outcome.cause).not.toBe('Completed');
        expect(outcome.message).toMatch(/^\S.*\S$/);
      })
    );
  });
});

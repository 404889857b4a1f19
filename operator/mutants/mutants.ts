/** Mistakes that somebody could make in the plan. Each must be noticed by a test of its own decision. */

export interface Mutant {
  /** What would go wrong. */
  readonly sentence: string;
  /** In operator/src/plan. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly replacement: string;
  /** The tests that must turn red, in operator/src/plan. */
  readonly tests: readonly string[];
}

export const MUTANTS: readonly Mutant[] = [
  {
    sentence: 'a run is started again and again while its first attempt is alive',
    file: 'plan-run.ts',
    text: 'if (live !== undefined) return planLive(seen, live, nowMs);',
    replacement: "if (live !== undefined && live.state !== 'running') return planLive(seen, live, nowMs);",
    tests: ['plan-run.test.ts', 'plan-run.sequences.test.ts']
  },
  {
    sentence: 'a cancelled run keeps its processes, and its compute, until they end by themselves',
    file: 'plan-run.ts',
    text: "const actions: RunAction[] = [{ kind: 'stop-attempt', number, reason: stop }];",
    replacement: 'const actions: RunAction[] = [];',
    tests: ['plan-run.test.ts', 'plan-run.sequences.test.ts']
  },
  {
    sentence: 'a wish to stop that comes too late turns a finished training into a cancelled one',
    file: 'plan-run.ts',
    text: 'if (completed !== undefined) return completed.outcome;',
    replacement:
      "if (completed !== undefined) return seen.stopRequested === undefined ? completed.outcome : { cause: 'Cancelled', message: 'Cancelled.' };",
    tests: ['plan-run.test.ts']
  },
  {
    sentence: 'a deadline passes and nobody stops the run',
    file: 'plan-run.ts',
    text: "if (atMs !== undefined && nowMs >= atMs) return 'deadline';",
    replacement: "if (atMs !== undefined && nowMs >= atMs + 1) return 'deadline';",
    tests: ['plan-run.time.test.ts']
  },
  {
    sentence: 'a run is tried once more than its owner allowed',
    file: 'plan-retry.ts',
    text: 'if (!(nth <= allowed)) return { retry: false };',
    replacement: 'if (!(nth <= allowed + 1)) return { retry: false };',
    tests: ['plan-retry.test.ts']
  },
  {
    sentence: 'retries after one cause are used up by attempts that ended for another',
    file: 'plan-retry.ts',
    text: 'attempts.filter(attempt => attempt.outcome?.cause === cause).length',
    replacement: 'attempts.length',
    tests: ['plan-retry.test.ts']
  },
  {
    sentence: 'small runs overtake a large one until it starves',
    file: 'plan-queue.ts',
    text: 'position === 0 && entry.slots <= free',
    replacement: 'entry.slots <= free',
    tests: ['plan-queue.test.ts']
  },
  {
    sentence: 'more processes are admitted than the machine has slots',
    file: 'plan-queue.ts',
    text: 'free -= entry.slots;',
    replacement: '',
    tests: ['plan-queue.test.ts']
  },
  {
    sentence: 'a person is told to wait for compute that can never be enough',
    file: 'request-problems.ts',
    text: 'most !== undefined && processes > most',
    replacement: 'most !== undefined && processes > most + 1',
    tests: ['plan-verdict.test.ts']
  },
  {
    sentence: 'a person is sent to the rank that torchrun stopped, not to the one that failed',
    file: 'exit-outcome.ts',
    text: 'a.endedAtMs - b.endedAtMs ||',
    replacement: '',
    tests: ['exit-outcome.test.ts']
  },
  {
    sentence: 'an environment is deleted under the kernel that runs in it',
    file: 'plan-garbage.ts',
    text: '!folder.inUse && !folder.beingMade',
    replacement: '!folder.beingMade',
    tests: ['plan-garbage.test.ts']
  },
  {
    sentence: 'a kernel that lives loses its GPU because its server said too early that it had ended',
    file: 'plan-kernel.ts',
    text: "if (process?.state === 'alive') return",
    replacement: "if (process?.state === 'alive' && !ended) return",
    tests: ['plan-kernel.test.ts']
  },
  {
    sentence: 'two runs train on the same whole GPU',
    file: 'plan-devices.ts',
    text: 'held < shares && !isBlocked',
    replacement: '!isBlocked',
    tests: ['plan-devices.test.ts']
  },
  {
    sentence: 'somebody is started on a GPU that a stranger keeps busy',
    file: 'plan-queue.ts',
    text: 'slotsHeld(capacity.offer, entries) - slotsBlocked(capacity)',
    replacement: 'slotsHeld(capacity.offer, entries)',
    tests: ['plan-queue.test.ts']
  },
  {
    sentence: 'a person who works in JupyterLab loses it because another size is asked for',
    file: 'workspace/plan-workspace.ts',
    text: "    case 'answers':",
    replacement:
      "    case 'answers':\n      if (!pod.asWanted) return plan(seen, [...base, endOf(pod, 'replaced')], notReady('Restarting', 'Restarting.'));",
    tests: ['workspace/plan-workspace.properties.test.ts']
  },
  {
    sentence: 'a workspace starts before its NetworkPolicy is there',
    file: 'workspace/plan-workspace.ts',
    text: "const actions: WorkspaceAction[] = [...standing(seen), { kind: 'create-token' }, { kind: 'create-pod' }];",
    replacement:
      "const actions: WorkspaceAction[] = [{ kind: 'create-token' }, { kind: 'create-pod' }, ...standing(seen)];",
    tests: ['workspace/plan-workspace.properties.test.ts']
  },
  {
    sentence: "somebody else's Service is taken over because it has the name",
    file: 'workspace/plan-workspace.ts',
    text: 'if (taken !== undefined) return',
    replacement: 'if (taken !== undefined && seen.pod !== undefined) return',
    tests: ['workspace/plan-workspace.test.ts', 'workspace/plan-workspace.properties.test.ts']
  },
  {
    sentence: "children of a workspace that is gone are swept away although they are somebody else's",
    file: 'workspace/plan-leftovers.ts',
    text: "belongs === 'orphan' && !deleting",
    replacement: '!deleting',
    tests: ['workspace/plan-leftovers.test.ts']
  },
  {
    sentence: 'time that nobody observed counts as idle, and a laptop that wakes up loses its kernels',
    file: 'activity/interval.ts',
    text: 'ms > 0 && ms <= gapMs(readEveryMs)',
    replacement: 'ms > 0',
    tests: ['activity/plan-activity.test.ts']
  },
  {
    sentence: 'one idle look is enough to stop what has worked a moment before',
    file: 'activity/announce.ts',
    text: 'standing.idleLooks >= 2',
    replacement: 'standing.idleLooks >= 0',
    tests: ['activity/plan-activity.test.ts']
  },
  {
    sentence: 'somebody is warned, and has no time to do anything about it',
    file: 'activity/announce.ts',
    text: 'nowMs >= Math.max(warnedMs, notBeforeMs)',
    replacement: 'nowMs >= notBeforeMs',
    tests: ['activity/plan-activity.test.ts']
  },
  {
    sentence: 'a snooze is granted, and the kernel goes all the same',
    file: 'activity/goal.ts',
    text: 'limitSeconds * 1000 + addedMs',
    replacement: 'limitSeconds * 1000',
    tests: ['activity/plan-activity.test.ts']
  },
  {
    sentence: 'a silent cell that trains is stopped',
    file: 'activity/judge-kernel.ts',
    text: 'counts: quietMs < busyMaxMs',
    replacement: 'counts: false',
    tests: ['activity/signals.test.ts']
  },
  {
    sentence: 'a cell that waits for an answer holds its GPU for ever',
    file: 'activity/judge-kernel.ts',
    text: "return state === 'busy' && !waits_input;",
    replacement: "return state === 'busy';",
    tests: ['activity/signals.test.ts']
  },
  {
    sentence: 'a nohup job is taken for nothing',
    file: 'activity/fold-reading.ts',
    text: '    ...(free?.signals ?? []),\n',
    replacement: '',
    tests: ['activity/signals.test.ts']
  },
  {
    sentence: 'a look that failed counts as one that saw nothing',
    file: 'activity/fold-reading.ts',
    text: "    verdict: 'unknown',",
    replacement: "    verdict: 'idle',",
    tests: ['activity/plan-activity.test.ts']
  },
  {
    sentence: 'what can never be observed holds its GPU for ever',
    file: 'activity/tally-look.ts',
    text: "verdict === 'idle' || is.unknownMs >= unknownMaxMs",
    replacement: "verdict === 'idle'",
    tests: ['activity/plan-activity.test.ts']
  },
  {
    sentence: 'an announcement outlives the cell that has run since, and the kernel goes without a new one',
    file: 'activity/tally-look.ts',
    text: 'lastActiveT: t };',
    replacement: 'lastActiveT: t, announced: before?.announced ?? null };',
    tests: ['activity/plan-activity.test.ts']
  },
  {
    sentence: 'an agent that does not answer is taken at its last word',
    file: 'activity/blindness.ts',
    text: 'const why = time.failure ?? whyStale(time);',
    replacement: 'const why = whyStale(time);',
    tests: ['activity/plan-activity.test.ts']
  },
  {
    sentence: 'a person gives themselves a looser limit than the platform does',
    file: 'activity/merge-policies.ts',
    text: 'return STRICTER[name]?.(said, is) ?? false;',
    replacement: 'return true;',
    tests: ['activity/policies.test.ts']
  },
  {
    sentence: 'a snooze whose answer was lost is taken from the budget twice',
    file: 'activity/answer-snooze.ts',
    text: 'if (before >= 0) return',
    replacement: 'if (before >= 1) return',
    tests: ['activity/answer-snooze.test.ts']
  },
  {
    sentence: 'a dry run ends, and everything that would have gone goes at once without a warning',
    file: 'activity/announce.ts',
    text: "announced.isDry === (hold === 'dry-run') && ",
    replacement: '',
    tests: ['activity/plan-activity.test.ts']
  },
  {
    sentence: 'a warning that a wrong clock dated to next year keeps its kernel until then',
    file: 'activity/announce.ts',
    text: ' && announced.atMs <= nowMs',
    replacement: '',
    tests: ['activity/plan-activity.test.ts']
  }
];

/** Finds out in which state one attempt is, from its folder and the processes on record there. */
import type { ExitReport, ObservedAttempt } from '@berth/operator/plan';
import { claimedExit, isClaimDamaged, isElsewhere, isStopIgnored, readExit, readLauncher } from './attempt-files.js';
import { isAlive, isFromAnotherBoot } from './process-identity.js';

export interface AttemptSight {
  /** `exited`: the launcher has left its report, which nobody has recorded yet. */
  readonly state: Exclude<ObservedAttempt['state'], 'ended'> | 'exited';
  readonly exit?: ExitReport;
  /** Its launcher, where it runs here. */
  readonly pid?: number;
  /** The other machine that it runs on. */
  readonly host?: string | undefined;
}

/**
 * Looks at an attempt that has no outcome on record. One that another machine has taken up counts as running until its
 * report comes: nobody here can tell whether its processes live, so nothing here cleans up after it. A stop reaches it by
 * its file; where even that shows no effect for a long time, the machine is gone, or has another name now, and so is the
 * attempt.
 */
export async function observeAttempt(attemptFolder: string, nowMs: number): Promise<AttemptSight> {
  const exit = await readExit(attemptFolder, nowMs);
  if (exit !== undefined) return { state: 'exited', exit };
  const launcher = await readLauncher(attemptFolder);
  if (launcher === undefined) return { state: (await isClaimDamaged(attemptFolder, nowMs)) ? 'vanished' : 'starting' };
  const claimed = claimedExit(launcher);
  if (claimed !== undefined) return { state: 'exited', exit: claimed };
  if (isElsewhere(launcher)) {
    const isGone = await isStopIgnored(attemptFolder, nowMs);
    return { state: isGone ? 'machine-restarted' : 'running', host: launcher.host };
  }
  if (await isFromAnotherBoot(launcher)) return { state: 'machine-restarted' };
  if (await isAlive(launcher)) return { state: 'running', pid: launcher.pid };
  // it writes its report and then ends: one that ended between our two looks has left it by now
  const late = await readExit(attemptFolder, nowMs);
  return late === undefined ? { state: 'vanished' } : { state: 'exited', exit: late };
}

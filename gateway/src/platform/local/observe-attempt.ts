/** Finds out in which state one attempt is, from its folder and the processes on record there. */
import type { ExitReport, ObservedAttempt } from '@berth/operator/plan';
import { isClaimDamaged, readExit, readLauncher } from './attempt-files.js';
import { isAlive, isFromAnotherBoot } from './process-identity.js';

export interface AttemptSight {
  /** `exited`: the launcher has left its report, which nobody has recorded yet. */
  readonly state: Exclude<ObservedAttempt['state'], 'ended'> | 'exited';
  readonly exit?: ExitReport;
}

/** Looks at an attempt that has no outcome on record. */
export async function observeAttempt(attemptFolder: string, nowMs: number): Promise<AttemptSight> {
  const exit = await readExit(attemptFolder, nowMs);
  if (exit !== undefined) return { state: 'exited', exit };
  const launcher = await readLauncher(attemptFolder);
  if (launcher === undefined) return { state: (await isClaimDamaged(attemptFolder, nowMs)) ? 'vanished' : 'starting' };
  if (await isFromAnotherBoot(launcher)) return { state: 'machine-restarted' };
  if (await isAlive(launcher)) return { state: 'running' };
  // it writes its report and then ends: one that ended between our two looks has left it by now
  const late = await readExit(attemptFolder, nowMs);
  return late === undefined ? { state: 'vanished' } : { state: 'exited', exit: late };
}

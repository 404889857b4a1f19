/**
 * Decides what becomes of a notebook kernel and the compute that it holds. It is asked for, waits for its turn, is ready
 * to be started for a while, and then holds its compute for as long as its process lives.
 *
 * A living process never loses what it has, and nothing is held for ever without one: each step has its time, and a
 * restart, which ends one process before it starts the next, fits into the time that a process may be gone. A clock that
 * was set back further than such a time is long does not prolong it.
 */
import { LONGEST_RECHECK_MS } from './plan-run.js';
import { remainingMs } from './remaining-ms.js';

/** For how long compute is kept for a kernel that nobody has started yet. */
export const READY_FOR_MS = 120_000;
/** From the moment that somebody begins to start it until there is a process. */
export const KERNEL_START_PATIENCE_MS = 60_000;
/** For how long its process may be gone: a restart takes this time at most. */
export const GONE_GRACE_MS = 15_000;

export const KERNEL_PHASES = ['Waiting', 'Ready', 'Starting', 'Running'] as const;
export type KernelPhase = (typeof KERNEL_PHASES)[number];

export interface ObservedKernel {
  /** Its turn in the queue has come, and its compute can be had. Asked for only while it waits. */
  readonly admitted: boolean;
  /** Since when it has its compute; absent: it waits. */
  readonly readyAtMs?: number;
  /** When somebody last began to start a process for it; absent: nobody did. */
  readonly launchedAtMs?: number;
  /** The process that it was started as; absent: nobody has told of one since it was launched. */
  readonly process?: { readonly state: 'alive' } | { readonly state: 'gone'; readonly sinceMs: number };
  /** Its server has said that it is over and will not be started again. */
  readonly ended: boolean;
}

/** Why a kernel loses its compute. */
export type KernelEnd = 'nobody-took-it' | 'never-started' | 'process-gone' | 'ended';

export type KernelAction =
  /** It has its compute from now on. */
  { readonly kind: 'reserve' } | { readonly kind: 'release'; readonly why: KernelEnd };

export interface KernelPlan {
  readonly phase: KernelPhase;
  readonly actions: readonly KernelAction[];
  /** Look again after this time at the latest; absent: nothing happens to it by itself. */
  readonly recheckAfterMs?: number;
}

/** What is to be done for a kernel now, and the phase that it is in. */
export function planKernel(seen: ObservedKernel, now: Date): KernelPlan {
  const nowMs = now.getTime();
  if (seen.launchedAtMs !== undefined) return planLaunched(seen, seen.launchedAtMs, nowMs);
  if (seen.ended) return release(seen.readyAtMs === undefined ? 'Waiting' : 'Ready', 'ended');
  if (seen.readyAtMs !== undefined) {
    return waitOrRelease('Ready', 'nobody-took-it', remainingMs(seen.readyAtMs, READY_FOR_MS, nowMs));
  }
  if (!seen.admitted) return { phase: 'Waiting', actions: [] };
  return { phase: 'Ready', actions: [{ kind: 'reserve' }], recheckAfterMs: READY_FOR_MS };
}

/** Somebody has begun to start it. Whatever else is said, a living process keeps what it has. */
function planLaunched({ process, ended }: ObservedKernel, launchedAtMs: number, nowMs: number): KernelPlan {
  if (process?.state === 'alive') return { phase: 'Running', actions: [], recheckAfterMs: LONGEST_RECHECK_MS };
  const phase = process === undefined ? 'Starting' : 'Running';
  if (ended) return release(phase, 'ended');
  if (process === undefined) {
    return waitOrRelease(phase, 'never-started', remainingMs(launchedAtMs, KERNEL_START_PATIENCE_MS, nowMs));
  }
  return waitOrRelease(phase, 'process-gone', remainingMs(process.sinceMs, GONE_GRACE_MS, nowMs));
}

function waitOrRelease(phase: KernelPhase, why: KernelEnd, leftMs: number): KernelPlan {
  return leftMs === 0 ? release(phase, why) : { phase, actions: [], recheckAfterMs: leftMs };
}

function release(phase: KernelPhase, why: KernelEnd): KernelPlan {
  return { phase, actions: [{ kind: 'release', why }] };
}

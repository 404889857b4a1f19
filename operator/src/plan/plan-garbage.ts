/**
 * Decides which folders of environments nobody will miss. They can always be made again from their locks, but that takes
 * time and a network, so a folder has to be unused for long; who uses one right now is never disturbed.
 */

export interface ObservedFolder {
  /** Tells folders apart. */
  readonly id: string;
  /** A kernel, run or other process uses it. */
  readonly inUse: boolean;
  /** It is being made or repaired. */
  readonly beingMade: boolean;
  /** A definition of ours says that just these files are to be there. */
  readonly defined: boolean;
  readonly madeAtMs: number;
  /** Null: never, as far as known. */
  readonly lastUsedAtMs: number | null;
}

export interface GarbagePolicy {
  /** How long nobody used what a definition still refers to. */
  readonly unusedAfterMs: number;
  /** The same for what nothing refers to any more. Not at once: others who share the cache have definitions of their own. */
  readonly orphanAfterMs: number;
}

const DAY_MS = 24 * 3_600_000;

/** What a person is offered to delete. */
export const OFFERED_GARBAGE: GarbagePolicy = { unusedAfterMs: 30 * DAY_MS, orphanAfterMs: DAY_MS };

/** What goes without asking: nothing that is defined. */
export const SILENT_GARBAGE: GarbagePolicy = { unusedAfterMs: Infinity, orphanAfterMs: 14 * DAY_MS };

export interface GarbageFolder {
  readonly id: string;
  readonly why: 'no-definition' | 'long-unused';
}

/** In the order of what was seen. Making it counts as a use; a time in the future, or none at all, never makes garbage. */
export function planGarbage(
  seen: readonly ObservedFolder[],
  policy: GarbagePolicy,
  nowMs: number
): readonly GarbageFolder[] {
  return seen
    .filter(folder => !folder.inUse && !folder.beingMade && isLongUnused(folder, policy, nowMs))
    .map(({ id, defined }) => ({ id, why: defined ? 'long-unused' : 'no-definition' }));
}

function isLongUnused(
  { defined, madeAtMs, lastUsedAtMs }: ObservedFolder,
  policy: GarbagePolicy,
  nowMs: number
): boolean {
  const unusedMs = nowMs - Math.max(madeAtMs, lastUsedAtMs ?? madeAtMs);
  return unusedMs > (defined ? policy.unusedAfterMs : policy.orphanAfterMs);
}

/** What the engine keeps from one call to the next. Times `…T` are the agent's clock in seconds, `…Ms` durations or the judge's clock. */
import type { KernelEvidence } from './evidence.js';
import type { SignalView, Subject } from './judgement.js';

export type Verdict = 'active' | 'idle' | 'unknown';

/** A signal as it was measured in one look. */
export type SeenSignal = Omit<SignalView, 'atMs'> & { readonly t: number };

/** It was said ahead of time that a subject goes, when it had been idle for `idleMs`. */
export interface Announcement {
  readonly atMs: number;
  readonly idleMs: number;
  /** In a dry run nobody was told. */
  readonly isDry: boolean;
}

/** How a kernel, or the workspace, has fared so far. */
export interface Tally {
  /** What the last look said, before the time limit of the unknown turned it into idle. */
  readonly verdict: Verdict;
  readonly activity: Verdict;
  readonly sinceT: number;
  readonly lastActiveT: number | null;
  readonly idleMs: number;
  readonly unknownMs: number;
  /** How many looks in a row counted as idle; more than two are as good as two. */
  readonly idleLooks: number;
  /** The most of a processor that it used in one interval while it was idle. */
  readonly mostCpu: number | null;
  readonly signals: readonly SeenSignal[];
  readonly announced: Announcement | null;
}

/** Of what nobody has looked at yet. */
export const NEW_TALLY: Tally = {
  verdict: 'unknown',
  activity: 'unknown',
  sinceT: 0,
  lastActiveT: null,
  idleMs: 0,
  unknownMs: 0,
  idleLooks: 0,
  mostCpu: null,
  signals: [],
  announced: null
};

export interface KernelMemory extends Tally, Pick<KernelEvidence, 'id' | 'name' | 'path' | 'executions'> {
  /** The last CPU time that could be read. */
  readonly cpu: { readonly s: number; readonly t: number } | null;
  /** The input that was counted last. */
  readonly inputT: number | null;
  /** How long a cell has been busy without anything to measure, and how long it has been starting. */
  readonly quietMs: number;
  readonly startingMs: number;
}

export interface ProcessMemory {
  readonly id: string;
  readonly cpu: number | null;
  readonly io: number | null;
}

/** The judge has no fresh look, by its own clock: the agent does not answer, lies, or makes no readings. */
export interface Blindness {
  readonly sinceMs: number;
  readonly atMs: number;
  /** How long, and how long it was at the call before. */
  readonly ms: number;
  readonly beforeMs: number;
  readonly why: string;
}

/** What a judge before has announced, under which limit; null: under the one that holds now. */
export interface Remembered {
  readonly subject: Subject;
  readonly atMs: number;
  readonly limit: 'soft' | 'hard' | null;
}

/** Plain JSON, of one size for each kernel and each process that is there. Nobody but the engine looks into it. */
export interface ActivityMemory {
  readonly version: 1;
  /** The last look of any kind, and the last one that saw something. */
  readonly lookT: number | null;
  readonly seenT: number | null;
  readonly inputT: number | null;
  readonly workspace: Tally | null;
  readonly kernels: readonly KernelMemory[];
  readonly processes: readonly ProcessMemory[];
  readonly blind: Blindness | null;
  /** Announcements of a judge before, until there is something to lay them on. */
  readonly remembered: readonly Remembered[];
}

export const NO_MEMORY: ActivityMemory = {
  version: 1,
  lookT: null,
  seenT: null,
  inputT: null,
  workspace: null,
  kernels: [],
  processes: [],
  blind: null,
  remembered: []
};

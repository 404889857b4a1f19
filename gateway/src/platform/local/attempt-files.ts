/**
 * The files by which the gateway and the launcher speak about one attempt (`berth_launcher/attempt.py` has the other
 * side). Each of them appears whole or not at all; what is missing or no document of ours reads as absent.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { STOP_REASONS } from '@berth/operator/plan';
import type { ExitReport, Framework, RankEnd, StopReason } from '@berth/operator/plan';
import { z } from 'zod';

/** What the launcher is to carry out: `attempt.json`. */
export interface AttemptOrder {
  readonly version: 1;
  readonly runId: string;
  readonly attempt: number;
  readonly framework: Framework;
  readonly python: string;
  readonly command: readonly string[];
  readonly processes: number;
  readonly workDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly segmentBytes: number;
  readonly maxSegments: number;
  readonly graceMs: number;
  readonly deadlineMs: number | null;
}

/** The names inside an attempt's folder. */
export const ATTEMPT_FILES = {
  order: 'attempt.json',
  launcher: 'launcher.json',
  stop: 'stop.json',
  exit: 'exit.json',
  errors: 'launcher.err',
  ranks: 'ranks',
  logs: 'logs',
  work: 'work'
} as const;

const CLAIM_PATIENCE_MS = 10_000;
/** The longest grace is ten minutes. */
const STOP_IGNORED_MS = 15 * 60_000;

const Rank = z.object({
  rank: z.int().min(0),
  endedAtMs: z.int().nullable().default(null),
  exitCode: z.int().nullable().default(null),
  signal: z.string().nullable().default(null),
  lastError: z.string().nullable().default(null),
  /** The innermost line of the person's own code, such as `train.py, line 7`. */
  lastErrorAt: z.string().nullable().default(null)
});

const Exit = z.object({
  endedAtMs: z.int().min(0),
  exitCode: z.int().nullable().default(null),
  signal: z.string().nullable().default(null),
  stopped: z.string().nullable().default(null),
  oomKilled: z.boolean().default(false),
  launcherKilled: z.boolean().default(false),
  launchError: z.string().nullable().default(null)
});

const Launcher = z.object({
  pid: z.int().min(1),
  identity: z.string().min(1),
  /** The machine that it runs on; absent in what older launchers wrote. */
  host: z.string().optional(),
  /** In the claim of a gateway that ended the attempt itself: how. */
  exit: Exit.optional()
});
export type LauncherRecord = z.infer<typeof Launcher>;

/** What is known of a rank, ended or not. */
export type RankRecord = z.infer<typeof Rank>;

/** The launcher that took the attempt up; `undefined` while nobody has. */
export async function readLauncher(attemptFolder: string): Promise<LauncherRecord | undefined> {
  return readDocument(join(attemptFolder, ATTEMPT_FILES.launcher), Launcher);
}

/**
 * Whether the launcher runs on another machine. People share one home among machines, so the run that this gateway finds
 * may live where its pids mean nothing here: what is not seen here may live all the same.
 */
export function isElsewhere({ host }: LauncherRecord): boolean {
  return host !== undefined && host !== hostname();
}

/** How an attempt ended that a gateway claimed in order to end it. */
export function claimedExit({ exit }: LauncherRecord): ExitReport | undefined {
  return exit === undefined ? undefined : exitReport(exit, []);
}

/** Whether a claim lies there that nobody can read, for so long that nobody is writing it any more. */
export async function isClaimDamaged(attemptFolder: string, nowMs: number): Promise<boolean> {
  const found = await stat(join(attemptFolder, ATTEMPT_FILES.launcher)).catch(() => undefined);
  return found !== undefined && Math.abs(nowMs - found.mtimeMs) > CLAIM_PATIENCE_MS;
}

/** Whether a stop was asked for so long ago that a living launcher would have carried it out, with the longest grace. */
export async function isStopIgnored(attemptFolder: string, nowMs: number): Promise<boolean> {
  const found = await stat(join(attemptFolder, ATTEMPT_FILES.stop)).catch(() => undefined);
  return found !== undefined && Math.abs(nowMs - found.mtimeMs) > STOP_IGNORED_MS;
}

/** The ranks that have started, by number. */
export async function readRanks(attemptFolder: string): Promise<RankRecord[]> {
  const folder = join(attemptFolder, ATTEMPT_FILES.ranks);
  const names = (await readdir(folder).catch(() => [])).filter(name => /^\d+\.json$/.test(name));
  const ranks = await Promise.all(names.map(name => readDocument(join(folder, name), Rank)));
  return ranks.filter(rank => rank !== undefined).sort((a, b) => a.rank - b.rank);
}

/** How the attempt ended; `undefined` while it goes on. A report that cannot be understood counts as a killed launcher's. */
export async function readExit(attemptFolder: string, nowMs: number): Promise<ExitReport | undefined> {
  const path = join(attemptFolder, ATTEMPT_FILES.exit);
  if ((await textOf(path)) === undefined) return undefined;
  const exit = (await readDocument(path, Exit)) ?? Exit.parse({ endedAtMs: nowMs, launcherKilled: true });
  return exitReport(exit, await readRanks(attemptFolder));
}

function exitReport(exit: z.infer<typeof Exit>, ranks: readonly RankRecord[]): ExitReport {
  const stopped = STOP_REASONS.find((reason): reason is StopReason => reason === exit.stopped);
  return {
    endedAtMs: exit.endedAtMs,
    oomKilled: exit.oomKilled,
    launcherKilled: exit.launcherKilled,
    ranks: ranks.flatMap(rankEnd),
    ...(exit.exitCode === null ? {} : { exitCode: exit.exitCode }),
    ...(exit.signal === null ? {} : { signal: exit.signal }),
    ...(stopped === undefined ? {} : { stopped }),
    ...(exit.launchError === null ? {} : { launchError: exit.launchError })
  };
}

function rankEnd({ rank, endedAtMs, exitCode, signal, lastError }: RankRecord): RankEnd[] {
  if (endedAtMs === null) return [];
  return [
    {
      rank,
      endedAtMs,
      ...(exitCode === null ? {} : { exitCode }),
      ...(signal === null ? {} : { signal }),
      ...(lastError === null ? {} : { lastError })
    }
  ];
}

async function readDocument<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error: unknown) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

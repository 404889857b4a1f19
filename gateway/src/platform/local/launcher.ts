/** Starts, stops and cleans up after the launcher of one attempt. It is detached: it outlives the gateway. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { access, link, open, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ExitReport, StopReason } from '@berth/operator/plan';
import { errnoOf, writeFileAtomic } from '../../store/index.js';
import { ATTEMPT_FILES, isElsewhere, readLauncher } from './attempt-files.js';
import { signalProcess } from './process-identity.js';

const ERROR_CHARACTERS = 500;
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);
/** Of file systems without hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

export interface LauncherOptions {
  /** The Python package `berth_launcher`. */
  readonly launcherFolder: string;
  /** The interpreter that cleans up where a run's own is gone. */
  readonly fallbackPython: string;
  /** What a launcher, and through it the code of the person, inherits. */
  readonly variables: Readonly<Record<string, string>>;
}

/** How a launcher ended that this gateway started; what it achieved is in the attempt's folder. */
export interface LauncherEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last words of an interpreter that could not even start. */
  readonly lastError: string;
}

/**
 * Starts a launcher; the attempt's folder is the only tie to it. Starting twice is safe: the first to claim has it.
 *
 * @throws the error of the system when the interpreter cannot be started.
 */
export async function startLauncher(
  options: LauncherOptions,
  python: string,
  attemptFolder: string,
  onEnd: (end: LauncherEnd) => void
): Promise<void> {
  const errors = await open(join(attemptFolder, ATTEMPT_FILES.errors), 'w', 0o600);
  try {
    const child = spawn(python, [options.launcherFolder, 'run', attemptFolder], {
      cwd: attemptFolder,
      detached: true,
      env: options.variables,
      stdio: ['ignore', 'ignore', errors.fd]
    });
    child.once('exit', (code, signal) => {
      void lastErrorOf(attemptFolder).then(lastError => onEnd({ code, signal, lastError }));
    });
    await started(child);
    child.unref();
  } finally {
    await errors.close();
  }
}

/** Asks the attempt to stop, by a file that a launcher finds even if it starts later, and by a signal for now. */
export async function stopAttempt(attemptFolder: string, reason: StopReason, nowMs: number): Promise<void> {
  const launcher = await readLauncher(attemptFolder);
  const order = join(attemptFolder, ATTEMPT_FILES.stop);
  const isOther = launcher !== undefined && isElsewhere(launcher);
  if (isOther && (await isThere(order))) return; // its age tells how long the other machine has not heeded it
  try {
    await writeFileAtomic(order, JSON.stringify({ reason, atMs: nowMs }));
  } finally {
    // also when the disk has no room for the file
    if (launcher !== undefined && !isOther) await signalProcess(launcher, 'SIGTERM');
  }
}

/**
 * Kills what a launcher that is gone has left and sees to its report.
 *
 * @throws Error when that was not possible; it can be asked for again.
 */
export async function reapAttempt(options: LauncherOptions, attemptFolder: string): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(options.fallbackPython, [options.launcherFolder, 'reap', attemptFolder], {
      env: options.variables,
      stdio: 'ignore'
    });
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`cleaning up ${attemptFolder} ended with code ${code}`);
}

/**
 * Takes up an attempt that nobody has taken up, so that no launcher ever will. The report lies in the claim: should this
 * gateway be killed before it has recorded the end, the next one finds how the attempt ended.
 *
 * @returns false when somebody was faster. Without room for a claim it is true: nobody else has room for one either.
 */
export async function claimAttempt(attemptFolder: string, report: ExitReport): Promise<boolean> {
  const path = join(attemptFolder, ATTEMPT_FILES.launcher);
  const own = `${path}.gateway`;
  const { endedAtMs, stopped, launchError } = report;
  const exit = { endedAtMs, stopped, launchError };
  const who = { pid: process.pid, identity: 'gateway', host: hostname() }; // no process has this identity
  const claim = JSON.stringify({ ...who, startedAtMs: endedAtMs, exit });
  try {
    await writeFile(own, claim, { mode: 0o600 });
    await link(own, path).catch(async (error: unknown) => {
      if (!NO_LINKS.has(errnoOf(error) ?? '')) throw error;
      await writeFile(path, claim, { flag: 'wx', mode: 0o600 });
    });
    return true;
  } catch (error: unknown) {
    if (errnoOf(error) === 'EEXIST') return false;
    if (NO_ROOM.has(errnoOf(error) ?? '')) return true;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false
  );
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

async function lastErrorOf(attemptFolder: string): Promise<string> {
  const text = await readFile(join(attemptFolder, ATTEMPT_FILES.errors), 'utf8').catch(() => '');
  return (text.trim().split('\n').at(-1) ?? '').slice(0, ERROR_CHARACTERS);
}

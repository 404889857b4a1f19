/** Runs a program in a process group of its own, line by line, so that it can be stopped with all its children. */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface CommandOptions {
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Gets each line of standard error as it comes. */
  readonly onLine?: (line: string) => void;
  /** Only takes what nobody else wants of the processors. */
  readonly lowPriority?: boolean;
}

export interface CommandResult {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  /** The last lines of standard error. */
  readonly errorLines: readonly string[];
  readonly output: readonly string[];
}

const KEPT_LINES = 400;
const KILL_AFTER_MS = 3_000;

/**
 * Resolves when the program has ended and its output was read.
 * @throws the signal's reason when it was aborted: SIGTERM to the group, SIGKILL when it does not end; the error of the
 * operating system when it cannot be started
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions
): Promise<CommandResult> {
  options.signal.throwIfAborted();
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.variables,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true
  });
  if (options.lowPriority === true) stepBack(child);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  const stop = stopper(child);
  options.signal.addEventListener('abort', stop.begin, { once: true });
  try {
    const readers = Promise.all([readLines(child.stderr, options.onLine), readLines(child.stdout)]);
    const [exitCode, [errorLines, output]] = await Promise.all([ended, readers]);
    options.signal.throwIfAborted();
    return { exitCode, errorLines, output };
  } finally {
    options.signal.removeEventListener('abort', stop.begin);
    stop.end();
  }
}

function stepBack(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system does not let us: then it runs like any other.
  }
}

function stopper(child: ChildProcess): { readonly begin: () => void; readonly end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    begin: () => {
      killGroup(child, 'SIGTERM');
      timer = setTimeout(() => killGroup(child, 'SIGKILL'), KILL_AFTER_MS);
    },
    end: () => {
      clearTimeout(timer);
      // Whatever it started must not go on writing into a folder that is about to be removed.
      if (timer !== undefined) killGroup(child, 'SIGKILL');
    }
  };
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

async function readLines(stream: Readable, onLine: (line: string) => void = () => undefined): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    onLine(line);
  }
  return lines;
}

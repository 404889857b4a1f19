/** Which commit a folder is at, and whether it differs from it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 5_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

export interface GitState {
  /** Null: no repository, no commit yet, no `git`, or no answer in time. */
  readonly commit: string | null;
  /** Something in the folder is changed or not tracked; null when it is not known. */
  readonly dirty: boolean | null;
}

/**
 * Asks `git`, without taking its locks and without running what a repository's configuration could name: its hooks and
 * file system monitor.
 */
export async function gitState(folder: string): Promise<GitState> {
  const settings = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  const status = [
    'status',
    '--porcelain=v2',
    '--branch',
    '-z',
    '--untracked-files=normal',
    '--ignore-submodules=dirty'
  ];
  const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, env: gitVariables(process.env) };
  try {
    const { stdout } = await run('git', [...settings, '-C', folder, ...status, '--', '.'], options);
    return parseStatus(stdout);
  } catch {
    return { commit: null, dirty: null };
  }
}

/** The gateway's variables without those that would point git at another repository or make it ask for something. */
function gitVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const plain = Object.entries(env).filter(([name]) => !name.startsWith('GIT_'));
  return { ...Object.fromEntries(plain), GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}

/** Reads `git status --porcelain=v2 --branch -z`. */
export function parseStatus(output: string): GitState {
  const records = output.split('\0').filter(record => record !== '');
  const oid = records.map(record => /^# branch\.oid ([0-9a-f]{40,64})$/.exec(record)?.[1]).find(Boolean);
  return { commit: oid ?? null, dirty: records.some(record => !record.startsWith('# ')) };
}

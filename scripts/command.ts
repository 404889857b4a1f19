/** Runs a command of this repository: its output goes through, its failure is an error that names it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
export const TOOL_PYTHON = `${ROOT}/.berth/tools/bin/python`;

export interface CommandOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Collect stdout instead of passing it through. */
  readonly capture?: boolean;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
}

/** Runs to the end and returns the exit code, whatever it is (128 + n after signal n is folded into 255). */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {}
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', options.capture === true ? 'pipe' : 'inherit', 'inherit']
    });
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.on('error', reject);
    child.on('close', code => resolve({ code: code ?? 255, stdout }));
  });
}

/** Runs to the end; throws unless it ended with 0. */
export async function mustRun(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout } = await runCommand(command, args, options);
  if (code !== 0) throw new Error(`\`${[command, ...args].join(' ')}\` ended with ${code}`);
  return stdout;
}

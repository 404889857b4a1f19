/** Runs a command whose output matters only when it fails: then its end is in the error. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT } from '../../scripts/command.ts';

const LONGEST_OUTPUT_BYTES = 64 * 1024 * 1024;
const TOLD_LINES = 30;
const run = promisify(execFile);

/** What the command says on stdout. @throws Error with the last lines of what it said unless it ended with 0. */
export async function quietly(
  command: string,
  args: readonly string[],
  { env = {}, cwd = ROOT }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {}
): Promise<string> {
  try {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: LONGEST_OUTPUT_BYTES };
    return (await run(command, args, options)).stdout;
  } catch (error: unknown) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-TOLD_LINES).join('\n');
    throw new Error(`\`${command} ${args[0] ?? ''} …\` ended with ${String(code)}\n${said}`, { cause: error });
  }
}

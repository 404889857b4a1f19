/** The commands of uv that make and read locks, each in a private folder that is gone afterwards. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError } from '../../../../contract/index.js';
import { asStorageError, errnoOf } from '../../../../store/index.js';
import { runCommand } from '../child-command.js';
import { uvFailureMessage } from '../uv-failure.js';
import { uvArguments } from '../uv-variables.js';

export interface UvOptions {
  readonly uvPath: string;
  /** What uv gets as its environment (`uvVariables`). */
  readonly variables: Readonly<Record<string, string>>;
}

/** How to ask the index. */
export interface UvAsk {
  /** Path of the interpreter. */
  readonly python: string;
  /** Whether uv may build a package that has no wheel, which runs its code. */
  readonly allowBuilds: boolean;
  readonly signal: AbortSignal;
}

const SCRIPT = 'script.py';
/** uv finds it by the script's name. */
const SCRIPT_LOCK = `${SCRIPT}.lock`;
const INPUT = 'input.txt';
const OUTPUT = 'output.txt';
/** What the person may have set for projects of their own; for uv these are orders. */
const NOT_FOR_LOCKS = new Set(['UV_FROZEN', 'UV_LOCKED', 'UV_FORK_STRATEGY', 'UV_NO_BINARY_PACKAGE']);
const NO_HEADER = ['--no-header', '--color', 'never'];

export class UvLockCommands {
  readonly #uvPath: string;
  readonly #variables: Readonly<Record<string, string>>;
  /** What uv has no variable for. */
  readonly #extra: readonly string[];

  constructor({ uvPath, variables }: UvOptions) {
    this.#uvPath = uvPath;
    this.#variables = Object.fromEntries(Object.entries(variables).filter(([name]) => !NOT_FOR_LOCKS.has(name)));
    this.#extra = uvArguments(variables);
  }

  /** Such as `uv 0.13.9 (…)`. */
  async version(signal: AbortSignal): Promise<string> {
    const { output } = await this.#run(['--version'], tmpdir(), signal);
    return output[0] ?? '';
  }

  /** What a lock's text means, as requirements with hashes. Nothing is fetched, executed or written elsewhere. */
  async exported(lock: string, signal: AbortSignal): Promise<string> {
    return inPrivateFolder(async folder => {
      await writeFile(join(folder, SCRIPT), script([], ''));
      await writeFile(join(folder, SCRIPT_LOCK), lock);
      const reading = ['--frozen', '--offline', '--no-config', '--format', 'requirements.txt', '--no-annotate'];
      const args = ['export', '--script', SCRIPT, ...reading, ...NO_HEADER, '--output-file', OUTPUT, '--quiet'];
      await this.#run(args, folder, signal);
      return readFile(join(folder, OUTPUT), 'utf8');
    });
  }

  /**
   * The lock that uv makes for requirements.
   * @param use gets its text, while the folder that its paths are relative to is still there
   */
  async locked<T>(
    requirements: readonly string[],
    requiresPython: string,
    ask: UvAsk,
    use: (lock: string, folder: string) => Promise<T>
  ): Promise<T> {
    return inPrivateFolder(async folder => {
      await writeFile(join(folder, SCRIPT), script(requirements, requiresPython));
      await this.#run(['lock', '--script', SCRIPT, ...this.#asking(ask)], folder, ask.signal);
      return use(await readFile(join(folder, SCRIPT_LOCK), 'utf8'), folder);
    });
  }

  /** What uv would install on this machine, with hashes and who needs it: requirements.txt as uv writes it. */
  async compiledHere(requirements: readonly string[], ask: UvAsk): Promise<string> {
    return this.#compiled(requirements, ['--annotation-style', 'line', '--generate-hashes', ...this.#asking(ask)], ask);
  }

  /** The files of just these packages, for all platforms: a pylock.toml. Nothing is built. */
  async listed(requirements: readonly string[], pythonVersion: string, ask: UvAsk): Promise<string> {
    const everything = ['--universal', '--no-deps', '--python-version', pythonVersion, '--format', 'pylock.toml'];
    // Building must be allowed for uv to list source archives; without dependencies it needs none.
    return this.#compiled(requirements, [...everything, ...this.#asking({ ...ask, allowBuilds: true })], ask);
  }

  async #compiled(requirements: readonly string[], args: readonly string[], { signal }: UvAsk): Promise<string> {
    return inPrivateFolder(async folder => {
      await writeFile(join(folder, INPUT), `${requirements.join('\n')}\n`);
      const output = args.includes('pylock.toml') ? 'pylock.toml' : OUTPUT;
      const files = [INPUT, '--output-file', output, '--quiet'];
      await this.#run(['pip', 'compile', ...files, ...args, ...NO_HEADER], folder, signal);
      return readFile(join(folder, output), 'utf8');
    });
  }

  #asking({ python, allowBuilds }: UvAsk): string[] {
    const builds = allowBuilds ? [] : ['--no-build'];
    return ['--python', python, '--no-python-downloads', ...builds, ...this.#extra];
  }

  async #run(args: readonly string[], cwd: string, signal: AbortSignal): Promise<{ output: readonly string[] }> {
    const options = { cwd, variables: this.#variables, signal };
    const result = await runCommand(this.#uvPath, args, options).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
      throw new Error(`The program uv is not there: ${this.#uvPath}`, { cause: error });
    });
    if (result.exitCode === 0) return result;
    throw new PlatformError('invalid-input', uvFailureMessage(result.errorLines, cwd));
  }
}

async function inPrivateFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(tmpdir(), 'berth-lock-'));
    return await use(folder);
  } catch (error: unknown) {
    throw asStorageError(error, `the folder ${tmpdir()}`);
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Inline metadata of a script (PEP 723); every requirement was checked to be one printable line. */
function script(requirements: readonly string[], requiresPython: string): string {
  return [
    '# /// script',
    ...(requiresPython === '' ? [] : [`# requires-python = ${JSON.stringify(requiresPython)}`]),
    '# dependencies = [',
    ...requirements.map(each => `#   ${JSON.stringify(each)},`),
    '# ]',
    '# ///',
    ''
  ].join('\n');
}

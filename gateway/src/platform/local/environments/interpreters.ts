/**
 * Finds the interpreter for a lock: the one that Jupyter runs on wherever it suits, otherwise the nearest of those that are
 * on this machine, as uv finds them. None is ever downloaded: that is the person's to do.
 */
import { z } from 'zod';
import { PlatformError } from '../../../contract/index.js';
import { runCommand } from './child-command.js';
import { type Interpreter, probeInterpreter } from './interpreter.js';
import { type Lock, pythonProblem } from './locks/index.js';
import { asUvHangs } from './uv-hangs.js';

const Listed = z.array(
  z.looseObject({
    version: z.string(),
    path: z.string().nullable(),
    implementation: z.string(),
    variant: z.string().optional()
  })
);
interface Found {
  readonly version: string;
  readonly path: string;
}

const LIST = ['python', 'list', '--only-installed', '--no-python-downloads', '--output-format', 'json'];
const TIMEOUT_MS = 30_000;

export interface InterpreterWish {
  readonly lock?: Lock | undefined;
  /** Such as `3.12` or `3.12.4`. */
  readonly python?: string | undefined;
  /** Preferred to those that uv finds. */
  readonly path?: string | undefined;
}

export interface InterpretersOptions {
  readonly base: Interpreter;
  readonly uvPath: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Outside of any project. */
  readonly cwd: string;
}

export class Interpreters {
  readonly #options: InterpretersOptions;
  readonly #probed = new Map<string, Promise<Interpreter>>();

  constructor(options: InterpretersOptions) {
    this.#options = options;
  }

  /** The one that Jupyter runs on. */
  get base(): Interpreter {
    return this.#options.base;
  }

  /** @throws PlatformError `invalid-input` saying what is wanted, what is there, and how to get the one that is missing */
  async find(wish: InterpreterWish, signal: AbortSignal = AbortSignal.timeout(TIMEOUT_MS)): Promise<Interpreter> {
    if (wishProblem(wish, this.base.identity.version) === null) return this.base;
    const preferred = await this.#preferred(wish);
    if (preferred !== undefined) return preferred;
    const found = await this.#list(signal);
    for (const { path, version } of nearestFirst(found, this.base.identity.version)) {
      if (wishProblem(wish, version) !== null) continue;
      const interpreter = await this.#probe(path).catch(() => undefined);
      // A shim may be another interpreter than uv found behind it.
      if (interpreter !== undefined && wishProblem(wish, interpreter.identity.version) === null) return interpreter;
    }
    throw new PlatformError('invalid-input', this.#missing(wish, found));
  }

  async #preferred(wish: InterpreterWish): Promise<Interpreter | undefined> {
    if (wish.path === undefined) return undefined;
    const interpreter = await this.#probe(wish.path).catch(() => undefined);
    return interpreter !== undefined && wishProblem(wish, interpreter.identity.version) === null
      ? interpreter
      : undefined;
  }

  /** Each is asked once; one that did not work is asked again. */
  #probe(path: string): Promise<Interpreter> {
    const known = this.#probed.get(path);
    if (known !== undefined) return known;
    const probe = probeInterpreter(path);
    this.#probed.set(path, probe);
    probe.catch(() => this.#probed.delete(path));
    return probe;
  }

  async #list(signal: AbortSignal): Promise<Found[]> {
    const { uvPath, cwd, variables } = this.#options;
    const { exitCode, output } = await runCommand(uvPath, LIST, { cwd, variables, signal }).catch((error: unknown) => {
      throw asUvHangs(error);
    });
    if (exitCode !== 0) return [];
    return Listed.parse(JSON.parse(output.join('\n'))).flatMap(({ version, path, implementation, variant }) => {
      const isPlain = implementation === 'cpython' && (variant ?? 'default') === 'default';
      return isPlain && path !== null ? [{ version, path }] : [];
    });
  }

  #missing(wish: InterpreterWish, found: readonly Found[]): string {
    const versions = [...new Set([this.base.identity.version, ...found.map(({ version }) => version)])];
    const why =
      wish.python === undefined
        ? (wish.lock && pythonProblem(wish.lock, this.base.identity.version)) || 'No interpreter suits.'
        : `Python ${wish.python} is not on this machine, or does not suit the lock.`;
    const version = wish.python ?? /3\.\d+/.exec(wish.lock?.requiresPython ?? '')?.[0] ?? '3';
    return `${why} There is ${versions.join(', ')}. Install one that suits with: uv python install ${version}`;
  }
}

function wishProblem({ lock, python }: InterpreterWish, version: string): string | null {
  if (python !== undefined && version !== python && !version.startsWith(`${python}.`)) return `not ${python}`;
  return lock === undefined ? null : pythonProblem(lock, version);
}

/** By how far the minor version is from the base's; of equal ones the newest. */
function nearestFirst(found: readonly Found[], base: string): Found[] {
  const parts = (version: string): number[] => version.split('.').map(part => Number.parseInt(part, 10));
  const distance = ({ version }: Found): number => Math.abs((parts(version)[1] ?? 0) - (parts(base)[1] ?? 0));
  const patch = ({ version }: Found): number => parts(version)[2] ?? 0;
  return [...found].sort((a, b) => distance(a) - distance(b) || patch(b) - patch(a));
}

/** Makes a lock from each kind of source: what can be read is read, and only what is missing is asked of the index. */
import { isPlatformError, type LockedPackage as NamedPackage, PlatformError } from '../../../../contract/index.js';
import { incompleteProblems } from './completeness.js';
import { flatLock } from './flat-lock.js';
import { missingError, missingPackage, pinsOf } from './kernel-packages.js';
import { localHashes } from './local-hashes.js';
import { type Lock, minorOf, pythonProblem } from './lock.js';
import type { LockReader } from './lock-reader.js';
import type { ResolvableSource, ResolvedLock, ResolveOptions } from './resolving.js';
import { type CompiledPackage, readCompiled } from './read-compiled.js';
import { readPylock } from './read-pylock.js';
import { readRequirements } from './read-requirements.js';
import { readUvLock } from './read-uv-lock.js';
import type { LockedPackage } from './requirements-text.js';
import { isSameLock, withEdges, withRootsOnly } from './rooted-lock.js';
import type { UvLock } from './uv-lock.js';
import type { UvAsk, UvLockCommands } from './uv-lock-commands.js';
import { filesOfLocked } from './files-of-locked.js';

/** uv names one missing package at a time; each time takes a part of a second. */
const MOST_MISSING = 50;

export class LockResolver {
  readonly #uv: UvLockCommands;
  readonly #reader: LockReader;

  constructor(uv: UvLockCommands, reader: LockReader) {
    this.#uv = uv;
    this.#reader = reader;
  }

  async resolve(source: ResolvableSource, options: ResolveOptions): Promise<ResolvedLock> {
    switch (source.kind) {
      case 'requirements':
        return this.#requirements(source.text, options);
      case 'pylock':
        return this.#complete(readPylock(source.text), options);
      case 'kernel':
        return { lock: await this.#kernel(source.packages, options), warnings: [] };
      case 'uv-lock': {
        const { lock, warnings } = readUvLock(source.text);
        return { lock: await this.#reader.accept(lock), warnings };
      }
    }
  }

  async #requirements(text: string, options: ResolveOptions): Promise<ResolvedLock> {
    const requirements = readRequirements(text);
    if (requirements.kind === 'loose') {
      options.onProgress('Asking the index for packages that fit together');
      const uvLock = await this.#lock(requirements.lines, `>=${minorOf(options.pythonVersion)}`, options);
      return { lock: await this.#reader.accept(uvLock), warnings: [] };
    }
    const { lock, warnings } = await this.#complete(await this.#listed(requirements.packages, options), options);
    return { lock, warnings: [...requirements.warnings, ...warnings] };
  }

  /** Requirements name no files, only their hashes; the index knows which is which. */
  async #listed(packages: readonly LockedPackage[], options: ResolveOptions): Promise<UvLock> {
    options.onProgress('Asking the index for the files of the lock');
    const list = async (version: string): Promise<UvLock> => {
      const listed = await this.#uv.listed(packages.map(requirementOf), version, askOf(options)).catch(notThere);
      return flatLock(filesOfLocked(readPylock(listed), packages), `>=${version}`);
    };
    const minor = await problemOr(list(minorOf(options.pythonVersion)));
    // A package may be for Python 3.11.5 and later, and is refused for 3.11.
    return isPlatformError(minor) ? list(options.pythonVersion) : minor;
  }

  /**
   * A lock that somebody else made, once uv says that nothing is missing in it. What it was made for is found on the
   * way; where uv cannot judge it, it counts as it is.
   */
  async #complete(flat: UvLock, options: ResolveOptions): Promise<ResolvedLock> {
    const lock = await this.#reader.accept(flat);
    // What uv would make of it for a Python that it is not for says nothing.
    if (pythonProblem(lock, options.pythonVersion) !== null) return { lock, warnings: [] };
    options.onProgress('Asking the index whether the lock is complete');
    const compiled = await this.#compiled(lock, options);
    if (typeof compiled === 'string') return { lock, warnings: [compiled] };
    const problems = incompleteProblems(flat, compiled);
    const [first] = problems;
    if (first !== undefined) {
      throw new PlatformError('invalid-input', `The lock cannot be used: ${first.message}.`, { problems });
    }
    return { lock: await this.#orBetter(lock, withEdges(flat, lock.packages, compiled)), warnings: [] };
  }

  /** What uv would install for the lock here; a sentence for people when it cannot tell. */
  async #compiled(lock: Lock, options: ResolveOptions): Promise<CompiledPackage[] | string> {
    try {
      return readCompiled(await this.#uv.compiledHere(lock.packages.map(requirementOf), askOf(options)));
    } catch (error: unknown) {
      if (!isPlatformError(error) || error.code !== 'invalid-input') throw error;
      if (missingPackage(error.message) !== undefined) throw notThereError(error);
      // Whoever made it may have overruled what packages say of each other, or the index cannot be asked now.
      return `It could not be checked whether the lock is complete; it is taken as it is. ${error.message}`;
    }
  }

  /** A kernel has what its packages need, so its roots are what was asked for. */
  async #kernel(packages: readonly NamedPackage[], options: ResolveOptions): Promise<Lock> {
    const pins = pinsOf(packages);
    options.onProgress(`Asking the index for the ${pins.length} packages of the kernel`);
    const version = options.pythonVersion;
    // What fits together in this Python need not do so in earlier or later ones: some were never made for them.
    const [first, ...narrower] = [`>=${minorOf(version)}`, `>=${version}`, `>=${version},<${nextMinorOf(version)}`];
    let uvLock = await problemOr(this.#lock(pins, first ?? '', options));
    if (isPlatformError(uvLock)) await this.#refuseMissing(pins, options);
    for (const requiresPython of narrower) {
      if (isPlatformError(uvLock)) uvLock = await problemOr(this.#lock(pins, requiresPython, options));
    }
    if (isPlatformError(uvLock)) throw uvLock;
    return this.#orBetter(await this.#reader.accept(uvLock), withRootsOnly(uvLock));
  }

  async #refuseMissing(pins: readonly string[], options: ResolveOptions): Promise<void> {
    options.onProgress('Looking for what the index does not have');
    const missing = await this.#missing(pins, options);
    if (missing.length > 0) throw missingError(missing);
  }

  async #missing(pins: readonly string[], options: ResolveOptions): Promise<string[]> {
    const missing: string[] = [];
    let left = pins;
    while (left.length > 0 && missing.length < MOST_MISSING) {
      const pin = await this.#firstMissing(left, options);
      if (pin === undefined) break;
      missing.push(pin);
      left = left.filter(each => each !== pin);
    }
    return missing;
  }

  async #firstMissing(pins: readonly string[], options: ResolveOptions): Promise<string | undefined> {
    try {
      await this.#uv.listed(pins, options.pythonVersion, askOf(options));
      return undefined;
    } catch (error: unknown) {
      if (!isPlatformError(error)) throw error;
      const name = missingPackage(error.message);
      return pins.find(pin => pin.startsWith(`${name}==`));
    }
  }

  async #lock(requirements: readonly string[], requiresPython: string, options: ResolveOptions): Promise<UvLock> {
    return this.#uv.locked(requirements, requiresPython, askOf(options), async (text, folder) => {
      return readUvLock(text, await localHashes(text, folder)).lock;
    });
  }

  /** The lock that says what was asked for, if it is the same besides. */
  async #orBetter(lock: Lock, better: UvLock): Promise<Lock> {
    const accepted = await this.#reader.accept(better);
    return isSameLock(accepted.packages, lock.packages) ? accepted : lock;
  }
}

function askOf({ python, allowBuilds = false, signal }: ResolveOptions): UvAsk {
  return { python, allowBuilds, signal };
}

/** `3.13` for `3.12.4`. */
function nextMinorOf(version: string): string {
  const [major = '3', minor = '0'] = version.split('.');
  return `${major}.${Number(minor) + 1}`;
}

function requirementOf({ name, version, marker }: LockedPackage): string {
  return `${name}==${version}${marker === '' ? '' : ` ; ${marker}`}`;
}

/** What a person gave and uv refuses is a value; anything else is thrown. */
async function problemOr<T>(made: Promise<T>): Promise<T | PlatformError> {
  return made.catch((error: unknown) => {
    if (isPlatformError(error) && error.code === 'invalid-input') return error;
    throw error;
  });
}

function notThere(error: unknown): never {
  throw isPlatformError(error) && missingPackage(error.message) !== undefined ? notThereError(error) : error;
}

function notThereError(error: PlatformError): PlatformError {
  const name = missingPackage(error.message) ?? '';
  const message = `The index has none of the files that the lock names for ${name}.\n${error.message}`;
  return new PlatformError('invalid-input', message, {
    problems: [{ field: name, message: error.message }],
    cause: error
  });
}

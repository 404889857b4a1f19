/** Where environments come from: those that ship with Berth, those in the data folder, and those that are asked for now. */
import { PlatformError } from '../../../contract/index.js';
import { type DefinitionStore, defineEnvironment, readPackagedLock, type StoredDefinition } from './definitions.js';
import { type Entry, newEntry, type Obtained, type ObtainOptions } from './environment-entry.js';
import type { EnvironmentWish } from './environment-wish.js';
import type { Interpreters } from './interpreters.js';
import { type LockTool, minorOf } from './locks/index.js';

export interface DefinerOptions {
  readonly lockFolder: string;
  /** The folder of the environments' folders. */
  readonly parent: string;
  readonly locks: LockTool;
  readonly interpreters: Interpreters;
  readonly store: DefinitionStore;
}

export class EnvironmentDefiner {
  readonly #options: DefinerOptions;

  constructor(options: DefinerOptions) {
    this.#options = options;
  }

  packaged(name: string): Entry {
    const { lockFolder, parent, locks, interpreters } = this.#options;
    const obtain = async ({ signal }: ObtainOptions): Promise<Obtained> => {
      const lock = await locks.read(await readPackagedLock(lockFolder, name));
      const interpreter = await interpreters.find({ lock }, signal);
      const definition = { name, title: `Berth ${name}`, lock, interpreter, allowBuilds: false };
      return { definition: defineEnvironment(parent, definition), note: '' };
    };
    return newEntry({ name, origin: 'berth', request: '', obtain });
  }

  /** One that is damaged is known by its name only, and fails when it is obtained. */
  async stored(name: string): Promise<Entry> {
    const { store } = this.#options;
    const found = await store.read(name).catch(() => undefined);
    const obtain = async ({ signal }: ObtainOptions): Promise<Obtained> =>
      this.#restore(await store.read(name), signal);
    const origin = found?.origin ?? 'uv-lock';
    return newEntry({ name, origin, request: found?.request ?? '', obtain, wasMade: found?.wasMade ?? true });
  }

  asked(wish: EnvironmentWish): Entry {
    const { name, origin, digest } = wish;
    return newEntry({ name, origin, request: digest, obtain: options => this.#resolve(wish, options) });
  }

  /** Whether the wish is for what is there already. */
  async isSame(entry: Entry, wish: EnvironmentWish): Promise<boolean> {
    if (entry.request === wish.digest) return true;
    const { definition } = entry;
    if (definition === undefined || wish.source.kind !== 'uv-lock') return false;
    const version = definition.interpreter.identity.version;
    const isSamePython = wish.python === undefined || `${version}.`.startsWith(`${wish.python}.`);
    // One that cannot be read is not the same; making it says why.
    const lock = await this.#options.locks.read(wish.source.text).catch(() => undefined);
    return isSamePython && lock?.lockHash === definition.lock.lockHash;
  }

  async #restore(stored: StoredDefinition, signal: AbortSignal): Promise<Obtained> {
    const { parent, locks, interpreters } = this.#options;
    const { name, allowBuilds, python } = stored;
    const lock = await locks.read(stored.lock);
    const wish = { lock, python: minorOf(python.version), path: python.path };
    const interpreter = await interpreters.find(wish, signal);
    return { definition: defineEnvironment(parent, { name, title: name, lock, interpreter, allowBuilds }), note: '' };
  }

  async #resolve(wish: EnvironmentWish, { signal, onProgress }: ObtainOptions): Promise<Obtained> {
    const { parent, locks, interpreters, store } = this.#options;
    const { name, origin, python, allowBuilds, source } = wish;
    const lockOfText = source.kind === 'uv-lock' ? await locks.read(source.text) : undefined;
    const first = await interpreters.find({ python, lock: lockOfText }, signal);
    const options = { python: first.path, pythonVersion: first.identity.version, allowBuilds, signal, onProgress };
    const { lock, warnings } = await locks.resolve(source, options);
    if (lock.packages.length === 0) throw new PlatformError('invalid-input', 'There is no package in it.');
    const interpreter = await interpreters.find({ lock, python }, signal);
    const definition = defineEnvironment(parent, { name, title: name, lock, interpreter, allowBuilds });
    signal.throwIfAborted();
    const { version } = interpreter.identity;
    const stored = { python: { version, path: interpreter.path }, allowBuilds, wasMade: false };
    await store.write({ name, origin, request: wish.digest, lock: lock.text, ...stored });
    return { definition, note: warnings.join('\n') };
  }
}

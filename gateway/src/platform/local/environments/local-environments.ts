/**
 * The Python environments of this machine. What is on disk decides what is ready, so several gateways can share one
 * cache and a restart forgets nothing but why a creation failed.
 */
import { join } from 'node:path';
import { type Environment, PlatformError } from '../../../contract/index.js';
import { makePrivateFolder } from '../../../store/index.js';
import type { PlatformLog, RunEnvironments } from '../ports.js';
import { buildEnvironment } from './build-environment.js';
import { type EnvironmentDefinition, readDefinitions } from './definitions.js';
import { environmentFolder, interpreterOf, readyManifest, removeAbandoned } from './environment-folder.js';
import { probeInterpreter } from './interpreter.js';
import { kernelspecName, removeDeadKernelspecs, writeKernelspec } from './kernelspec.js';
import type { Progress } from './uv-progress.js';
import { uvVariables } from './uv-variables.js';

export interface LocalEnvironmentsOptions {
  /** Environments go to `environments/` in it. */
  readonly cacheFolder: string;
  /** Jupyter's folder of kernelspecs. */
  readonly kernelsFolder: string;
  /** Holds `<name>.in` and the lock `<name>.txt` of each environment. */
  readonly lockFolder: string;
  readonly uvPath: string;
  /** The interpreter that environments are based on; default: the `python3` on the path. */
  readonly pythonPath?: string;
  /** Our own environment variables: mirrors, proxies and uv's cache are taken from them. Default: the process's. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly log: PlatformLog;
  readonly clock: () => Date;
}

interface Entry {
  readonly definition: EnvironmentDefinition;
  readonly folder: string;
  creation?: { readonly abort: AbortController; readonly ended: Promise<void> } | undefined;
  progress: Progress;
  /** Why the last creation failed; empty when it did not. */
  failure: string;
}

const NOTHING: Progress = { progress: 0, message: '' };

export class LocalEnvironments implements RunEnvironments {
  readonly #options: LocalEnvironmentsOptions;
  readonly #interpreter: string;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #listeners = new Set<(environment: Environment) => void>();
  #closed = false;

  private constructor(options: LocalEnvironmentsOptions, interpreter: string, entries: ReadonlyMap<string, Entry>) {
    this.#options = options;
    this.#interpreter = interpreter;
    this.#entries = entries;
  }

  /**
   * Reads the locks, removes what killed gateways left and mends the kernelspecs.
   * @throws Error when the interpreter does not run or a lock cannot be read
   */
  static async open(options: LocalEnvironmentsOptions): Promise<LocalEnvironments> {
    const interpreter = options.pythonPath ?? 'python3';
    const definitions = await readDefinitions(options.lockFolder, await probeInterpreter(interpreter));
    const parent = join(options.cacheFolder, 'environments');
    await makePrivateFolder(parent);
    const entries = definitions.map((definition): [string, Entry] => {
      const folder = environmentFolder(parent, definition.name, definition.hash);
      return [definition.name, { definition, folder, progress: NOTHING, failure: '' }];
    });
    const environments = new LocalEnvironments(options, interpreter, new Map(entries));
    const removed = await removeAbandoned(parent);
    if (removed > 0) options.log.info('removed half-made environments', { removed });
    await environments.#mendKernelspecs();
    return environments;
  }

  async list(): Promise<Environment[]> {
    return Promise.all([...this.#entries.values()].map(entry => this.#view(entry)));
  }

  /** @throws PlatformError `not-found`, naming those that there are */
  async get(name: string): Promise<Environment> {
    return this.#view(this.#entry(name));
  }

  /** Begins to make it, unless it is ready or being made; returns at once. */
  async create(name: string): Promise<Environment> {
    const entry = this.#entry(name);
    const ready = await this.#isReady(entry);
    if (this.#closed) throw new PlatformError('shutting-down', 'The gateway is ending; try again in a moment.');
    if (entry.creation !== undefined) return this.#view(entry);
    if (ready) {
      await this.#offerKernel(entry);
      return this.#view(entry);
    }
    const abort = new AbortController();
    entry.failure = '';
    entry.progress = NOTHING;
    entry.creation = { abort, ended: this.#make(entry, abort.signal) };
    return this.#view(entry);
  }

  /** Stops making it and waits until nothing is left of it; uv keeps what it downloaded in its cache. */
  async cancel(name: string): Promise<Environment> {
    const entry = this.#entry(name);
    entry.creation?.abort.abort(new Error('cancelled'));
    await entry.creation?.ended;
    return this.#view(entry);
  }

  /** @throws PlatformError `not-found`; `conflict` when it is not ready */
  async python(name: string): Promise<string> {
    const entry = this.#entry(name);
    if (await this.#isReady(entry)) return interpreterOf(entry.folder);
    throw new PlatformError('conflict', `The environment ${name} is not ready.`);
  }

  /** Calls `listener` after every change until the returned function is called. */
  onChange(listener: (environment: Environment) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops what is being made, and waits until it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const creations = [...this.#entries.values()].flatMap(({ creation }) => creation ?? []);
    for (const { abort } of creations) abort.abort(new Error('the gateway ends'));
    await Promise.all(creations.map(({ ended }) => ended));
    this.#listeners.clear();
  }

  /** Never rejects: its end is a state. */
  async #make(entry: Entry, signal: AbortSignal): Promise<void> {
    const { log, clock, uvPath, variables = process.env } = this.#options;
    const { definition, folder } = entry;
    log.info('environment begins', { environment: definition.name, hash: definition.hash });
    try {
      await buildEnvironment({
        definition,
        folder,
        uv: uvPath,
        interpreter: this.#interpreter,
        variables: uvVariables(variables),
        clock,
        signal,
        onProgress: progress => this.#progressed(entry, progress)
      });
      await this.#offerKernel(entry);
      log.info('environment is ready', { environment: definition.name, hash: definition.hash });
    } catch (error: unknown) {
      if (!signal.aborted) {
        entry.failure = error instanceof Error ? error.message : String(error);
        log.warn('environment failed', { environment: definition.name, problem: entry.failure });
      }
    }
    entry.creation = undefined;
    await this.#announce(entry);
  }

  #progressed(entry: Entry, progress: Progress): void {
    entry.progress = progress;
    for (const listener of this.#listeners) listener(creatingView(entry));
  }

  async #announce(entry: Entry): Promise<void> {
    const view = await this.#view(entry);
    for (const listener of this.#listeners) listener(view);
  }

  async #view(entry: Entry): Promise<Environment> {
    if (entry.creation !== undefined) return creatingView(entry);
    const manifest = await readyManifest(entry.folder, entry.definition.hash);
    // It may have begun while we looked.
    if (manifest === undefined && entry.creation !== undefined) return creatingView(entry);
    if (manifest !== undefined) return { ...plainView(entry), state: 'ready', sizeBytes: manifest.sizeBytes };
    if (entry.failure !== '') return { ...plainView(entry), state: 'failed', message: entry.failure };
    return plainView(entry);
  }

  async #isReady(entry: Entry): Promise<boolean> {
    return (await readyManifest(entry.folder, entry.definition.hash)) !== undefined;
  }

  /** A kernelspec that cannot be written is no reason to refuse the environment: runs do not need it. */
  async #offerKernel({ definition, folder }: Entry): Promise<void> {
    try {
      await writeKernelspec(this.#options.kernelsFolder, definition, interpreterOf(folder));
    } catch (error: unknown) {
      this.#options.log.warn('kernelspec cannot be written', { environment: definition.name, error });
    }
  }

  async #mendKernelspecs(): Promise<void> {
    for (const entry of this.#entries.values()) if (await this.#isReady(entry)) await this.#offerKernel(entry);
    try {
      await removeDeadKernelspecs(this.#options.kernelsFolder);
    } catch (error: unknown) {
      this.#options.log.warn('old kernelspecs cannot be removed', { error });
    }
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry !== undefined) return entry;
    const names = [...this.#entries.keys()].join(', ');
    throw new PlatformError('not-found', `There is no environment ${name}; there is ${names}.`);
  }
}

function plainView({ definition }: Entry): Environment {
  return {
    name: definition.name,
    hash: definition.hash,
    state: 'absent',
    message: '',
    progress: null,
    python: definition.python,
    packages: [...definition.requested],
    sizeBytes: null,
    kernelspec: kernelspecName(definition.name)
  };
}

function creatingView(entry: Entry): Environment {
  const { message, progress } = entry.progress;
  return { ...plainView(entry), state: 'creating', message, progress };
}

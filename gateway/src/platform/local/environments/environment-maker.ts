/**
 * Makes environments, one creation for each at a time, and looks them over when they are ready. Nothing here rejects: how
 * something ended is in the entry.
 */
import type { PlatformLog } from '../ports.js';
import { buildEnvironment } from './build-environment.js';
import type { DefinitionStore, EnvironmentDefinition } from './definitions.js';
import { type Entry, manifestOf, NOTHING, sentenceOf } from './environment-entry.js';
import { describeUses } from './environment-uses.js';
import { kernelArgv } from './kernel-layer.js';
import { writeKernelspec } from './kernelspec.js';
import { lookOver } from './look-over.js';

export interface MakerOptions {
  readonly uvPath: string;
  readonly kernelsFolder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly kernelRequirements: () => Promise<string>;
  readonly store: DefinitionStore;
  readonly clock: () => Date;
  readonly log: PlatformLog;
  readonly onProgress: (entry: Entry) => void;
  /** Something has ended: a creation, or the look at what was made. */
  readonly onEnd: (entry: Entry) => Promise<void>;
}

interface Work {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

export class EnvironmentMaker {
  readonly #options: MakerOptions;
  readonly #looks = new Map<Entry, Work>();

  constructor(options: MakerOptions) {
    this.#options = options;
  }

  /** @param how replace: files that are there are made anew; isFirst: see `Creation` */
  begin(entry: Entry, how: { readonly replace: boolean; readonly isFirst: boolean }): void {
    const abort = new AbortController();
    entry.failure = '';
    entry.note = '';
    entry.progress = entry.definition === undefined ? { progress: 0, message: 'Resolving packages' } : NOTHING;
    entry.creation = { abort, isFirst: how.isFirst, ended: this.#make(entry, how.replace, abort.signal) };
  }

  /** Imports and measures it in the background, unless that was done. */
  look(entry: Entry): void {
    const { definition } = entry;
    if (definition === undefined || this.#looks.has(entry)) return;
    const abort = new AbortController();
    this.#looks.set(entry, { abort, ended: this.#look(entry, definition, abort.signal) });
  }

  /** Stops what is being done with it, and waits until nothing of that is left. */
  async stop(entry: Entry, reason: string): Promise<void> {
    const works: Work[] = [entry.creation, this.#looks.get(entry)].flatMap(work => work ?? []);
    for (const work of works) work.abort.abort(new Error(reason));
    await Promise.all(works.map(work => work.ended));
  }

  /** A kernelspec that cannot be written is no reason to refuse the environment: runs do not need it. */
  async offerKernel({ definition }: Entry, withLayer: boolean): Promise<void> {
    if (definition === undefined) return;
    const { kernelsFolder, log } = this.#options;
    try {
      await writeKernelspec(kernelsFolder, definition, kernelArgv(definition.folder, withLayer));
    } catch (error: unknown) {
      log.warn('kernelspec cannot be written', { environment: definition.name, error });
    }
  }

  async #make(entry: Entry, replace: boolean, signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    log.info('environment begins', { environment: entry.name });
    try {
      if (replace) await this.#endLook(entry);
      await this.#build(entry, replace, signal);
      log.info('environment is ready', { environment: entry.name, hash: entry.definition?.hash });
    } catch (error: unknown) {
      if (!signal.aborted) {
        entry.failure = sentenceOf(error);
        log.warn('environment failed', { environment: entry.name, problem: entry.failure });
      }
    }
    entry.creation = undefined;
    if (entry.failure === '' && !signal.aborted) this.look(entry);
    await this.#options.onEnd(entry);
  }

  async #build(entry: Entry, replace: boolean, signal: AbortSignal): Promise<void> {
    const { uvPath: uv, variables, clock, kernelRequirements } = this.#options;
    const onProgress = (progress: Entry['progress']): void => {
      entry.progress = progress;
      this.#options.onProgress(entry);
    };
    const onResolving = (message: string): void => onProgress({ progress: 0, message });
    if (entry.definition === undefined) {
      const { definition, note } = await entry.obtain({ signal, onProgress: onResolving });
      entry.definition = definition;
      entry.note = note;
    }
    const { definition } = entry;
    // It may not have been known until now that it is there.
    if (!replace && (await manifestOf(entry)) !== undefined) return;
    await buildEnvironment({ definition, replace, uv, kernelRequirements, variables, clock, signal, onProgress });
    const manifest = await manifestOf(entry);
    await this.offerKernel(entry, manifest?.kernelLayer ?? false);
    if (replace && entry.inUse.length > 0) {
      entry.note = `Made anew while ${describeUses(entry.inUse)} used it: what is loaded there stays until it restarts.`;
    }
  }

  /** From now on its name belongs to its lock, also when its files are gone. */
  async #markMade(entry: Entry): Promise<void> {
    if (entry.wasMade || entry.origin === 'berth') return;
    await this.#options.store.write({ ...(await this.#options.store.read(entry.name)), wasMade: true });
    entry.wasMade = true;
  }

  async #look(entry: Entry, definition: EnvironmentDefinition, signal: AbortSignal): Promise<void> {
    const { variables, log } = this.#options;
    const packages = definition.requested.map(each => each.replace(/\s*[=<>!~@[(].*$/, ''));
    try {
      await this.#markMade(entry);
      const manifest = await lookOver({
        folder: definition.folder,
        hash: definition.hash,
        packages,
        variables,
        signal
      });
      const problem = manifest?.looked?.problem ?? '';
      if (problem !== '') log.warn('environment is not sound', { environment: entry.name, problem });
    } catch (error: unknown) {
      if (!signal.aborted) log.warn('environment cannot be looked over', { environment: entry.name, error });
    }
    this.#looks.delete(entry);
    if (!signal.aborted) await this.#options.onEnd(entry);
  }

  async #endLook(entry: Entry): Promise<void> {
    const look = this.#looks.get(entry);
    look?.abort.abort(new Error('it is made anew'));
    await look?.ended;
  }
}

/**
 * The Python environments of this machine. What is on disk decides what is ready, so several gateways can share one
 * cache and a restart forgets nothing but why a creation failed.
 */
import { OFFERED_GARBAGE, SILENT_GARBAGE } from '@berth/operator/plan';
import {
  type Environment,
  type EnvironmentDetail,
  type EnvironmentRequest,
  type EnvironmentUse,
  type Garbage,
  type LockView,
  PlatformError
} from '../../../contract/index.js';
import type { PlatformEnvironments } from '../ports.js';
import { type Entry, manifestOf } from './environment-entry.js';
import { interpreterOf, removeUnless, touchUsed } from './environment-folder.js';
import { collectGarbage, type GarbageOptions, listGarbage } from './environment-garbage.js';
import { type EnvironmentParts, openParts } from './environment-parts.js';
import { describeUses } from './environment-uses.js';
import { readWish } from './environment-wish.js';
import { inspectLock } from './inspect-lock.js';
import { kernelArgv } from './kernel-layer.js';
import { removeKernelspec } from './kernelspec.js';
import { everyUnref, type LocalEnvironmentsOptions, settledWithin } from './local-environments-options.js';
import { isReplaceable, nameTaken } from './name-taken.js';

export type { LocalEnvironmentsOptions } from './local-environments-options.js';

/** How often it is looked whether something changed that nobody told. */
const RECHECK_MS = 10_000;
const OPEN_MS = 5_000;

export class LocalEnvironments implements PlatformEnvironments {
  readonly #options: LocalEnvironmentsOptions;
  readonly #parts: EnvironmentParts;
  #defining: Promise<unknown> = Promise.resolve();
  #collecting: Promise<void> = Promise.resolve();
  #endRechecks: () => void = () => undefined;
  #closed = false;

  private constructor(options: LocalEnvironmentsOptions, parts: EnvironmentParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /**
   * Reads the definitions, removes what killed gateways left and mends the kernelspecs.
   * @throws Error when the interpreter does not run; a definition that cannot be read is one environment that failed
   */
  static async open(options: LocalEnvironmentsOptions): Promise<LocalEnvironments> {
    const environments = new LocalEnvironments(options, await openParts(options));
    await environments.#begin();
    return environments;
  }

  async list(): Promise<Environment[]> {
    return this.#parts.shelf.views();
  }

  /** @throws PlatformError `not-found`, naming those that there are */
  async get(name: string): Promise<Environment> {
    return this.#parts.shelf.view(this.#entry(name));
  }

  async detail(name: string): Promise<EnvironmentDetail> {
    const entry = this.#entry(name);
    const environment = await this.#parts.shelf.view(entry);
    const { definition } = entry;
    return { environment, lock: definition?.lock.text ?? '', contents: [...(definition?.contents ?? [])] };
  }

  /** Begins to make it, unless it is ready or being made; returns at once. */
  async create(name: string): Promise<Environment> {
    const entry = this.#entry(name);
    const manifest = await manifestOf(entry);
    this.#requireOpen(entry);
    if (entry.creation === undefined && manifest === undefined) {
      return this.#begun(entry, { replace: false, isFirst: false });
    }
    if (manifest !== undefined) await this.#parts.maker.offerKernel(entry, manifest.kernelLayer);
    return this.#parts.shelf.view(entry);
  }

  /**
   * Defines it and begins to make it; the same again, or the same lock, is the environment that is there.
   * @throws PlatformError `conflict` where the name belongs to another lock
   */
  define(request: EnvironmentRequest, rootFolder: string): Promise<Environment> {
    const one = this.#defining.then(() => this.#define(request, rootFolder));
    this.#defining = one.catch(() => undefined);
    return one;
  }

  /** Makes its files anew, as the lock says, and puts them in the place of those that are there. */
  async repair(name: string): Promise<Environment> {
    const entry = this.#entry(name);
    const view = await this.#parts.shelf.view(entry);
    this.#requireOpen(entry);
    if (view.state !== 'ready' || entry.creation !== undefined) return this.create(name);
    return this.#begun(entry, { replace: true, isFirst: false });
  }

  /** Stops making it and waits until nothing is left of it; uv keeps what it downloaded in its cache. */
  async cancel(name: string): Promise<Environment> {
    const entry = this.#entry(name);
    const isFirst = entry.creation?.isFirst === true;
    await this.#parts.maker.stop(entry, 'cancelled');
    const view = await this.#parts.shelf.view(entry);
    // Somebody may have asked for it again meanwhile.
    if (isFirst && view.state === 'absent' && entry.creation === undefined && !this.#closed) await this.#forget(entry);
    else if (!this.#closed) this.#parts.maker.look(entry);
    return view;
  }

  /** @throws PlatformError `conflict` naming who uses it, or because it ships with Berth */
  async remove(name: string): Promise<void> {
    const entry = this.#entry(name);
    if (entry.origin === 'berth') {
      const hint = 'Its files are offered for deletion when nobody used them for a month.';
      throw new PlatformError('conflict', `${name} ships with Berth and cannot be deleted. ${hint}`);
    }
    this.#requireOpen(entry);
    if (entry.isUnread) throw new PlatformError('conflict', `${name} is not read yet; try again in a moment.`);
    entry.isGoing = true;
    try {
      await this.#requireUnused(entry);
      await this.#parts.maker.stop(entry, 'it is deleted');
      if (!(await this.#removeFiles(entry))) {
        await this.#requireUnused(entry);
        throw new PlatformError('conflict', `${name} was in use a moment ago; try again.`);
      }
      await this.#forget(entry);
    } finally {
      entry.isGoing = false;
    }
  }

  async inspect(lock: string): Promise<LockView> {
    const views = await this.list();
    const readyFirst = [...views].sort((a, b) => Number(b.state === 'ready') - Number(a.state === 'ready'));
    const known = readyFirst.flatMap(({ name }) => this.#parts.shelf.entries.get(name)?.definition ?? []);
    return inspectLock(lock, this.#parts, known);
  }

  garbage(): Promise<Garbage> {
    return listGarbage(this.#garbageOptions(), OFFERED_GARBAGE);
  }

  async collect(): Promise<Garbage> {
    const collected = await collectGarbage(this.#garbageOptions(), OFFERED_GARBAGE);
    await this.#parts.shelf.recheck();
    return collected;
  }

  /** @throws PlatformError `not-found`; `conflict` when it is not ready */
  async python(name: string): Promise<string> {
    const { folder } = await this.#use(name);
    return interpreterOf(folder);
  }

  /** @throws PlatformError `not-found`; `conflict` when it is not ready */
  async kernelArgv(name: string): Promise<string[]> {
    const { folder, kernelLayer } = await this.#use(name);
    return kernelArgv(folder, kernelLayer);
  }

  usedBy(uses: () => ReadonlyMap<string, readonly EnvironmentUse[]>): void {
    this.#parts.uses.tellBy(uses);
  }

  /** Calls `listener` after every change until the returned function is called. */
  onChange(listener: (environment: Environment) => void): () => void {
    return this.#parts.shelf.listeners.onChange(listener);
  }

  onDeleted(listener: (name: string) => void): () => void {
    return this.#parts.shelf.listeners.onDeleted(listener);
  }

  /** Stops what is being made, and waits until it is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#endRechecks();
    const { shelf, maker, reader, locks } = this.#parts;
    const stopped = [...shelf.entries.values()].map(entry => maker.stop(entry, 'the gateway ends'));
    await Promise.all([...stopped, reader.close(), locks.close()]);
    await Promise.all([this.#defining, this.#collecting]);
    shelf.listeners.clear();
  }

  async #begin(): Promise<void> {
    const { definer, store, shelf, reader, packaged } = this.#parts;
    const { log, every = everyUnref, openWithinMs = OPEN_MS, collectOrphansAtStart = false } = this.#options;
    for (const name of packaged) shelf.entries.set(name, definer.packaged(name));
    for (const name of await store.names()) {
      if (shelf.entries.has(name)) log.warn('an environment of this name ships with Berth now', { environment: name });
      else shelf.entries.set(name, await definer.stored(name));
    }
    const reading = reader.readAll([...shelf.entries.values()]);
    await settledWithin(reading, openWithinMs);
    this.#endRechecks = every(RECHECK_MS, () => {
      void reader.again(shelf.entries.values());
      void shelf.recheck();
    });
    if (collectOrphansAtStart) this.#collecting = reading.then(() => this.#collectSilently());
  }

  /** What no definition refers to and nobody used for weeks. */
  async #collectSilently(): Promise<void> {
    const { log } = this.#options;
    try {
      const { folders } = await collectGarbage(this.#garbageOptions(), SILENT_GARBAGE);
      if (folders.length > 0) log.info('environments that nobody refers to any more were deleted', { folders });
    } catch (error: unknown) {
      log.warn('environments that nobody refers to any more cannot be deleted', { error });
    }
  }

  async #define(request: EnvironmentRequest, rootFolder: string): Promise<Environment> {
    const { definer, shelf, store } = this.#parts;
    const wish = await readWish(request, rootFolder);
    const known = shelf.entries.get(wish.name);
    if (known !== undefined && !(known.request !== wish.digest && (await isReplaceable(known)))) {
      if (await definer.isSame(known, wish)) return this.create(wish.name);
      throw nameTaken(known);
    }
    if (known !== undefined) {
      this.#requireOpen(known);
      await store.remove(known.name);
    }
    const entry = definer.asked(wish);
    this.#requireOpen(entry);
    shelf.entries.set(wish.name, entry);
    return this.#begun(entry, { replace: false, isFirst: true });
  }

  #begun(entry: Entry, how: { readonly replace: boolean; readonly isFirst: boolean }): Environment {
    const { maker, shelf } = this.#parts;
    maker.begin(entry, how);
    return shelf.progressed(entry);
  }

  /** Nothing is left of it but what uv keeps in its cache. */
  async #forget(entry: Entry): Promise<void> {
    const { store, shelf } = this.#parts;
    entry.isGoing = true;
    // The name may belong to another one by now.
    if (shelf.entries.get(entry.name) === entry) await store.remove(entry.name);
    if (entry.definition !== undefined) await removeKernelspec(this.#options.kernelsFolder, entry.definition);
    shelf.delete(entry);
  }

  /** The folder of an environment in which something starts now. */
  async #use(name: string): Promise<{ readonly folder: string; readonly kernelLayer: boolean }> {
    const entry = this.#entry(name);
    const manifest = await manifestOf(entry);
    if (entry.definition === undefined || manifest === undefined || entry.isGoing) {
      throw new PlatformError('conflict', `The environment ${name} is not ready.`);
    }
    const { folder } = entry.definition;
    await touchUsed(folder, this.#options.clock()).catch((error: unknown) => {
      // Whoever shares a cache that he cannot write to can run in it all the same.
      this.#options.log.warn('it cannot be remembered that an environment is used', { environment: name, error });
    });
    if ((await manifestOf(entry)) !== undefined) return { folder, kernelLayer: manifest.kernelLayer };
    throw new PlatformError('conflict', `The environment ${name} was deleted just now.`);
  }

  /** @returns false when somebody has begun to use it: then they stay */
  async #removeFiles(entry: Entry): Promise<boolean> {
    const isUsed = async (): Promise<boolean> => (await this.#usesOf(entry)).length > 0;
    return entry.definition === undefined || removeUnless(isUsed, entry.definition.folder);
  }

  async #usesOf({ name, definition }: Entry): Promise<EnvironmentUse[]> {
    return definition === undefined ? [] : this.#parts.uses.of(definition.folder, name, { fresh: true });
  }

  async #requireUnused(entry: Entry): Promise<void> {
    const uses = await this.#usesOf(entry);
    if (uses.length === 0) return;
    const message = `${entry.name} is in use by ${describeUses(uses)}. Shut down what runs in it, then delete it.`;
    throw new PlatformError('conflict', message);
  }

  #requireOpen({ name, isGoing }: Entry): void {
    if (this.#closed) throw new PlatformError('shutting-down', 'The gateway is ending; try again in a moment.');
    if (isGoing) throw new PlatformError('conflict', `${name} is being deleted just now.`);
  }

  #garbageOptions(): GarbageOptions {
    const { parent, uses, shelf } = this.#parts;
    return { parent, uses, entries: shelf.entries, clock: this.#options.clock };
  }

  #entry(name: string): Entry {
    return this.#parts.shelf.entry(name);
  }
}
